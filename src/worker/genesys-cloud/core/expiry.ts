import type { GatewayEvent, SessionLife } from '../../../protocol/gateway/events.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { StepContext } from '../../core/context.ts';
import { updateConversation } from '../../core/conversation/state.ts';
import { clearRemoteTyping } from '../../core/conversation/typing.ts';
import { correctClock } from '../../core/visitor/state.ts';
import { matchOutgoing } from './message-matching.ts';
import { memoryOf, remember } from './session-memory.ts';

// What times tell of a guest's session: since when nobody is there, what time it is there, how long it lives.

// --- whether anybody is there ---

/** Somebody has left. Where that does not end the session, whatever is said next finds somebody new. */
export function onPresence(
  context: StepContext,
  { presence, from, at, isReadOnly }: Extract<GatewayEvent, { type: 'presence' }>,
): void {
  const { conversation } = context.state;
  if (presence !== 'disconnect') return;
  clearRemoteTyping(context);
  if (isReadOnly || from === 'visitor' || conversation?.details.status !== 'connected') return;
  const last = newestTime(context);
  // One that is told late: something was said since.
  if (at === null || at >= last) setDetail(context, 'leftAt', at ?? last);
}

/** The message as it is known here; and what is newer than a farewell means that somebody is there. */
export function onMessage(context: StepContext, message: GatewayMessage): GatewayMessage {
  learnClockOffset(context, message);
  const leftAt = context.state.conversation?.details.leftAt;
  if (leftAt !== undefined && message.timestamp > leftAt) setDetail(context, 'leftAt', null);
  return matchOutgoing(context, message);
}

/** Of what is known. */
function newestTime({ state: { conversation, window } }: StepContext): number {
  const waiting = (conversation?.unsequencedBuffer ?? []).map(({ message }) => message.timestamp);
  return Math.max(window.at(-1)?.timestamp ?? 0, ...waiting);
}

/** However wrong this clock is, what comes now stands below what was there. */
export function timeOf(context: StepContext): number {
  return Math.max(context.gatewayTime(), newestTime(context));
}

/** Nothing tells the platform's time but the echo of what was said just now. */
function learnClockOffset(context: StepContext, { messageId, timestamp }: GatewayMessage): void {
  const { outbox } = context.state;
  if (!outbox.some((item) => item.at.stage === 'sent' && item.messageId === messageId)) return;
  correctClock(context, timestamp - context.clock.wall);
}

// --- how long it lives ---

/** The official clients warn as long before, in ms. */
const warningLead = 300_000;

export function onSessionLife(context: StepContext, { duration, expiresAt }: SessionLife): void {
  if (duration === null && expiresAt === null) return;
  const remaining = expiresAt === null ? null : expiresAt - context.gatewayTime();
  // Of a session that answers, nothing or more than its whole life is left by a wrong clock alone.
  const isWrong =
    remaining === null || remaining <= 0 || (duration !== null && remaining > duration);
  remember(context, { life: duration ?? memoryOf(context).life });
  scheduleWarning(context, isWrong ? (duration ?? remaining) : remaining);
}

/** Whatever is said makes it live longer. */
export function extendExpiry(context: StepContext): void {
  scheduleWarning(context, memoryOf(context).life);
}

function scheduleWarning(context: StepContext, remaining: number | null): void {
  if (remaining === null) return;
  setDetail(context, 'expiresAt', null);
  remember(context, { endsAt: context.clock.now + remaining });
  context.setTimer('expiry', Math.max(0, remaining - warningLead));
}

/** The `expiry` timer: the visitor is told until when they can go on, and no longer than that. */
export function warnOfExpiry(context: StepContext): void {
  const { endsAt } = memoryOf(context);
  if (endsAt === null) return;
  const remaining = endsAt - context.clock.now;
  if (remaining <= 0) {
    // What it has come to the gateway tells, now or when something is said.
    setDetail(context, 'expiresAt', null);
    return;
  }
  context.setTimer('expiry', remaining);
  if (context.state.connection.phase !== 'online') return;
  // On the wall clock, whole seconds: the two clocks drift, and a snapshot must not change by that.
  setDetail(context, 'expiresAt', Math.round((context.clock.wall + remaining) / 1_000) * 1_000);
}

/** The next session has a life of its own. */
export function clearSessionLife(context: StepContext): void {
  context.clearTimer('expiry');
  remember(context, { life: null, endsAt: null });
}

function setDetail(context: StepContext, name: 'expiresAt' | 'leftAt', at: number | null): void {
  const { conversation } = context.state;
  if (!conversation || (conversation.details[name] ?? null) === at) return;
  const { [name]: _, ...rest } = conversation.details;
  const details = at === null ? rest : { ...rest, [name]: at };
  updateConversation(context, { ...conversation, details });
  context.change({ conversation: true });
}
