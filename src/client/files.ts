import { PartylineError } from '../protocol/errors.ts';
import { type FileProgress, fileStages } from '../protocol/files.ts';
import type { UploadRules } from '../protocol/gateway.ts';
import type { Chat, ChatFiles, SendFileOptions } from './chat.ts';
import type { HubRpc } from './hub-rpc.ts';

/** From the answer to `start` to the snapshot, in ms: both come from the hub next door. */
const snapshotDeadline = 2_000;

/** Fetched with the first file, or with the panel: most pages send none. */
export class Files implements ChatFiles {
  readonly #chat: Chat;
  readonly #caller: HubRpc;

  constructor(chat: Chat, caller: HubRpc) {
    this.#chat = chat;
    this.#caller = caller;
  }

  async rules(): Promise<UploadRules | null> {
    try {
      const { value } = await this.#caller.call({ type: 'file', step: 'rules' });
      if (value === null || isRules(value)) return value;
      throw unreadable();
    } catch (error) {
      // A hub without files knows no such call.
      if (error instanceof PartylineError && error.code === 'invalid-call') return null;
      throw error;
    }
  }

  async send(file: File, options: SendFileOptions = {}): Promise<string> {
    const { text = '', onProgress, signal } = options;
    signal?.throwIfAborted();
    await this.#conversation();
    const messageId = crypto.randomUUID();
    await this.#caller.call({ type: 'file', step: 'begin', messageId, text, file });
    const cancel = () => {
      // One that can't be told of it has lost the file anyway, and what waits for it says so.
      this.#caller.call({ type: 'file', step: 'cancel', messageId }).catch(() => undefined);
    };
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.#follow(messageId, onProgress);
      return messageId;
    } catch (error) {
      signal?.throwIfAborted();
      // The hub died between the message's being kept and its saying so.
      if (this.#isKept(messageId)) return messageId;
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async link(attachmentId: string): Promise<string> {
    const { value } = await this.#caller.call({ type: 'file', step: 'link', attachmentId });
    if (typeof value === 'string' && /^https?:/i.test(value)) return value;
    throw unreadable();
  }

  async #follow(messageId: string, onProgress: SendFileOptions['onProgress']): Promise<void> {
    let progress: FileProgress = { stage: 'waiting', percent: 0 };
    for (;;) {
      onProgress?.(progress.stage, progress.percent);
      if (progress.stage === 'sent') return;
      progress = await this.#next(messageId, progress);
    }
  }

  async #next(messageId: string, after: FileProgress): Promise<FileProgress> {
    for (;;) {
      const { value } = await this.#caller.call({ type: 'file', step: 'wait', messageId, after });
      if (!isProgress(value)) throw unreadable();
      if (value.stage !== after.stage || value.percent !== after.percent) return value;
    }
  }

  /** The answer to `start` may come before the snapshot that shows what was opened. */
  async #conversation(): Promise<void> {
    const isOpen = () => {
      const { conversation } = this.#chat.getSnapshot();
      return conversation !== null && conversation.status !== 'ended';
    };
    if (isOpen()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        unsubscribe();
        const message = 'There is no open conversation. Start one first.';
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

  #isKept(messageId: string): boolean {
    return this.#chat.getSnapshot().messages.some((row) => row.messageId === messageId);
  }
}

// The guards of what pages load at first would have to be exported there, for three checks.

function isProgress(value: unknown): value is FileProgress {
  if (typeof value !== 'object' || value === null) return false;
  const { stage, percent }: Partial<Record<keyof FileProgress, unknown>> = value;
  return fileStages.some((known) => known === stage) && typeof percent === 'number';
}

function isRules(value: unknown): value is UploadRules {
  if (typeof value !== 'object' || value === null) return false;
  const rules: Partial<Record<keyof UploadRules, unknown>> = value;
  const { mimeTypes, blockedExtensions, maximumSize } = rules;
  return (
    areTexts(mimeTypes) &&
    areTexts(blockedExtensions) &&
    (maximumSize === null || Number.isFinite(maximumSize))
  );
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function unreadable(): PartylineError {
  return new PartylineError('unknown-outcome', 'The hub’s answer could not be read.');
}
