import type { Message } from '../../../src/protocol/message.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import { epochOf } from '../../../src/worker/core/tabs/snapshot.ts';
import type { ModelGateway } from '../model/gateway.ts';
import type { Step } from '../model/hub.ts';
import type { ModelTab } from '../model/tab.ts';
import { check } from '../violation.ts';

/** No visitor ever sees a row of another one. */
export class VisitorIsolationInvariants {
  readonly #gateway: ModelGateway;
  /** Rows that were checked, and for which visitor. */
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
        () => 'rows of the previous visitor are left in memory',
      );
    }
    if (before.window !== after.window) this.#areOf(after, after.window, 'hub');
  }

  tab(tab: ModelTab): void {
    const { hub, snapshot, name } = tab;
    if (!snapshot || !hub) return;
    // Posts from before a change of visitor may still arrive.
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
    // Before the first token, a hub without a store knows only the conversation, from a session hint.
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
