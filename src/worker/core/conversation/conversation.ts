import type { Conversation } from '../../../protocol/conversation.ts';
import { fail } from '../connection/connection.ts';
import type { Run } from '../context.ts';
import { failStranded, forgetFormerPlaces, forgetPlaces } from '../outbox/outbox.ts';
import { pump } from '../outbox/send-queue.ts';
import { doubtEverything, failDoubtsOfFormer } from '../outbox/unconfirmed.ts';
import type { ConversationState } from '../state.ts';
import { catchUp, catchUpAnew, nextRun } from '../transcript/catch-up.ts';
import { flushReceipt } from '../transcript/read-receipts.ts';
import { settleHeld, showHeld } from '../transcript/transcript.ts';
import { retire } from './previous-conversations.ts';
import { watchQueue } from './queue.ts';
import { isCleared, routed } from './routing-check.ts';
import { forgetOtherTyping } from './typing.ts';

/** Times that a routing or resume frame is repeated before the line counts as dead. */
const repeats = 2;

/** On a fresh socket: resume the conversation, or ask for the one that is wanted. */
export function beginSession(run: Run, socketId: number): void {
  run.setLink({ phase: 'online', socketId, session: { stage: 'ready' } });
  if (run.rules) run.rules.opened(run, socketId);
  else ask(run, 0);
}

/** Sends the frame that the session needs next, if it needs one. */
export function ask(run: Run, asked: number): void {
  const { link, conversation, meta, settings } = run.state;
  if (link.phase !== 'online') return;
  const { socketId } = link;
  if (conversation && conversation.conversation.status !== 'ended') {
    const { conversationId } = conversation.conversation;
    run.setLink({ phase: 'online', socketId, session: { stage: 'resuming', asked } });
    run.emit({ type: 'send', socketId, command: { type: 'resume-conversation', conversationId } });
    run.setTimer('answer', settings.timing.answer);
  } else if (meta.routing && conversation?.closing == null && run.rules?.hasRunOut(run)) {
    run.rules.connectAnew(run);
  } else if (meta.routing && conversation?.closing == null) {
    if (!isCleared(run, meta.routing)) {
      run.clearTimer('answer');
      run.setLink({ phase: 'online', socketId, session: { stage: 'ready' } });
      return;
    }
    run.setLink({ phase: 'online', socketId, session: { stage: 'routing', asked } });
    run.emit({
      type: 'send',
      socketId,
      command: { type: 'open-conversation', routing: meta.routing },
    });
    run.setTimer('answer', settings.timing.answer);
  } else {
    run.clearTimer('answer');
    run.setLink({ phase: 'online', socketId, session: { stage: 'ready' } });
    if (!conversation) failStranded(run);
    // What was said in the last conversation's final moments may have been missed, and what was on
    // its way may have arrived there: both are known before another one is opened.
    catchUp(run);
  }
}

/** The `answer` timer: the frame or its answer was lost. Asking again makes no second conversation. */
export function answerOverdue(run: Run): void {
  const { link } = run.state;
  if (link.phase !== 'online') return;
  const { session } = link;
  if (session.stage !== 'resuming' && session.stage !== 'routing') return;
  if (session.asked >= repeats) {
    fail(run, { code: 'network', message: 'The chat server does not answer.' });
    return;
  }
  ask(run, session.asked + 1);
}

/** The gateway tells of a conversation, on the socket or by REST. */
export function onConversation(run: Run, told: Conversation, viaSocket: boolean): void {
  const { link, conversation } = run.state;
  const session = link.phase === 'online' && viaSocket ? link.session : null;
  const isCurrent = conversation?.conversation.conversationId === told.conversationId;
  if (!isCurrent && session?.stage !== 'routing') {
    run.note('misfit', 'a conversation that nobody asked for');
    return;
  }
  const answers = session?.stage === 'routing' || session?.stage === 'resuming';
  if (!answers && conversation?.conversation.status === 'ended' && told.status !== 'ended') {
    // The visitor has left it: late news does not bring it back.
    return;
  }
  if (isCurrent && conversation) {
    const isOpen = told.status !== 'ended';
    const ending = isOpen ? { isClosed: false, endedAt: null } : {};
    update(run, { ...conversation, conversation: told, ...ending });
  } else update(run, newConversation(run, told));
  if (session?.stage === 'routing') settleRouting(run, told);
  if (answers && told.status !== 'ended' && link.phase === 'online') {
    run.clearTimer('answer');
    run.setLink({
      phase: 'online',
      socketId: link.socketId,
      // What never went out can't have arrived: in a conversation just opened it need not wait.
      session: {
        stage: 'conversation',
        caughtUp: session?.stage === 'routing' && !session.hasPast,
      },
    });
    catchUpAnew(run);
    flushReceipt(run);
  }
  // A catch-up tells it again at each end; only the news of it may start another one.
  const isNews = answers || conversation?.conversation.status !== 'ended';
  if (told.status === 'ended' && isNews) onEnded(run);
  pump(run);
}

function update(run: Run, conversation: ConversationState): void {
  const before = run.state.conversation?.conversation;
  run.set({ conversation });
  const after = conversation.conversation;
  if (
    before?.conversationId !== after.conversationId ||
    before.status !== after.status ||
    before.position !== after.position
  ) {
    run.change({ conversation: true });
  }
  watchQueue(run);
}

function newConversation(run: Run, conversation: Conversation): ConversationState {
  showHeld(run);
  run.clearTimer('hold');
  forgetOtherTyping(run);
  doubtEverything(run);
  failDoubtsOfFormer(run, conversation.conversationId);
  forgetFormerPlaces(run, conversation.conversationId);
  if (run.state.conversation) retire(run, run.state.conversation);
  // One that was thought to be over is open again, and read as the present one.
  const isAnother = (former: ConversationState) =>
    former.conversation.conversationId !== conversation.conversationId;
  run.set({ formers: run.state.formers.filter(isAnother) });
  const ordinal = run.state.lastOrdinal + 1;
  run.set({ lastOrdinal: ordinal, receiptDue: null });
  return {
    conversation,
    ordinal,
    next: 1,
    holes: [],
    // A session that was not left in fact has one history for all conversations.
    completeUntil: run.isSession ? (run.state.conversation?.completeUntil ?? 0) : 0,
    readMark: null,
    isClosed: false,
    held: [],
    unsettled: [],
    newest: 0,
    readAhead: null,
    closing: null,
    endedAt: null,
  };
}

/** The last catch-up of an ended conversation is done, or can't be made: the next one may begin. */
export function closed(run: Run, runNumber: number): void {
  const { conversation, link } = run.state;
  if (!conversation || conversation.closing === null || conversation.closing > runNumber) return;
  run.set({ conversation: { ...conversation, closing: null } });
  if (link.phase === 'online' && link.session.stage === 'ready' && run.state.meta.routing) {
    ask(run, 0);
  } else run.rules?.restLine(run);
}

function settleRouting(run: Run, conversation: Conversation): void {
  run.set({ meta: { ...run.state.meta, routing: null } });
  run.change({ meta: true });
  routed(run);
  for (const callId of run.state.starting) run.resolve(callId, conversation);
  run.set({ starting: [] });
}

/** A conversation id that a page has kept, for a hub whose own store was lost (guide §3). */
export function adoptMirror(run: Run, conversationId: string, visitor: string): void {
  const { conversation, window, meta, link } = run.state;
  if (meta.subject !== null && meta.subject !== visitor) {
    run.note('misfit', 'a page that shows another visitor');
    return;
  }
  // Only what was to be sent is left of it, and the page knows whose it is.
  const isLeft =
    meta.subject === null && conversation?.conversation.conversationId === conversationId;
  if (!isLeft && (conversation || window.length > 0 || meta.routing)) {
    // What was to be sent may be of an earlier one of the same visitor's.
    if (meta.subject === null && window.length === 0) ownBy(run, visitor);
    return;
  }
  // A token that names somebody else wipes it again.
  run.set({ meta: { ...meta, subject: visitor } });
  if (!isLeft) {
    run.set({ conversation: newConversation(run, { conversationId, status: 'queued' }) });
  }
  run.change({ conversation: true, meta: true, reset: true });
  if (link.phase === 'online' && link.session.stage === 'ready') ask(run, 0);
}

/**
 * Who was there before the hub died, which it had no time to write down. A page has calls that are theirs
 * alone; a token that names somebody else wipes it again.
 */
export function adoptVisitor(run: Run, visitor: string): void {
  const { conversation, window, meta } = run.state;
  if (meta.subject !== null || conversation || window.length > 0) return;
  ownBy(run, visitor);
}

function ownBy(run: Run, visitor: string): void {
  run.set({ meta: { ...run.state.meta, subject: visitor } });
  run.change({ meta: true, reset: true });
}

/** A message was on its way into a conversation whose own record a power cut took. */
export function adoptAddressee(run: Run): void {
  const { conversation, outbox } = run.state;
  const current = conversation?.conversation.conversationId ?? null;
  const addressees = outbox.filter(({ failure }) => failure === null);
  const conversationId = addressees.findLast(
    (item) => item.conversationId !== null,
  )?.conversationId;
  if (conversationId == null || conversationId === current) return;
  run.set({ conversation: newConversation(run, { conversationId, status: 'queued' }) });
  run.change({ conversation: true });
}

/** Also when the gateway names it in an error. */
export function onEnded(run: Run): void {
  const { conversation, link } = run.state;
  if (!conversation) return;
  if (conversation.conversation.status !== 'ended') {
    const { conversationId } = conversation.conversation;
    update(run, { ...conversation, conversation: { conversationId, status: 'ended' } });
  }
  const { conversation: ended } = run.state;
  if (ended) {
    const endedAt = ended.endedAt ?? run.clock.now;
    run.set({ conversation: { ...ended, closing: nextRun(run), endedAt } });
  }
  forgetOtherTyping(run);
  if (link.phase === 'online') {
    run.clearTimer('answer');
    run.setLink({ phase: 'online', socketId: link.socketId, session: { stage: 'ready' } });
    catchUpAnew(run);
  }
  failStranded(run);
}

/** The gateway does not know it: the id is forgotten, the transcript stays as history. */
export function onNotFound(run: Run): void {
  const { conversation, meta, outbox } = run.state;
  if (!conversation) return;
  settleHeld(run, null);
  run.set({ conversation: null });
  doubtEverything(run);
  watchQueue(run);
  forgetPlaces(run);
  run.store({
    type: 'delete-conversation',
    conversationId: conversation.conversation.conversationId,
  });
  run.change({ conversation: true });
  run.clearTimer('hold');
  forgetOtherTyping(run);
  const waiting = outbox.some((item) => item.at.stage !== 'failed');
  if (waiting && !meta.routing && meta.lastRouting) {
    run.set({ meta: { ...meta, routing: meta.lastRouting } });
    run.change({ meta: true });
  }
  ask(run, 0);
  failStranded(run);
}
