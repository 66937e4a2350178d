import type { GatewayEvent, SessionLife } from '../../../protocol/gateway/events.ts';
import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { StepContext } from '../../core/context.ts';
import { updateConversation } from '../../core/conversation/state.ts';
import { clearRemoteTyping } from '../../core/conversation/typing.ts';
import { correctClock } from '../../core/visitor/state.ts';
import { matchOutgoing } from './message-matching.ts';
import { memoryOf, remember } from './session-memory.ts';

// What timestamps say about a session: when the agent left, the platform's time, and when it
// expires.

// --- presence ---

/**
 * A participant has left. If that does not end the session, the next message reaches someone new.
 */
export function onPresence(
  context: StepContext,
  { presence, from, at, isReadOnly }: Extract<GatewayEvent, { type: 'presence' }>,
): void {
  const { conversation } = context.state;
  if (presence !== 'disconnect') return;
  clearRemoteTyping(context);
  if (isReadOnly || from === 'visitor' || conversation?.details.status !== 'connected') return;
  const last = newestTime(context);
  // A late event, with messages since, is ignored.
  if (at === null || at >= last) setDetail(context, 'leftAt', at ?? last);
}

/**
 * Returns the message under its local id. A message newer than a departure means that an agent is
 * there.
 */
export function onMessage(context: StepContext, message: GatewayMessage): GatewayMessage {
  learnClockOffset(context, message);
  const leftAt = context.state.conversation?.details.leftAt;
  if (leftAt !== undefined && message.timestamp > leftAt) setDetail(context, 'leftAt', null);
  return matchOutgoing(context, message);
}

/** The newest timestamp in the window and the unsequenced buffer. */
function newestTime({ state: { conversation, window } }: StepContext): number {
  const waiting = (conversation?.unsequencedBuffer ?? []).map(({ message }) => message.timestamp);
  return Math.max(window.at(-1)?.timestamp ?? 0, ...waiting);
}

/** A new message is never older than the newest known one, even if this clock is behind. */
export function timeOf(context: StepContext): number {
  return Math.max(context.gatewayTime(), newestTime(context));
}

/** Only the echo of a message just sent reveals the platform's time. */
function learnClockOffset(context: StepContext, { messageId, timestamp }: GatewayMessage): void {
  const { outbox } = context.state;
  if (!outbox.some((item) => item.at.stage === 'sent' && item.messageId === messageId)) return;
  correctClock(context, timestamp - context.clock.wall);
}

// --- lifetime ---

/** How long before the expiry the visitor is warned, as in the official clients, in ms. */
const warningLead = 300_000;

export function onSessionLife(context: StepContext, { duration, expiresAt }: SessionLife): void {
  if (duration === null && expiresAt === null) return;
  const remaining = expiresAt === null ? null : expiresAt - context.gatewayTime();
  // A live session can't have expired, nor have more than its whole lifetime left: then a clock is
  // wrong.
  const isWrong =
    remaining === null || remaining <= 0 || (duration !== null && remaining > duration);
  remember(context, { life: duration ?? memoryOf(context).life });
  scheduleWarning(context, isWrong ? (duration ?? remaining) : remaining);
}

/** Any message extends the life of the session. */
export function extendExpiry(context: StepContext): void {
  scheduleWarning(context, memoryOf(context).life);
}

function scheduleWarning(context: StepContext, remaining: number | null): void {
  if (remaining === null) return;
  setDetail(context, 'expiresAt', null);
  remember(context, { endsAt: context.clock.now + remaining });
  context.setTimer('expiry', Math.max(0, remaining - warningLead));
}

/** The `expiry` timer: shows the visitor when the session expires, until it does. */
export function showExpiry(context: StepContext): void {
  const { endsAt } = memoryOf(context);
  if (endsAt === null) return;
  const remaining = endsAt - context.clock.now;
  if (remaining <= 0) {
    // The gateway reports the end itself, now or at the next message.
    setDetail(context, 'expiresAt', null);
    return;
  }
  context.setTimer('expiry', remaining);
  if (context.state.connection.phase !== 'online') return;
  // Rounded to seconds: the two clocks drift, which must not change a snapshot.
  setDetail(context, 'expiresAt', Math.round((context.clock.wall + remaining) / 1_000) * 1_000);
}

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
  context.change({ isConversationChanged: true });
}
