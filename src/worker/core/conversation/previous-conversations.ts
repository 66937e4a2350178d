import type { RestResult } from '../../../protocol/gateway.ts';
import { request } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import type { ConversationRecord } from '../records.ts';
import type { ConversationState, RecoveryRun } from '../state.ts';
import { completeAll } from '../transcript/normalize.ts';
import { receive, showHeld } from '../transcript/transcript.ts';

/** How long a conversation's last words may take to be in REST's history, in ms. */
const settling = 20_000;

/** A gateway whose pages never end is not followed for ever. */
export const maximumPages = 10_000;

/** Former conversations that are still looked after. */
const maximumFormers = 5;

export function recordOf(conversation: ConversationState): ConversationRecord {
  const {
    held: _h,
    unsettled: _u,
    newest: _n,
    readAhead: _r,
    closing: _c,
    endedAt: _e,
    ...record
  } = conversation;
  return record;
}

/** The conversation gives way to another; what is not known of its end yet is fetched later. */
export function retire(run: Run, conversation: ConversationState): void {
  store(run, conversation);
  if (conversation.isClosed) return;
  run.set({ formers: [...run.state.formers, conversation].slice(-maximumFormers) });
}

function store(run: Run, conversation: ConversationState): void {
  run.store({ type: 'put-conversation', record: recordOf(conversation) });
}

/** Whether a catch-up begun then has seen the last of an ended conversation. */
export function sawTheEnd({ conversation, endedAt }: ConversationState, begunAt: number): boolean {
  if (conversation.status !== 'ended' || endedAt === null) return false;
  return begunAt - endedAt >= settling;
}

/** Asks for the last words of a former conversation. It gives way to every other catch-up. */
export function catchUpFormer(run: Run): void {
  const { formers, recovery } = run.state;
  const former = formers.find((one) => sawTheEnd(one, run.clock.now));
  // Where each has a session of its own, nobody can ask for a former one's.
  if (!former || recovery.active || run.isSession) return;
  const { conversationId } = former.conversation;
  const since = former.completeUntil;
  const requestId = request(run, { type: 'history-since', conversationId, since, cursor: null });
  const active: RecoveryRun = {
    requestId,
    conversationId,
    since,
    begunAt: run.clock.now,
    cursor: null,
    pages: 0,
    newest: since,
  };
  run.set({ recovery: { ...recovery, active } });
}

export function isOfFormer({ state }: Run, active: RecoveryRun): boolean {
  const { formers } = state;
  return formers.some((one) => one.conversation.conversationId === active.conversationId);
}

/** Returns whether this former conversation is done with, for now or for good. */
export function onFormerResult(run: Run, active: RecoveryRun, result: RestResult): boolean {
  const { conversationId, since, cursor } = active;
  if (!result.ok) {
    // It is asked for again behind the next catch-up.
    if (result.failure.kind === 'not-found') close(run, conversationId);
    return true;
  }
  if (result.value.type !== 'history') return true;
  const { messages, nextCursor } = result.value;
  within(run, conversationId, () => {
    for (const message of completeAll(run, messages, conversationId)) receive(run, message, 'rest');
  });
  if (
    nextCursor === null ||
    nextCursor === cursor ||
    messages.length === 0 ||
    active.pages >= maximumPages
  ) {
    within(run, conversationId, () => showHeld(run));
    close(run, conversationId);
    return true;
  }
  const next = { type: 'history-since', conversationId, since, cursor: nextCursor } as const;
  const requestId = request(run, next);
  run.set({
    recovery: {
      ...run.state.recovery,
      active: { ...active, requestId, cursor: nextCursor, pages: active.pages + 1 },
    },
  });
  return false;
}

/** Works on a former conversation as if it were the present one. */
function within(run: Run, conversationId: string, work: () => void): void {
  const { conversation: present, formers } = run.state;
  const former = formers.find((one) => one.conversation.conversationId === conversationId);
  if (!former) return;
  run.set({ conversation: former });
  work();
  const after = run.state.conversation ?? former;
  run.set({
    conversation: present,
    formers: run.state.formers.map((one) => (one === former ? after : one)),
  });
}

function close(run: Run, conversationId: string): void {
  const former = run.state.formers.find(
    (one) => one.conversation.conversationId === conversationId,
  );
  if (!former) return;
  run.set({ formers: run.state.formers.filter((one) => one !== former) });
  store(run, { ...former, isClosed: true });
}
