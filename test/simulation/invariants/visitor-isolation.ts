import type { Message } from '../../../src/protocol/message.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import { epochOf } from '../../../src/worker/core/tabs/snapshot.ts';
import type { ModelGateway } from '../model/gateway.ts';
import type { Step } from '../model/hub.ts';
import type { ModelTab } from '../model/tab.ts';
import { check } from '../violation.ts';

/** No visitor ever sees a row of another one, not for a moment. */
export class VisitorIsolationInvariants {
  readonly #gateway: ModelGateway;
  /** Found right, and for whom. */
  readonly #seen = new Map<ModelTab, { rows: readonly Message[]; subject: string | null }>();

  constructor(gateway: ModelGateway) {
    this.#gateway = gateway;
  }

  step({ before, after }: Step): void {
    if (before.generation !== after.generation) {
      const { window, outbox, previousConversations, paginations } = after;
      const left =
        window.length + outbox.length + previousConversations.length + paginations.length;
      check(
        left === 0,
        'visitor isolation',
        () => 'something of the former visitor is left in memory',
      );
    }
    if (before.window !== after.window) this.#areOf(after, after.window, 'hub');
  }

  tab(tab: ModelTab): void {
    const { hub, snapshot, name } = tab;
    if (!snapshot || !hub) return;
    // What was posted before a change of visitors may still be on its way.
    if (tab.epoch !== epochOf(hub.state)) return;
    const { subject } = hub.state.meta;
    const rows = snapshot.messages;
    const seen = this.#seen.get(tab);
    if (seen?.rows === rows && seen.subject === subject) return;
    this.#areOf(hub.state, rows, name);
    this.#seen.set(tab, { rows, subject });
  }

  #areOf(state: HubState, rows: readonly Message[], who: string): void {
    const { subject } = state.meta;
    // Before the first token a hub without a store knows the conversation alone, from a page.
    const adopted = subject === null ? state.conversation?.details.conversationId : null;
    let conversation: string | null = null;
    for (const { conversationId, messageId } of rows) {
      if (conversationId === null || conversationId === conversation) continue;
      conversation = conversationId;
      if (conversationId === adopted) continue;
      const owner = this.#gateway.subjectOf(conversationId);
      check(owner === subject, 'visitor isolation', () => {
        return `${who} shows ${messageId} of ${owner}, and is ${subject}'s`;
      });
    }
  }
}
