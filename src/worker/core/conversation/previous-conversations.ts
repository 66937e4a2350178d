import type { RestResult } from '../../../protocol/gateway.ts';
import { request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import type { ConversationRecord } from '../records.ts';
import type { CatchUpRun, ConversationState } from '../state.ts';
import { normalizeAll } from '../transcript/normalize.ts';
import { receive, showReorderBuffer } from '../transcript/transcript.ts';

/** How long a conversation's last words may take to be in REST's history, in ms. */
const settling = 20_000;

/** A gateway whose pages never end is not followed for ever. */
export const maximumPages = 10_000;

/** Former conversations that are still looked after. */
const maximumFormers = 5;

export function recordOf(conversation: ConversationState): ConversationRecord {
  const {
    reorderBuffer: _h,
    unsequencedBuffer: _u,
    newest: _n,
    earlyReceipt: _r,
    finalCatchUp: _c,
    endedAt: _e,
    ...record
  } = conversation;
  return record;
}

/** The conversation gives way to another; what is not known of its end yet is fetched later. */
export function archive(context: StepContext, conversation: ConversationState): void {
  store(context, conversation);
  if (conversation.isClosed) return;
  context.set({
    previousConversations: [...context.state.previousConversations, conversation].slice(
      -maximumFormers,
    ),
  });
}

function store(context: StepContext, conversation: ConversationState): void {
  context.store({ type: 'put-conversation', record: recordOf(conversation) });
}

/** Whether a catch-up begun then has seen the last of an ended conversation. */
export function reachedEnd({ conversation, endedAt }: ConversationState, begunAt: number): boolean {
  if (conversation.status !== 'ended' || endedAt === null) return false;
  return begunAt - endedAt >= settling;
}

/** Asks for the last words of a former conversation. It gives way to every other catch-up. */
export function catchUpPrevious(context: StepContext): void {
  const { previousConversations, catchUps } = context.state;
  const former = previousConversations.find((one) => reachedEnd(one, context.clock.now));
  // Where each has a session of its own, nobody can ask for a former one's.
  if (!former || catchUps.active || context.isSession) return;
  const { conversationId } = former.conversation;
  const since = former.completeUntil;
  const requestId = request(context, {
    type: 'history-since',
    conversationId,
    since,
    cursor: null,
  });
  const active: CatchUpRun = {
    requestId,
    conversationId,
    since,
    begunAt: context.clock.now,
    cursor: null,
    pages: 0,
    newest: since,
  };
  context.set({ catchUps: { ...catchUps, active } });
}

export function isOfPrevious({ state }: StepContext, active: CatchUpRun): boolean {
  const { previousConversations } = state;
  return previousConversations.some(
    (one) => one.conversation.conversationId === active.conversationId,
  );
}

/** Returns whether this former conversation is done with, for now or for good. */
export function onPreviousResult(
  context: StepContext,
  active: CatchUpRun,
  result: RestResult,
): boolean {
  const { conversationId, since, cursor } = active;
  if (!result.ok) {
    // It is asked for again behind the next catch-up.
    if (result.failure.kind === 'not-found') close(context, conversationId);
    return true;
  }
  if (result.value.type !== 'history') return true;
  const { messages, nextCursor } = result.value;
  within(context, conversationId, () => {
    for (const message of normalizeAll(context, messages, conversationId))
      receive(context, message, 'rest');
  });
  if (
    nextCursor === null ||
    nextCursor === cursor ||
    messages.length === 0 ||
    active.pages >= maximumPages
  ) {
    within(context, conversationId, () => showReorderBuffer(context));
    close(context, conversationId);
    return true;
  }
  const next = { type: 'history-since', conversationId, since, cursor: nextCursor } as const;
  const requestId = request(context, next);
  context.set({
    catchUps: {
      ...context.state.catchUps,
      active: { ...active, requestId, cursor: nextCursor, pages: active.pages + 1 },
    },
  });
  return false;
}

/** Works on a former conversation as if it were the present one. */
function within(context: StepContext, conversationId: string, work: () => void): void {
  const { conversation: present, previousConversations } = context.state;
  const former = previousConversations.find(
    (one) => one.conversation.conversationId === conversationId,
  );
  if (!former) return;
  context.set({ conversation: former });
  work();
  const after = context.state.conversation ?? former;
  context.set({
    conversation: present,
    previousConversations: context.state.previousConversations.map((one) =>
      one === former ? after : one,
    ),
  });
}

function close(context: StepContext, conversationId: string): void {
  const former = context.state.previousConversations.find(
    (one) => one.conversation.conversationId === conversationId,
  );
  if (!former) return;
  context.set({
    previousConversations: context.state.previousConversations.filter((one) => one !== former),
  });
  store(context, { ...former, isClosed: true });
}
