import type { PartylineError } from '../../protocol/errors.ts';
import type { FileProgress, FileStage } from '../../protocol/files.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { FileCall } from './file-calls.ts';

/** Who waits for a change is answered after so long even where there is none, in ms: pages have deadlines. */
const waitAtMost = 8_000;

/** One file on its way, and the message that it will be. */
export class Upload {
  readonly messageId: string;
  readonly text: string;
  readonly file: File;
  readonly tabId: string;
  /** Whose file it is. */
  readonly epoch: string;
  /** Another one each time it is tried. */
  readonly attachmentId = crypto.randomUUID();
  readonly line = withSettlers<void>();
  readonly target = withSettlers<Extract<GatewayEvent, { type: 'upload-target' }>>();
  /** With the address where it can be read. */
  readonly uploaded = withSettlers<string>();
  #stage: FileStage = 'waiting';
  #percent = 0;
  #failure: PartylineError | null = null;
  readonly #abort = new AbortController();
  readonly #waiting = new Set<() => void>();
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
      mime: type === '' ? 'application/octet-stream' : type,
      size,
    };
  }

  /** @param overdue what it fails with when the stage lasts longer than `deadline` ms */
  enter(stage: FileStage, deadline: number, overdue: PartylineError): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(overdue), deadline);
    this.#stage = stage;
    if (stage === 'checking') this.#percent = 100;
    this.#tell();
  }

  /** So much of it has left. A page is told of each percent at most. @param share 0 to 1 */
  moved(share: number): void {
    const percent = Math.floor(share * 100);
    if (percent === this.#percent) return;
    this.#percent = percent;
    this.#tell();
  }

  /** Ends what is waited for; once its message is on its way, nothing any more. */
  fail(error: PartylineError): void {
    this.#abort.abort(error);
  }

  /** Its message is kept, or why there is none. */
  end(failure: PartylineError | null): void {
    clearTimeout(this.#timer);
    if (failure) this.#failure = failure;
    else this.#stage = 'sent';
    this.#tell();
  }

  /** What is waited for, or the error that it failed with meanwhile. */
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

  /** Resolves once it has come further than that, or after a while. */
  async changeFrom({ stage, percent }: FileProgress): Promise<void> {
    if (this.isOver || this.#stage !== stage || this.#percent !== percent) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitAtMost);
      this.#waiting.add(done);
    });
  }

  #tell(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/** `Promise.withResolvers`, which Safari has since 17.4. */
export function withSettlers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: PartylineError) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
