import { PartylineError } from '../../protocol/errors.ts';
import type { UploadRules } from '../../protocol/files.ts';
import { type FileProgress, fileStages } from '../../protocol/files.ts';
import type { Chat, ChatFiles, SendFileOptions } from '../chat.ts';
import { readAs } from '../validation/read-as.ts';
import {
  array,
  isNumber,
  isString,
  literal,
  nullable,
  object,
  type Validator,
} from '../validation/validator.ts';
import type { HubRpc } from './hub-rpc.ts';
import { callIfKnown } from './optional-call.ts';

/** Time from the answer to `start` until the snapshot shows the conversation, in ms. */
const snapshotDeadline = 2_000;

const isProgress = object<FileProgress>({ stage: literal(...fileStages), percent: isNumber });

const isRules = object<UploadRules>({
  mimeTypes: array(isString),
  blockedExtensions: array(isString),
  maximumSize: nullable(isNumber),
});

const isWebAddress: Validator<string> = (value): value is string =>
  isString(value) && /^https?:/i.test(value);

/** Sends files through the hub. Loaded on demand: most pages send none. */
export class FilesClient implements ChatFiles {
  readonly #chat: Chat;
  readonly #rpc: HubRpc;

  constructor(chat: Chat, rpc: HubRpc) {
    this.#chat = chat;
    this.#rpc = rpc;
  }

  rules(): Promise<UploadRules | null> {
    return callIfKnown(this.#rpc, { type: 'file', step: 'rules' }, isRules);
  }

  async send(file: File, options: SendFileOptions = {}): Promise<string> {
    const { text = '', onProgress, signal } = options;
    signal?.throwIfAborted();
    // The file is this visitor's, whoever is there when the conversation is open.
    const { identity } = this.#rpc;
    await this.#waitForConversation();
    const messageId = crypto.randomUUID();
    const begin = { type: 'file', step: 'begin', messageId, text, file } as const;
    await this.#rpc.call(begin, undefined, identity);
    const cancel = () => {
      // A hub that can't be reached has lost the file; the `wait` call fails then.
      this.#rpc.call({ type: 'file', step: 'cancel', messageId }).catch(() => undefined);
    };
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.#followProgress(messageId, onProgress);
      return messageId;
    } catch (error) {
      signal?.throwIfAborted();
      // The hub stored the message, and died before it answered.
      if (this.#isStored(messageId)) return messageId;
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async link(attachmentId: string): Promise<string> {
    const { value } = await this.#rpc.call({ type: 'file', step: 'link', attachmentId });
    return readAs(isWebAddress, value);
  }

  async #followProgress(
    messageId: string,
    onProgress: SendFileOptions['onProgress'],
  ): Promise<void> {
    let progress: FileProgress = { stage: 'waiting', percent: 0 };
    for (;;) {
      onProgress?.(progress.stage, progress.percent);
      if (progress.stage === 'sent') return;
      progress = await this.#nextProgress(messageId, progress);
    }
  }

  async #nextProgress(messageId: string, after: FileProgress): Promise<FileProgress> {
    for (;;) {
      const { value } = await this.#rpc.call({ type: 'file', step: 'wait', messageId, after });
      const progress = readAs(isProgress, value);
      if (progress.stage !== after.stage || progress.percent !== after.percent) return progress;
    }
  }

  /** The answer to `start` can arrive before the snapshot that shows the conversation. */
  async #waitForConversation(): Promise<void> {
    const isOpen = () => {
      const { conversation } = this.#chat.getSnapshot();
      return conversation !== null && conversation.status !== 'ended';
    };
    if (isOpen()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        unsubscribe();
        const message = 'No open conversation. Call start(routing) first.';
        reject(new PartylineError('no-conversation', message));
      }, snapshotDeadline);
      const unsubscribe = this.#chat.subscribe(() => {
        if (!isOpen()) return;
        clearTimeout(timer);
        unsubscribe();
        resolve();
      });
    });
  }

  #isStored(messageId: string): boolean {
    return this.#chat.getSnapshot().messages.some((row) => row.messageId === messageId);
  }
}
