import type { GatewayEvent, SessionLife } from '../../protocol/gateway.ts';
import { connect, fail, letGo, signedOut } from './connection.ts';
import { failDoubtsOfFormer, failStranded } from './outbox.ts';
import type { Run } from './run.ts';
import { onEnded } from './session.ts';
import type { HubState } from './state.ts';
import { dropToken } from './token.ts';

/**
 * Gateways on which the session is the conversation (`authentication: 'session'`): its secret is ours,
 * its opening is the authentication, and each conversation has a session of its own.
 */

export function isSession({ settings }: HubState): boolean {
  return settings.traits.authentication === 'session';
}

/** A session costs the platform something, so there is a line only for a conversation. */
export function needsLine(state: HubState): boolean {
  if (!isSession(state)) return true;
  const { conversation, meta } = state;
  return (
    meta.routing !== null || (conversation !== null && conversation.conversation.status !== 'ended')
  );
}

/** The visitor wants a conversation, and there is no line. */
export function wakeLine(run: Run): void {
  if (isSession(run.state) && run.state.link.phase === 'idle' && needsLine(run.state)) connect(run);
}

/** Nothing is left to be said or read in this session. */
export function restLine(run: Run): void {
  if (!isSession(run.state) || needsLine(run.state) || run.state.link.phase !== 'online') return;
  letGo(run);
  forgetSession(run);
  run.setLink({ phase: 'idle' });
}

/** Another conversation is wanted than the one that this session was. */
export function connectAnew(run: Run): void {
  forgetSession(run);
  connect(run);
}

function forgetSession(run: Run): void {
  dropToken(run);
  run.set({ token: { ...run.state.token, wantsFresh: true } });
}

/** The id of the conversation that the answer to a configured session opens. */
export function mintConversation(run: Run): string {
  return `session-${run.state.settings.epoch}-${run.id()}`;
}

export function onSession(run: Run, event: Extract<GatewayEvent, { type: 'session' }>): void {
  const { link, conversation, meta } = run.state;
  if (!event.isConnected) {
    fail(run, { code: 'unavailable', message: 'The chat server could not open the conversation.' });
    return;
  }
  if (link.phase !== 'online') return;
  const { stage } = link.session;
  if (stage === 'resuming' && event.isNew && conversation && hasWords(run)) {
    onSessionOver(run, 'expired', 'The conversation has expired.');
    return;
  }
  if (stage === 'routing' && event.isReadOnly) {
    connectAnew(run);
    return;
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
  run.clearTimer('expiry');
  const { conversation } = run.state;
  if (conversation && conversation.conversation.status !== 'ended') {
    // With its session, its history has gone: nobody can tell any more what has arrived.
    failDoubtsOfFormer(run, null);
    onEnded(run);
  }
  failStranded(run);
  if (!needsLine(run.state)) {
    run.setLink({ phase: 'idle' });
    return;
  }
  // A fresh session that is over at once is asked for again with patience.
  const code =
    reason === 'expired' || reason === 'not-found' ? 'unavailable' : 'conversation-ended';
  fail(run, { code, message });
}

/** Four windows of one session would take turns for ever: whoever is let go stays away until asked. */
export function onEvicted(run: Run): void {
  fail(
    run,
    {
      code: 'evicted',
      message: 'The conversation is open in too many places. Close it elsewhere, then try again.',
    },
    { fatal: true },
  );
}

export function onLogout(run: Run, message: string): void {
  signedOut(run, message);
  run.emit({ type: 'end-session' });
}

// --- how long it lives ---

/** The official clients warn as long before, in ms. */
const warning = 300_000;

export function onSessionLife(run: Run, { duration, expiresAt }: SessionLife): void {
  if (duration === null && expiresAt === null) return;
  const left = expiresAt === null ? duration : expiresAt - run.gatewayTime();
  run.set({ sessionLife: duration ?? run.state.sessionLife });
  armWarning(run, left);
}

/** Whatever is said makes it live longer. */
export function prolong(run: Run): void {
  if (run.state.sessionLife !== null) armWarning(run, run.state.sessionLife);
}

function armWarning(run: Run, left: number | null): void {
  if (left === null) return;
  setExpiry(run, null);
  run.set({ sessionEnds: run.clock.now + left });
  run.setTimer('expiry', Math.max(0, left - warning));
}

/** The `expiry` timer: the visitor is told until when they can go on. */
export function warnOfExpiry(run: Run): void {
  const { sessionEnds } = run.state;
  if (sessionEnds === null || run.state.link.phase !== 'online') return;
  // On the wall clock, whole seconds: the two clocks drift, and a snapshot must not change by that.
  const at = run.clock.wall + (sessionEnds - run.clock.now);
  setExpiry(run, Math.round(at / 1_000) * 1_000);
}

function setExpiry(run: Run, expiresAt: number | null): void {
  const { conversation } = run.state;
  if (!conversation || (conversation.conversation.expiresAt ?? null) === expiresAt) return;
  const { expiresAt: _, ...rest } = conversation.conversation;
  const told = expiresAt === null ? rest : { ...rest, expiresAt };
  run.set({ conversation: { ...conversation, conversation: told } });
  run.change({ conversation: true });
}
