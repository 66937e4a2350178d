import type { Routing } from '../../../protocol/conversation.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { RoutingNotice } from '../../../protocol/routing.ts';
import type { StepContext } from '../context.ts';
import type { ConversationRecord } from '../records.ts';

/** A conversation, with the frames that wait for a missing one. */
export interface ConversationState extends ConversationRecord {
  readonly reorderBuffer: readonly GatewayMessage[];
  /** Frames without a sequence that wait for one that they overtook, by arrival. */
  readonly unsequencedBuffer: readonly Unsequenced[];
  /** Timestamp of the newest message shown. */
  readonly newest: number;
  /** The message that a receipt named before its echo came. */
  readonly earlyReceipt: string | null;
  /** Ended: the number of the catch-up that must be made before another conversation is opened. */
  readonly finalCatchUp: number | null;
  /** Ended: when this hub heard of it. */
  readonly endedAt: number | null;
}

export interface Unsequenced {
  readonly message: GatewayMessage;
  readonly due: number;
}

/** Where the check of the wanted routing stands. */
export type RoutingCheck =
  | { readonly stage: 'names'; readonly routing: Routing; readonly requestId: number }
  | { readonly stage: 'coverage'; readonly routing: Routing; readonly requestId: number }
  /** Nobody is on shift, and the visitor is asked. */
  | { readonly stage: 'asking'; readonly routing: Routing }
  /** The routing API is out of reach; asked again later. */
  | { readonly stage: 'postponed'; readonly routing: Routing }
  /** The frame may leave, and be repeated. */
  | { readonly stage: 'cleared'; readonly routing: Routing };

/** A conversation that waits for an agent. */
export interface QueueWatch {
  readonly conversationId: string;
  /** Epoch ms of the gateway. */
  readonly since: number;
  /** The question why, under way. */
  readonly requestId: number | null;
  /** A name of its routing is not one that the gateway knows. */
  readonly isUnmatched: boolean;
}

export interface RoutingState {
  /** The canonical names, and when they were told. */
  readonly names: { readonly names: readonly string[]; readonly at: number } | null;
  readonly check: RoutingCheck | null;
  /** Checks that failed in a row. */
  readonly tries: number;
  readonly queue: QueueWatch | null;
  /** What the visitor is told. */
  readonly notice: RoutingNotice | null;
}

export interface Typing {
  readonly remote: { readonly id: string; readonly name: string } | null;
  /** What the gateway was told last. */
  readonly isSent: boolean;
  readonly sentAt: number | null;
}

/** Which conversation there is, which were before it, and which is wanted. */
export interface ConversationSlice {
  /** The visitor's newest conversation. */
  readonly conversation: ConversationState | null;
  /** Ended ones before it, whose last messages are still to be fetched. */
  readonly previousConversations: readonly ConversationState[];
  /** The highest conversation ordinal ever used. */
  readonly lastOrdinal: number;
  readonly routing: RoutingState;
  readonly typing: Typing;
  /** Calls that a conversation's opening answers. */
  readonly startCalls: readonly number[];
}

export const initialRouting: RoutingState = {
  names: null,
  check: null,
  tries: 0,
  queue: null,
  notice: null,
};

export const initialConversationSlice: ConversationSlice = {
  conversation: null,
  previousConversations: [],
  lastOrdinal: 0,
  routing: initialRouting,
  typing: { remote: null, isSent: false, sentAt: null },
  startCalls: [],
};

/** Nothing stays but the gateway's names of its skill groups. */
export function onVisitorChange(state: ConversationSlice): ConversationSlice {
  return {
    conversation: null,
    previousConversations: [],
    lastOrdinal: 0,
    routing: { ...initialRouting, names: state.routing.names },
    typing: { remote: null, isSent: false, sentAt: null },
    startCalls: [],
  };
}

/** Timers of this slice that a change of visitor clears. */
export const visitorTimers = ['typing-shown', 'typing-sent', 'routing', 'queued'] as const;

/** For the files of this folder alone. */
export function setConversationSlice(context: StepContext, part: Partial<ConversationSlice>): void {
  context.write(part);
}

/** The conversation of that ordinal, the present one or one before it. */
export function conversationAt(
  { state: { conversation, previousConversations } }: StepContext,
  ordinal: number,
): ConversationState | null {
  if (conversation?.ordinal === ordinal) return conversation;
  return previousConversations.find((previous) => previous.ordinal === ordinal) ?? null;
}

/** Puts a conversation back where it was found, by its ordinal. */
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
