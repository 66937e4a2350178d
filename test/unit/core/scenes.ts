import type { Attachment } from '../../../src/protocol/content-schema.ts';
import type { GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import type { RestFailure, RestValue } from '../../../src/protocol/gateway/rest.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { PatchMessage, SnapshotMessage } from '../../../src/protocol/port.ts';
import type { ConversationRecord, StoreOperation } from '../../../src/worker/core/records.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { agentSays, conversationId, TestHub } from './harness.ts';

/** What several tests of the hub tell: things heard, answers of REST, rows of the store. */

export const agent = { id: 'agent-1', name: 'Ada', role: 'agent' } as const;
export const routing = { skillGroups: ['Billing'] };
export const nextId = 'conv-2';

/** A hub in a conversation that the gateway answers, so that only what is looked at happens. */
export function hub(options: ConstructorParameters<typeof TestHub>[0] = {}): TestHub {
  const made = new TestHub(options).inConversation();
  made.answersPings = true;
  return made.clearKeepingSocket();
}

/** Messages come on the socket, all in one tick. */
export function hears<Hub extends TestHub>(hub: Hub, ...messages: GatewayMessage[]): Hub {
  for (const message of messages) hub.gateway({ type: 'message', message });
  return hub.flush();
}

/** A message of an agent's that bears no sequence. */
export function unnumbered(text: string, timestamp: number): GatewayMessage {
  return { ...agentSays(null, text), timestamp };
}

/** The REST request under way is answered. */
export function answers<Hub extends TestHub>(hub: Hub, value: RestValue): Hub {
  const { requestId } = hub.last('rest');
  return hub.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
}

/** A page of the history, with a cursor when more follow. */
export function page<Hub extends TestHub>(
  hub: Hub,
  messages: readonly GatewayMessage[],
  nextCursor: string | null = null,
): Hub {
  return answers(hub, { type: 'history', messages, nextCursor, invalidCount: 0 });
}

/** Where the conversation stands, by REST. */
export function standing<Hub extends TestHub>(
  hub: Hub,
  status: 'connected' | 'ended' = 'connected',
  id = conversationId,
): Hub {
  return answers(hub, { type: 'conversation', conversation: { conversationId: id, status } });
}

/** The REST request under way comes to nothing. */
export function fails<Hub extends TestHub>(
  hub: Hub,
  kind: RestFailure['kind'],
  retryAfter: number | null = null,
): Hub {
  const { requestId } = hub.last('rest');
  const failure = { kind, message: kind, retryAfter };
  return hub.take({ type: 'rest', requestId, result: { ok: false, failure } }).flush();
}

export function problem<Hub extends TestHub>(
  hub: Hub,
  kind: GatewayProblem['kind'],
  messageId: string | null,
  rest: Partial<GatewayProblem> = {},
): Hub {
  const reported = { kind, message: kind, conversationId, messageId, retryAfter: null, ...rest };
  return hub.gateway({ type: 'problem', problem: reported }).flush();
}

/** The gateway says on the socket that the conversation is over. */
export function ends<Hub extends TestHub>(hub: Hub, id = conversationId): Hub {
  const conversation = { conversationId: id, status: 'ended' } as const;
  return hub.gateway({ type: 'conversation', conversation }).flush();
}

/** The conversation is over and read to its end, and the next one is open. */
export function goesOn<Hub extends TestHub>(hub: Hub, lastWords: GatewayMessage[] = []): Hub {
  ends(hub);
  page(hub, lastWords);
  standing(hub, 'ended');
  return opensNext(hub);
}

/** The visitor wants another conversation, and gets it. */
export function opensNext<Hub extends TestHub>(hub: Hub): Hub {
  hub.call({ type: 'start', routing });
  hub.flush();
  const conversation = { conversationId: nextId, status: 'queued' } as const;
  return hub.gateway({ type: 'conversation', conversation }).flush();
}

export function operations(hub: TestHub): StoreOperation[] {
  return hub.all('write').flatMap((write) => write.operations);
}

export function operationsOf<T extends StoreOperation['type']>(
  hub: TestHub,
  type: T,
): Extract<StoreOperation, { type: T }>[] {
  return operations(hub).filter(
    (operation): operation is Extract<StoreOperation, { type: T }> => operation.type === type,
  );
}

/** What is asked of REST, since the last `clear()`. */
export function asked(hub: TestHub) {
  return hub.all('rest').map(({ call }) => call);
}

/** The texts that went out on the socket, since the last `clear()`. */
export function texts(hub: TestHub): string[] {
  return hub.sent().flatMap((command) => (command.type === 'send-message' ? command.text : []));
}

/** The code with which a call was refused; `ok`, or `open` while it is not answered. */
export function outcome(hub: TestHub, callId: number): string {
  const answer = hub.answers.get(callId);
  if (!answer) return 'open';
  return answer.ok ? 'ok' : answer.problem.code;
}

/** What tab `a` shows: each row with how far it has come. */
export function statuses(hub: TestHub): string[] {
  return (hub.snapshot?.messages ?? []).map(({ text, status }) => `${text}: ${status}`);
}

/** The rows that tab `a` shows, with how many are missing before each. */
export function marks(hub: TestHub): [string, number][] {
  return (hub.snapshot?.messages ?? []).map(({ text, missingBefore }) => [text, missingBefore]);
}

export function row(sequence: number, ordinal = 1): Message {
  return rowOf(agentSays(sequence), [ordinal, sequence, 0, 0]);
}

export function rows(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => row(from + index));
}

/** A conversation as the store keeps it, read up to `last`. */
export function record(last: number, rest: Partial<ConversationRecord> = {}): ConversationRecord {
  return {
    details: { conversationId, status: 'connected' },
    ordinal: 1,
    next: last + 1,
    gaps: [],
    completeUntil: last === 0 ? 0 : row(last).timestamp,
    readMark: null,
    isReadToEnd: false,
    ...rest,
  };
}

/** A hub that finds rows in its store, and is in their conversation. */
export function found<Hub extends TestHub>(
  hub: Hub,
  messages: readonly Message[],
  rest: Parameters<TestHub['authenticated']>[0] = {},
): Hub {
  const current = record(messages.at(-1)?.sequence ?? 0);
  hub.authenticated({ current, messages, ...rest });
  const conversation = { conversationId, status: 'connected' } as const;
  hub.gateway({ type: 'conversation', conversation });
  return hub.rest().store().clearKeepingSocket();
}

/** Whatever was posted to a tab, since the last `clear()`. */
export function posts(hub: TestHub, tabId: string) {
  return hub.all('post').flatMap((post) => (post.tabId === tabId ? [post.message] : []));
}

export function patches(hub: TestHub, tabId: string): PatchMessage[] {
  return posts(hub, tabId).flatMap((message) => (message.type === 'patch' ? [message] : []));
}

export function snapshots(hub: TestHub, tabId: string): SnapshotMessage[] {
  return posts(hub, tabId).flatMap((message) => (message.type === 'snapshot' ? [message] : []));
}

/** The socket is given up, and REST stands in for it; what it was asked is answered. */
export function polling<Hub extends TestHub>(hub: Hub): Hub {
  hub.cut();
  for (let retry = 0; retry < 5; retry += 1) hub.pass(31_000).cut();
  return settled(hub);
}

/** Every catch-up that is wanted is made, and brings nothing. */
export function settled<Hub extends TestHub>(hub: Hub): Hub {
  for (let runs = 0; runs < 5 && hub.state.catchUps.active; runs += 1) hub.rest();
  return hub;
}

/** Time passes until REST is asked for something. */
export function untilAsked<Hub extends TestHub>(hub: Hub, within = 120_000): Hub {
  for (let passed = 0; asked(hub).length === 0; passed += 100) {
    if (passed > within) throw new Error(`nothing is asked of REST within ${within} ms`);
    hub.pass(100);
  }
  return hub;
}

/** A file that a message brings. */
export function file(attachmentId: string, rest: Partial<Attachment> = {}): Attachment {
  return {
    type: 'attachment',
    attachmentId,
    url: null,
    name: `${attachmentId}.png`,
    kind: 'image',
    mime: 'image/png',
    size: 1_000,
    text: null,
    ...rest,
  };
}
