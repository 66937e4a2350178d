import type { Conversation } from '../../../protocol/conversation.ts';
import type { GatewayEvent } from '../../../protocol/gateway.ts';
import { connect, fail, letGo, signedOut } from '../../core/connection/connection.ts';
import { dropToken } from '../../core/connection/token.ts';
import type { Run } from '../../core/context.ts';
import { onEnded, onNotFound } from '../../core/conversation/conversation.ts';
import { isCleared } from '../../core/conversation/routing-check.ts';
import { failStranded, setItem } from '../../core/outbox/outbox.ts';
import { failDoubtsOfFormer } from '../../core/outbox/unconfirmed.ts';
import { emptyReading } from '../../core/records.ts';
import type { SessionRules } from '../../core/session-policy.ts';
import type { ConversationState } from '../../core/state.ts';
import { catchUp, patience } from '../../core/transcript/catch-up.ts';
import { rewrite } from '../../core/transcript/retention.ts';
import { settleAll } from '../../core/transcript/transcript.ts';
import { expired, outOfReach, refused, sift } from './error-classes.ts';
import {
  forgetLife,
  hearMessage,
  onPresence,
  onSessionLife,
  prolong,
  timeOf,
  warnOfExpiry,
} from './expiry.ts';
import { isKnown, isSame, moreAliases } from './message-matching.ts';
import { memoryOf, remember } from './session-memory.ts';

/**
 * A session costs the platform something, so there is a line only for a conversation: until it has
 * ended, the platform knows so, and its last words have been read.
 */
function needsLine({ state: { conversation, meta } }: Run): boolean {
  if (meta.routing !== null) return true;
  return conversation !== null && !isBehind(conversation);
}

function isBehind({ conversation, closing }: ConversationState): boolean {
  return conversation.status === 'ended' && closing === null;
}

function wakeLine(run: Run): void {
  const { link, problem, conversation } = run.state;
  // The session that is open in too many places has been left, and another one is wanted.
  const isLeft =
    link.phase === 'failed' &&
    problem?.code === 'evicted' &&
    conversation?.conversation.status === 'ended';
  if ((link.phase === 'idle' || isLeft) && needsLine(run)) connect(run);
}

function restLine(run: Run): void {
  if (run.state.link.phase !== 'online') {
    if (hasEnded(run)) leaveFormer(run);
    return;
  }
  if (needsLine(run)) return;
  letGo(run);
  leaveEnded(run);
  forgetSession(run);
  run.setLink({ phase: 'idle' });
}

/** Its last words can't be had; and the next conversation must not begin in its session. */
function leaveFormer(run: Run): void {
  const { phase } = run.state.link;
  forgetSession(run);
  // A secret that was asked for before would be the former one.
  run.set({ token: { ...run.state.token, requestId: null } });
  if (phase === 'token' || phase === 'connecting' || phase === 'authenticating') connect(run);
}

/**
 * An ended conversation can be read by its own session alone, and that one is behind us: whether the
 * last words have arrived there nobody can tell any more.
 */
function leaveEnded(run: Run): void {
  const { conversation } = run.state;
  // What waits for a conversation that was left before there was one.
  if (!conversation) failStranded(run);
  if (conversation?.conversation.status !== 'ended') return;
  run.set({ conversation: { ...conversation, closing: null } });
  for (const { messageId, conversationId, at } of run.state.outbox) {
    // What was addressed to none has not been sent.
    if (at.stage !== 'doubt' || conversationId !== null) continue;
    setItem(run, messageId, { at: { stage: 'queued' } });
  }
  failDoubtsOfFormer(run, null);
  failStranded(run);
}

function hasRunOut(run: Run): boolean {
  const { link } = run.state;
  return link.phase === 'online' && link.session.stage === 'ready' && hasEnded(run);
}

function connectAnew(run: Run): void {
  forgetSession(run);
  connect(run);
}

function forgetSession(run: Run): void {
  // The next secret is kept for good: what it is not must be known as surely.
  run.change({ durable: true });
  dropToken(run);
  run.set({ token: { ...run.state.token, refusals: 0, wantsFresh: true } });
  remember(run, { startsNew: true, expiries: [] });
  forgetLife(run);
  // Its history goes with it.
  run.clearTimer('rest-retry');
}

/** A history is its session's alone, and an ended conversation's session goes with its line. */
function canRead({ state: { conversation, link } }: Run, conversationId: string): boolean {
  if (conversation?.conversation.conversationId !== conversationId) return false;
  if (conversation.conversation.status !== 'ended') return true;
  return link.phase === 'online' && link.session.stage === 'ready';
}

/** The answer to a configured session opens a conversation. */
function nameConversation(run: Run): Pick<Conversation, 'conversationId' | 'leftAt'> | null {
  const { link, settings, conversation } = run.state;
  if (link.phase === 'online' && link.session.stage === 'routing') {
    return { conversationId: `session-${settings.epoch}-${run.id()}` };
  }
  if (!conversation) return null;
  const { conversationId, leftAt } = conversation.conversation;
  return leftAt === undefined ? { conversationId } : { conversationId, leftAt };
}

/** Nothing of an ended conversation is wanted of a fresh session. */
function wantsFreshToken(run: Run): boolean {
  return hasEnded(run) || run.state.token.wantsFresh;
}

function hasEnded({ state: { conversation } }: Run): boolean {
  return conversation !== null && isBehind(conversation);
}

function opened(run: Run, socketId: number): void {
  const { conversation, meta, settings } = run.state;
  const isOpen = conversation !== null && conversation.conversation.status !== 'ended';
  // What the platform tells of the session comes next, and then the ended one is read.
  if (!isOpen && conversation?.closing != null) return;
  if (!isOpen && !meta.routing) {
    restLine(run);
    return;
  }
  // Nothing is checked where the platform's own flow decides, but the site's log is told.
  if (!isOpen && meta.routing) isCleared(run, meta.routing);
  const stage = isOpen ? 'resuming' : 'routing';
  run.setLink({ phase: 'online', socketId, session: { stage, asked: 0 } });
  run.setTimer('answer', settings.timing.answer);
}

/** Nobody there waits for somebody who has left: now, or as soon as there is a line. */
function tellEnd(run: Run): void {
  const { link, conversation } = run.state;
  if (link.phase !== 'online' || !conversation) return;
  run.emit({ type: 'send', socketId: link.socketId, command: { type: 'end-conversation' } });
}

function hear(run: Run, event: GatewayEvent): void {
  switch (event.type) {
    case 'session':
      onSession(run, event);
      return;
    case 'session-life':
      onSessionLife(run, event.life);
      return;
    case 'session-over':
      onSessionOver(run, event.reason, event.message);
      return;
    case 'evicted':
      onEvicted(run);
      return;
    case 'signed-out':
      onLogout(run, event.message);
      return;
    case 'presence':
      onPresence(run, event);
      return;
    default:
      return;
  }
}

const noConversation = 'The chat server could not open the conversation.';

function onSession(run: Run, event: Extract<GatewayEvent, { type: 'session' }>): void {
  const { link, conversation, meta } = run.state;
  if (!event.isConnected) {
    fail(run, { code: 'unavailable', message: noConversation });
    return;
  }
  if (link.phase !== 'online') return;
  const { stage } = link.session;
  const isAgain = stage === 'resuming' || (stage === 'ready' && conversation?.closing != null);
  if (isAgain && event.isNew && hasWords(run)) {
    onSessionOver(run, 'expired', 'The conversation has expired.');
    return;
  }
  if (isAgain && stage === 'ready') {
    if (!event.isReadOnly) tellEnd(run);
    catchUp(run);
    return;
  }
  if (stage === 'resuming' && event.isNew && conversation?.conversation.status === 'queued') {
    // A page remembered it, and nobody else does.
    onNotFound(run);
    restLine(run);
    return;
  }
  // What was on its way may have been read there, and the new session's history can't tell.
  if (stage === 'resuming' && event.isNew) failDoubtsOfFormer(run, null);
  if (stage === 'routing' && event.isReadOnly) {
    const { startsNew } = memoryOf(run);
    letGo(run);
    forgetSession(run);
    // A session that was to be new, and has ended: another one at once might be no better.
    const atLeast = run.state.settings.timing.backoffCap;
    if (startsNew) fail(run, { code: 'unavailable', message: noConversation }, { atLeast });
    else connect(run);
    return;
  }
  remember(run, { startsNew: false });
  if (stage === 'routing' && !event.isNew) {
    run.setLink({ ...link, session: { ...link.session, hasPast: true } });
  }
  if (stage === 'routing' && event.isNew && meta.routing) {
    run.emit({
      type: 'send',
      socketId: link.socketId,
      command: { type: 'join', routing: meta.routing },
    });
  }
  onSessionLife(run, event.life);
}

/** Whether anything was said in it, which a new session could not know of. */
function hasWords({ state: { conversation, window } }: Run): boolean {
  const conversationId = conversation?.conversation.conversationId;
  return window.some((row) => row.conversationId === conversationId);
}

export function onSessionOver(
  run: Run,
  reason: Extract<GatewayEvent, { type: 'session-over' }>['reason'],
  message: string,
): void {
  letGo(run);
  forgetSession(run);
  // With its session, its history has gone: nobody can tell any more what has arrived.
  if (run.state.conversation?.conversation.status !== 'ended') onEnded(run);
  leaveEnded(run);
  failStranded(run);
  if (reason === 'cleared') forgetTranscript(run);
  if (!needsLine(run)) {
    run.set({ problem: null });
    run.setLink({ phase: 'idle' });
    return;
  }
  // A fresh session that is over at once is asked for again with patience.
  const code =
    reason === 'expired' || reason === 'not-found' ? 'unavailable' : 'conversation-ended';
  fail(run, { code, message });
}

/**
 * The visitor has had it cleared, here or where else they have signed in: what was said goes from every
 * tab and from the browser. What they wrote and nobody has got is theirs, and stays.
 */
function forgetTranscript(run: Run): void {
  // What the gateway has got is no longer waited for.
  settleAll(run);
  for (const { callId } of run.state.earlier) {
    run.reject(callId, 'unavailable', 'The conversation has been cleared.');
  }
  run.set({
    window: [],
    hasEarlier: false,
    conversation: null,
    formers: [],
    lookups: [],
    earlier: [],
    alertedUntil: null,
    reading: emptyReading,
    // A page that wakes up must not say once more what was deleted: what it still asks for is void.
    meta: { ...run.state.meta, wipes: run.state.meta.wipes + 1 },
  });
  rewrite(run);
  run.change({ reset: true });
}

/** Four windows of one session would take turns for ever: whoever is let go stays away until asked. */
function onEvicted(run: Run): void {
  fail(
    run,
    {
      code: 'evicted',
      message: 'The conversation is open in too many places. Close it elsewhere, then try again.',
    },
    { fatal: true },
  );
}

function onLogout(run: Run, message: string): void {
  signedOut(run, message);
  run.emit({ type: 'end-session' });
}

export const guestRules: SessionRules = {
  needsLine,
  wakeLine,
  restLine,
  idling: leaveEnded,
  hasRunOut,
  connectAnew,
  wantsFreshToken,
  startsNew: (run) => hasEnded(run) || memoryOf(run).startsNew,
  opened,
  refused,
  expired,
  sift,
  outOfReach,
  hear,
  prolong,
  warnOfExpiry,
  isBehind: hasEnded,
  tellEnd,
  isBlind: ({ state }) => state.recovery.failures >= patience,
  canRead,
  nameConversation,
  routingOf: ({ state }) => state.meta.lastRouting,
  timeOf,
  recognise: hearMessage,
  isSame,
  isKnown,
  moreAliases,
};
