import type { Chat } from '../../../client/chat.ts';
import { hasVisitorChanged } from '../../../protocol/epoch.ts';
import type { ChatSnapshot } from '../../../protocol/snapshot.ts';
import { toDisplayError } from '../../display-error.ts';
import type { FileEvents, FilesController, FilesHost } from './controller.ts';

/**
 * Asks the platform whether files can be sent and whether a conversation can be cleared. Loads the code for
 * files only if they can be sent.
 */
export class LazyFiles {
  /** `null` until the gateway is known to accept files. */
  controller: FilesController | null = null;
  canClear = false;
  readonly #host: FilesHost;
  readonly #events: FileEvents;
  #chat: Chat | null = null;
  #epoch = '';
  /** The session and conversation of the last check. Another one can have other rules. */
  #checkedFor = '';
  #wasReady = false;
  #hasWarned = false;

  constructor(host: FilesHost, events: FileEvents) {
    this.#host = host;
    this.#events = events;
  }

  receive(chat: Chat, { hub, conversation, connection }: ChatSnapshot): void {
    if (chat !== this.#chat || hasVisitorChanged(this.#epoch, hub.epoch)) {
      // Files chosen for another chat or by another visitor must not be sent here.
      this.controller?.dispose();
      this.controller = null;
      this.canClear = false;
      this.#checkedFor = '';
    }
    this.#chat = chat;
    this.#epoch = hub.epoch;
    const isReady = connection.phase === 'ready';
    // The rules can change with a reconnect.
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
      // There is no button for now. The next snapshot checks again.
      if (chat === this.#chat) this.#checkedFor = '';
      // `toDisplayError` logs unexpected errors. Log one, not one per snapshot.
      if (!this.#hasWarned) this.#hasWarned = toDisplayError(error).code === null;
    }
  }
}
