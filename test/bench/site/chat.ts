import { type Chat, connect } from '../../../src/client/index.ts';
import { Probe, page, reportFilled } from './probe.ts';

/** Our side: a page with the client, and nothing that draws. */

const routing = { skillGroups: ['Tier1_Support'] };

function open(): Chat {
  return connect({
    worker: () =>
      new SharedWorker(new URL('./hub.ts', import.meta.url), {
        type: 'module',
        name: 'partyline',
        extendedLifetime: true,
      }),
  });
}

/** Resolves once the newest page of messages is there. */
function filled(chat: Chat): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (chat.getSnapshot().messages.length < page) return;
      stop();
      resolve();
    };
    const stop = chat.subscribe(look);
    look();
  });
}

class ChatBench extends Probe {
  #chat = open();
  #newest: string | undefined;

  constructor() {
    super();
    this.#chat.subscribe(() => this.#look());
    void filled(this.#chat).then(reportFilled);
  }

  async start(): Promise<void> {
    await this.#chat.start(routing);
  }

  /** From a page without the chat to the newest messages in it. */
  async attach(): Promise<number> {
    this.#chat.close();
    const begun = performance.now();
    this.#chat = open();
    await filled(this.#chat);
    return performance.now() - begun;
  }

  async loadEarlier(): Promise<number> {
    const before = this.#chat.getSnapshot().messages.length;
    const begun = performance.now();
    await this.#chat.loadEarlier(page);
    const took = performance.now() - begun;
    const { length } = this.#chat.getSnapshot().messages;
    if (length !== before + page) throw new Error(`${length - before} messages were loaded`);
    return took;
  }

  /** Resolves once another hub than the present one has given its snapshot. */
  untilAnotherHub(): Promise<number> {
    const { epoch } = this.#chat.getSnapshot().hub;
    return new Promise((resolve) => {
      const stop = this.#chat.subscribe(() => {
        if (this.#chat.getSnapshot().hub.epoch === epoch) return;
        stop();
        resolve(performance.now());
      });
    });
  }

  /** What is new is at the end. */
  #look(): void {
    const { messages } = this.#chat.getSnapshot();
    for (let index = messages.length - 1; index >= 0; index -= 1) {
      const message = messages[index];
      if (!message || message.messageId === this.#newest) break;
      this.arrived(message.text);
    }
    this.#newest = messages.at(-1)?.messageId;
  }
}

globalThis.bench = new ChatBench();
