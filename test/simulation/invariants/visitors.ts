import type { Message } from '../../../src/protocol/message.ts';
import type { ModelGateway } from '../model/gateway.ts';
import type { Step } from '../model/hub.ts';
import type { ModelTab } from '../model/tab.ts';
import { check } from '../violation.ts';

/** No visitor ever sees a row of another one, not for a moment. */
export class VisitorInvariants {
  readonly #gateway: ModelGateway;

  constructor(gateway: ModelGateway) {
    this.#gateway = gateway;
  }

  step({ before, after }: Step): void {
    if (before.generation !== after.generation) {
      const { window, outbox, formers, earlier } = after;
      const left = window.length + outbox.length + formers.length + earlier.length;
      check(left === 0, 'strangers', () => 'something of the former visitor is left in memory');
    }
    if (before.window !== after.window) this.#ofOne(after.window, 'hub');
  }

  tab(tab: ModelTab): void {
    this.#ofOne(tab.snapshot?.messages ?? [], tab.name);
  }

  #ofOne(rows: readonly Message[], who: string): void {
    let conversation: string | null = null;
    let owner: string | undefined;
    for (const { conversationId, messageId } of rows) {
      if (conversationId === null || conversationId === conversation) continue;
      conversation = conversationId;
      const other = this.#gateway.subjectOf(conversationId);
      check(owner === undefined || owner === other, 'strangers', () => {
        return `${who} shows ${messageId} of ${other} beside ${owner}'s`;
      });
      owner = other;
    }
  }
}
