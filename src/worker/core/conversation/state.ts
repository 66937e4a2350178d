import type { Routing } from '../../../protocol/conversation.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { Sender } from '../../../protocol/message.ts';
import type { RoutingNotice } from '../../../protocol/routing.ts';
import type { StepContext } from '../context.ts';
import type { ConversationRecord } from '../records.ts';

/** A conversation with what only memory knows of it. */
export interface ConversationState extends ConversationRecord {
  readonly reorderBuffer: readonly GatewayMessage[];
  /** Frames without a sequence that wait for ones that they may have overtaken, by arrival. */
  readonly unsequencedBuffer: readonly Unsequenced[];
  /** Timestamp of the newest message shown. */
  readonly newest: number;
  /** A message that was read before its echo arrived. */
  readonly earlyReceipt: string | null;
  /** If ended: the catch-up that must be done before another conversation is opened. */
  readonly finalCatchUp: number | null;
  /** If ended: when this hub learned it, on the monotonic clock. */
  readonly endedAt: number | null;
}

export interface Unsequenced {
  readonly message: GatewayMessage;
  readonly due: number;
}

/** The stage of the check of the requested routing. */
export type RoutingCheck =
  | { readonly stage: 'names'; readonly routing: Routing; readonly requestId: number }
  | { readonly stage: 'coverage'; readonly routing: Routing; readonly requestId: number }
  /** No agent is on shift: the visitor is asked whether to wait. */
  | { readonly stage: 'asking'; readonly routing: Routing }
  /** The routing API is unavailable; the check is repeated later. */
  | { readonly stage: 'postponed'; readonly routing: Routing }
  /** The frame may be sent, and repeated. */
  | { readonly stage: 'cleared'; readonly routing: Routing };

export interface QueueWatch {
  readonly conversationId: string;
  /** Epoch ms by the gateway's clock. */
  readonly since: number;
  /** The pending REST request for the reason. */
  readonly requestId: number | null;
  /** Whether the gateway does not know a skill group of its routing. */
  readonly isUnmatched: boolean;
}

export interface RoutingState {
  /** The canonical names of skill groups, and when they were fetched. */
  readonly names: { readonly names: readonly string[]; readonly at: number } | null;
  readonly check: RoutingCheck | null;
  /** Failed checks in a row. */
  readonly tries: number;
  readonly queue: QueueWatch | null;
  /** What the visitor sees. */
  readonly notice: RoutingNotice | null;
}

export interface Typing {
  readonly remote: Pick<Sender, 'id' | 'name' | 'role'> | null;
  /** What we last sent. */
  readonly isSent: boolean;
  readonly sentAt: number | null;
}

/** The visitor's request to end the conversation; its public state is `details.ending`. */
export interface EndRequest {
  /** Calls that wait for the outcome. */
  readonly calls: readonly number[];
  /** The socket on which the gateway was asked; `null`: it has yet to be asked. */
  readonly sentOn: number | null;
  /** The write that makes it durable, before the gateway is asked; `due`: the tick's; `null`: done. */
  readonly write: 'due' | number | null;
  /**
   * The outbox ordinal of the last message that was written before; later ones wait for the outcome.
   * `null`: a previous hub was asked, and none waits.
   */
  readonly after: number | null;
}

/**
 * The current conversation, the previous ones, and the routing of the next one. Invariants, as in
 * docs/architecture.md:
 *
 * 1. After an end, no conversation is opened before `finalCatchUp` is done or given up.
 * 2. A previous conversation is caught up until a catch-up has begun 20 s after its end.
 * 3. A routing frame is sent only when its check is `cleared`.
 * 4. While its check is `asking`, nothing is sent for a routing.
 * 5. Each of `startCalls` is answered exactly once.
 * 6. Typing is sent at most once per `timing.typingSent`, and ends when the last tab stops.
 * 7. Each conversation has a higher ordinal than those before it.
 * 8. Where the gateway confirms an end, only the gateway ends a conversation; the `end` timer is set
 *    while `ending` is `pending`. Each of `endRequest.calls` is answered exactly once.
 */
export interface ConversationSlice {
  /** The visitor's newest conversation, ended or not. */
  readonly conversation: ConversationState | null;
  /** Previous conversations whose last messages are still to be fetched. */
  readonly previousConversations: readonly ConversationState[];
  /** The highest ordinal used so far. */
  readonly lastOrdinal: number;
  readonly routing: RoutingState;
  readonly typing: Typing;
  /** Calls that wait for a conversation to open. */
  readonly startCalls: readonly number[];
  readonly endRequest: EndRequest;
}

export const initialRouting: RoutingState = {
  names: null,
  check: null,
  tries: 0,
  queue: null,
  notice: null,
};

export const noEndRequest: EndRequest = {
  calls: [],
  sentOn: null,
  write: null,
  after: null,
};

export const initialConversationSlice: ConversationSlice = {
  conversation: null,
  previousConversations: [],
  lastOrdinal: 0,
  routing: initialRouting,
  typing: { remote: null, isSent: false, sentAt: null },
  startCalls: [],
  endRequest: noEndRequest,
};

/** Keeps only the gateway's names of skill groups. */
export function onVisitorChange(state: ConversationSlice): ConversationSlice {
  return {
    conversation: null,
    previousConversations: [],
    lastOrdinal: 0,
    routing: { ...initialRouting, names: state.routing.names },
    typing: { remote: null, isSent: false, sentAt: null },
    startCalls: [],
    endRequest: noEndRequest,
  };
}

/** Timers of this slice that a visitor change clears. */
export const visitorTimers = ['typing-shown', 'typing-sent', 'routing', 'queued', 'end'] as const;

/** Only for files of this folder. */
export function setConversationSlice(context: StepContext, part: Partial<ConversationSlice>): void {
  context.write(part);
}

/** 0 without a conversation. */
export function currentOrdinal({ state: { conversation } }: StepContext): number {
  return conversation?.ordinal ?? 0;
}

/** The current or previous conversation with this ordinal. */
export function conversationAt(
  { state: { conversation, previousConversations } }: StepContext,
  ordinal: number,
): ConversationState | null {
  if (conversation?.ordinal === ordinal) return conversation;
  return previousConversations.find((previous) => previous.ordinal === ordinal) ?? null;
}

/** Replaces the conversation with the same ordinal. */
export function updateConversation(context: StepContext, next: ConversationState): void {
  const { conversation, previousConversations } = context.state;
  if (conversation?.ordinal === next.ordinal) context.write({ conversation: next });
  else {
    context.write({
      previousConversations: previousConversations.map((previous) =>
        previous.ordinal === next.ordinal ? next : previous,
      ),
    });
  }
}

/**
 * Replaces the conversation with the same ordinal. The flush stores it if it is the current one; a
 * previous conversation is stored when it is closed.
 */
export function updateAndStore(context: StepContext, conversation: ConversationState): void {
  updateConversation(context, conversation);
  context.change({ isConversationChanged: true });
}
