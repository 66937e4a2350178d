import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { earlierSchema } from '../../../src/protocol/port.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, conversationId, TestHub } from './harness.ts';

const row = (sequence: number): Message => rowOf(agentSays(sequence), [1, sequence, 0, 0]);

function rows(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => row(from + index));
}

/** A hub whose memory has the newest page of a long conversation. */
function longConversation(from: number, to: number, hasEarlier: boolean): TestHub {
  const current = {
    details: { conversationId, status: 'connected' },
    ordinal: 1,
    next: to + 1,
    gaps: [],
    completeUntil: row(to).timestamp,
    readMark: null,
    isReadToEnd: false,
  } as const;
  const hub = new TestHub().authenticated({ current, messages: rows(from, to), hasEarlier });
  hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'connected' } });
  return hub.rest().clearKeepingSocket();
}

function load(hub: TestHub, before: Message | undefined, count: number): number {
  return hub.call({
    type: 'load-earlier',
    before: before ? { position: before.position, messageId: before.messageId } : null,
    conversationId,
    count,
  });
}

function answered(hub: TestHub, callId: number): { sequences: unknown[]; hasEarlier: boolean } {
  const answer = hub.answers.get(callId);
  if (!answer?.ok) throw new Error(`not answered: ${JSON.stringify(answer)}`);
  const { messages, hasEarlier } = earlierSchema.parse(answer.value);
  return { sequences: messages.map(({ sequence }) => sequence), hasEarlier };
}

function restHas(hub: TestHub, messages: GatewayMessage[]): void {
  const { requestId } = hub.last('rest');
  const value = { type: 'history', messages, nextCursor: null, invalidCount: 0 } as const;
  hub.take({ type: 'rest', requestId, result: { ok: true, value } });
}

describe('older messages', () => {
  it('come from memory without asking the store', () => {
    const hub = longConversation(101, 150, true);
    const callId = load(hub, row(121), 20);
    expect(answered(hub, callId)).toMatchObject({ hasEarlier: true });
    expect(answered(hub, callId).sequences.at(0)).toBe(101);
    expect(hub.all('read-earlier')).toEqual([]);
  });

  it('come from the store where memory ends', () => {
    const hub = longConversation(101, 150, true);
    const callId = load(hub, row(106), 20);
    expect(hub.last('read-earlier')).toMatchObject({
      count: 15,
      before: { messageId: 'm-agent 101' },
    });
    hub.take({ type: 'earlier-read', callId, messages: rows(86, 100), hasEarlier: true });
    expect(answered(hub, callId).sequences).toEqual(rows(86, 105).map(({ sequence }) => sequence));
  });

  it('come from REST where the store ends, and `hasEarlier` says so', () => {
    const hub = longConversation(101, 150, false);
    hub.attach('b');
    const snapshot = hub
      .all('post')
      .find(({ tabId, message }) => tabId === 'b' && message.type === 'snapshot');
    expect(snapshot?.message).toMatchObject({ type: 'snapshot', hasEarlier: true });
    const callId = load(hub, row(101), 50);
    hub.take({ type: 'earlier-read', callId, messages: [], hasEarlier: false });
    expect(hub.last('rest').call).toEqual({
      type: 'history-before',
      conversationId,
      before: { sequence: 101 },
    });
    restHas(hub, [agentSays(2), agentSays(1)]);
    expect(answered(hub, callId)).toEqual({ sequences: [1, 2], hasEarlier: false });
    // Too old to be kept.
    expect(hub.flush().all('write')).toEqual([]);
  });

  it('are not asked of REST below the first message', () => {
    const hub = longConversation(1, 50, false);
    const callId = load(hub, row(1), 50);
    hub.take({ type: 'earlier-read', callId, messages: [], hasEarlier: false });
    expect(hub.all('rest')).toEqual([]);
    expect(answered(hub, callId)).toEqual({ sequences: [], hasEarlier: false });
  });

  it('are refused with a reason when REST can’t be reached, and can be asked for again', () => {
    const hub = longConversation(101, 150, false);
    const callId = load(hub, row(101), 50);
    hub.take({ type: 'earlier-read', callId, messages: [], hasEarlier: false });
    hub.restFails();
    expect(hub.answers.get(callId)).toMatchObject({ ok: false, problem: { code: 'unavailable' } });
  });

  it('of a previous visitor are dropped', () => {
    const hub = longConversation(101, 150, true);
    const callId = load(hub, row(101), 20);
    hub.call({ type: 'sign-out' });
    expect(hub.answers.get(callId)).toMatchObject({ ok: false, problem: { code: 'signed-out' } });
    hub.clear().take({ type: 'earlier-read', callId, messages: rows(81, 100), hasEarlier: true });
    expect(hub.all('answer')).toEqual([]);
  });
});
