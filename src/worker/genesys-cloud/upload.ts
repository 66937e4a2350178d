import type { PartylineError } from '../../protocol/errors.ts';
import type { FileProgress, FileStage } from '../../protocol/files.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { FileCall } from './file-calls.ts';
import { unknownType } from './put-file.ts';

/** How long a call waits for progress, in ms: less than the timeout of pages. */
const pollTimeout = 8_000;

/** The upload of one file, and the message that it becomes. */
export class Upload {
  readonly messageId: string;
  readonly text: string;
  readonly file: File;
  readonly tabId: string;
  /** Names the visitor. */
  readonly epoch: string;
  /** A new one for each attempt. */
  readonly attachmentId = crypto.randomUUID();
  readonly connected = withResolvers<void>();
  readonly target = withResolvers<Extract<GatewayEvent, { type: 'upload-target' }>>();
  /** Resolves with the file's URL. */
  readonly uploaded = withResolvers<string>();
  #stage: FileStage = 'waiting';
  #percent = 0;
  #failure: PartylineError | null = null;
  readonly #abort = new AbortController();
  readonly #waiters = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Extract<FileCall, { step: 'begin' }>, tabId: string, epoch: string) {
    this.messageId = call.messageId;
    this.text = call.text;
    this.file = call.file;
    this.tabId = tabId;
    this.epoch = epoch;
  }

  get stage(): FileStage {
    return this.#stage;
  }

  get progress(): FileProgress {
    return { stage: this.#stage, percent: this.#percent };
  }

  get failure(): PartylineError | null {
    return this.#failure;
  }

  get isOver(): boolean {
    return this.#stage === 'sent' || this.#failure !== null;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get request(): GatewayCommand {
    const { name, type, size } = this.file;
    return {
      type: 'request-upload',
      attachmentId: this.attachmentId,
      name,
      mime: type === '' ? unknownType : type,
      size,
    };
  }

  /** @param overdue the error if the stage lasts longer than `deadline`, in ms */
  enter(stage: FileStage, deadline: number, overdue: PartylineError): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(overdue), deadline);
    this.#stage = stage;
    if (stage === 'checking') this.#percent = 100;
    this.#notify();
  }

  /** @param share the uploaded share, 0 to 1 */
  onProgress(share: number): void {
    const percent = Math.floor(share * 100);
    if (percent === this.#percent) return;
    this.#percent = percent;
    this.#notify();
  }

  /** Fails the upload, unless its message has been sent. */
  fail(error: PartylineError): void {
    this.#abort.abort(error);
  }

  /** Ends the upload: its message is sent, or it has failed. */
  end(failure: PartylineError | null): void {
    clearTimeout(this.#timer);
    if (failure) this.#failure = failure;
    else this.#stage = 'sent';
    this.#notify();
  }

  /** Waits for a promise. Rejects when the upload fails meanwhile. */
  until<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      void promise.then((value) => {
        signal.removeEventListener('abort', stop);
        resolve(value);
      });
    });
  }

  /** Resolves on progress, or after `pollTimeout`. */
  async changeFrom({ stage, percent }: FileProgress): Promise<void> {
    if (this.isOver || this.#stage !== stage || this.#percent !== percent) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, pollTimeout);
      this.#waiters.add(done);
    });
  }

  #notify(): void {
    for (const done of [...this.#waiters]) done();
  }
}

/** `Promise.withResolvers`, which Safari lacks before 17.4. */
export function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: PartylineError) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
