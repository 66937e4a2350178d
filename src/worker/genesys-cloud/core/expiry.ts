import type { GatewayEvent, GatewayMessage, SessionLife } from '../../../protocol/gateway.ts';
import type { Run } from '../../core/context.ts';
import { forgetOtherTyping } from '../../core/conversation/typing.ts';
import { recognise } from './message-matching.ts';
import { memoryOf, remember } from './session-memory.ts';

// What times tell of a guest's session: since when nobody is there, what time it is there, how long it lives.

// --- whether anybody is there ---

/** Somebody has left. Where that does not end the session, whatever is said next finds somebody new. */
export function onPresence(
  run: Run,
  { presence, from, at, isReadOnly }: Extract<GatewayEvent, { type: 'presence' }>,
): void {
  const { conversation } = run.state;
  if (presence !== 'disconnect') return;
  forgetOtherTyping(run);
  if (isReadOnly || from === 'visitor' || conversation?.conversation.status !== 'connected') return;
  const last = newestTime(run);
  // One that is told late: something was said since.
  if (at === null || at >= last) setTold(run, 'leftAt', at ?? last);
}

/** The message as it is known here; and what is newer than a farewell means that somebody is there. */
export function hearMessage(run: Run, message: GatewayMessage): GatewayMessage {
  learnTime(run, message);
  const leftAt = run.state.conversation?.conversation.leftAt;
  if (leftAt !== undefined && message.timestamp > leftAt) setTold(run, 'leftAt', null);
  return recognise(run, message);
}

/** Of what is known. */
function newestTime({ state: { conversation, window } }: Run): number {
  const waiting = (conversation?.unsettled ?? []).map(({ message }) => message.timestamp);
  return Math.max(window.at(-1)?.timestamp ?? 0, ...waiting);
}

/** However wrong this clock is, what comes now stands below what was there. */
export function timeOf(run: Run): number {
  return Math.max(run.gatewayTime(), newestTime(run));
}

/** Nothing tells the platform's time but the echo of what was said just now. */
function learnTime(run: Run, { messageId, timestamp }: GatewayMessage): void {
  const { outbox, meta } = run.state;
  if (!outbox.some((item) => item.at.stage === 'sent' && item.messageId === messageId)) return;
  run.set({ meta: { ...meta, clockOffset: timestamp - run.clock.wall } });
}

// --- how long it lives ---

/** The official clients warn as long before, in ms. */
const warning = 300_000;

export function onSessionLife(run: Run, { duration, expiresAt }: SessionLife): void {
  if (duration === null && expiresAt === null) return;
  const left = expiresAt === null ? null : expiresAt - run.gatewayTime();
  // Of a session that answers, nothing or more than its whole life is left by a wrong clock alone.
  const isWrong = left === null || left <= 0 || (duration !== null && left > duration);
  remember(run, { life: duration ?? memoryOf(run).life });
  armWarning(run, isWrong ? (duration ?? left) : left);
}

/** Whatever is said makes it live longer. */
export function prolong(run: Run): void {
  armWarning(run, memoryOf(run).life);
}

function armWarning(run: Run, left: number | null): void {
  if (left === null) return;
  setTold(run, 'expiresAt', null);
  remember(run, { ends: run.clock.now + left });
  run.setTimer('expiry', Math.max(0, left - warning));
}

/** The `expiry` timer: the visitor is told until when they can go on, and no longer than that. */
export function warnOfExpiry(run: Run): void {
  const { ends } = memoryOf(run);
  if (ends === null) return;
  const left = ends - run.clock.now;
  if (left <= 0) {
    // What it has come to the gateway tells, now or when something is said.
    setTold(run, 'expiresAt', null);
    return;
  }
  run.setTimer('expiry', left);
  if (run.state.link.phase !== 'online') return;
  // On the wall clock, whole seconds: the two clocks drift, and a snapshot must not change by that.
  setTold(run, 'expiresAt', Math.round((run.clock.wall + left) / 1_000) * 1_000);
}

/** The next session has a life of its own. */
export function forgetLife(run: Run): void {
  run.clearTimer('expiry');
  remember(run, { life: null, ends: null });
}

function setTold(run: Run, name: 'expiresAt' | 'leftAt', at: number | null): void {
  const { conversation } = run.state;
  if (!conversation || (conversation.conversation[name] ?? null) === at) return;
  const { [name]: _, ...rest } = conversation.conversation;
  const told = at === null ? rest : { ...rest, [name]: at };
  run.set({ conversation: { ...conversation, conversation: told } });
  run.change({ conversation: true });
}
