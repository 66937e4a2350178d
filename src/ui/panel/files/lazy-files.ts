import type { Chat } from '../../../client/chat.ts';
import { isAnotherVisitor } from '../../../protocol/epoch.ts';
import type { ChatSnapshot } from '../../../protocol/snapshot.ts';
import { toDisplayError } from '../../display-error.ts';
import type { FileEvents, FilesController, FilesHost } from './controller.ts';

/**
 * Asks what the platform has: whether files can be sent, and what does it is fetched where they can;
 * whether a conversation can be cleared.
 */
export class LazyFiles {
  /** `null` until the gateway has been heard to take files. */
  controller: FilesController | null = null;
  canClear = false;
  readonly #host: FilesHost;
  readonly #events: FileEvents;
  #chat: Chat | null = null;
  #epoch = '';
  /** What it was asked of: in another session, or another conversation, the rules may be others. */
  #checkedFor = '';
  #wasReady = false;
  #hasWarned = false;

  constructor(host: FilesHost, events: FileEvents) {
    this.#host = host;
    this.#events = events;
  }

  receive(chat: Chat, { hub, conversation, connection }: ChatSnapshot): void {
    if (chat !== this.#chat || isAnotherVisitor(this.#epoch, hub.epoch)) {
      // What was chosen for another chat, or by another visitor, is not for this one.
      this.controller?.dispose();
      this.controller = null;
      this.canClear = false;
      this.#checkedFor = '';
    }
    this.#chat = chat;
    this.#epoch = hub.epoch;
    const isReady = connection.phase === 'ready';
    // A line that comes back may bring other rules; one that goes brings none.
    const isBack = isReady && !this.#wasReady;
    this.#wasReady = isReady;
    const subject = `${hub.epoch} ${conversation?.conversationId}`;
    if (hub.epoch === '' || (subject === this.#checkedFor && !isBack)) return;
    this.#checkedFor = subject;
    void this.#check(chat);
  }

  async #check(chat: Chat): Promise<void> {
    const epoch = this.#epoch;
    try {
      const platform = await chat.platform();
      const { files } = platform;
      const [rules, deployment] = await Promise.all([files.rules(), platform.deployment()]);
      const module = rules && (await import('./controller.ts'));
      if (chat !== this.#chat || epoch !== this.#epoch) return;
      if (module)
        this.controller ??= new module.FilesController(this.#host, chat, files, this.#events);
      if (this.controller) this.controller.rules = rules;
      this.canClear = deployment?.canClear === true;
      this.#host.requestUpdate();
    } catch (error) {
      // Without an answer there is no button, and it is asked for again at the next occasion.
      if (chat === this.#chat) this.#checkedFor = '';
      // What is no error of ours goes into the log, once: each news is an occasion.
      if (!this.#hasWarned) this.#hasWarned = toDisplayError(error).code === null;
    }
  }
}
