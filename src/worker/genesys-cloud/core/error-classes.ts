import type { GatewayProblem } from '../../../protocol/gateway/events.ts';
import type { RestFailure } from '../../../protocol/gateway/rest.ts';
import { requestIds } from '../../../protocol/genesys-cloud/request-ids.ts';
import { longestPause, retryDelay } from '../../core/backoff.ts';
import { fail, requireSignIn } from '../../core/connection/connection.ts';
import { setProblem } from '../../core/connection/state.ts';
import { dropRefusedToken } from '../../core/connection/token.ts';
import type { StepContext } from '../../core/context.ts';
import { failEnd } from '../../core/conversation/ending.ts';
import { failItem } from '../../core/outbox/outbox.ts';
import { pauseFor } from '../../core/outbox/send-queue.ts';
import { stopDeleting } from './clearing.ts';
import { onSessionOver } from './session.ts';
import { memoryOf, remember } from './session-memory.ts';

// What the platform's errors mean in each phase: see the table in docs/genesys-cloud.md.

/** How often in a row a message is sent that the platform can't accept at the moment. */
const maximumTries = 3;

/** How long refusals of a session on a live connection are counted, in ms. */
const expiryWindow = 600_000;
const maximumExpiries = 5;

/**
 * See `SessionPolicy`. Only one message is in flight, so an error without an id is about that one.
 */
export function classifyError(
  context: StepContext,
  received: GatewayProblem,
): GatewayProblem | null {
  // Any error shows that the connection is alive.
  context.clearTimer('pong');
  if (context.state.connection.phase === 'authenticating') {
    onOpenFailed(context, received);
    return null;
  }
  if (received.messageId === requestIds.end) return onEndRefused(context, received);
  if (received.messageId === requestIds.clear) stopDeleting(context);
  const sent = context.state.outbox.find(({ at }) => at.stage === 'sent')?.messageId ?? null;
  const problem = { ...received, messageId: received.messageId ?? sent };
  const isAboutMessage = problem.messageId !== null && problem.messageId === sent;
  switch (received.kind) {
    case 'other':
      // The message was refused. If it arrives nevertheless, its echo corrects that.
      if (isAboutMessage) return { ...problem, kind: 'rejected' };
      // The visitor need not know of errors about other requests.
      return problem.messageId === null ? problem : { ...problem, kind: 'unavailable' };
    case 'unavailable':
      // A 403 of this kind is about a feature that is switched off.
      if (isAboutMessage && received.code !== '403') return onUnavailable(context, problem);
      return problem;
    default:
      return problem;
  }
}

/** The platform does not end the conversation, or says that it has ended already. */
function onEndRefused(context: StepContext, problem: GatewayProblem): GatewayProblem | null {
  switch (problem.kind) {
    case 'conversation-ended':
    case 'conversation-not-found':
      return problem;
    case 'rate-limited':
      failEnd(context, 'rate-limited');
      return problem;
    default: {
      const isForbidden = problem.kind === 'forbidden' || problem.code === '403';
      failEnd(context, isForbidden ? 'forbidden' : 'unavailable');
      return { ...problem, kind: 'unavailable' };
    }
  }
}

/**
 * The `echo` timer finds out what became of the message, and it is sent again a limited number of
 * times.
 */
function onUnavailable(context: StepContext, problem: GatewayProblem): GatewayProblem {
  const messageId = problem.messageId ?? '';
  const { refused } = memoryOf(context);
  const times = refused?.messageId === messageId ? refused.times + 1 : 1;
  if (times >= maximumTries) {
    remember(context, { refused: null });
    const message = 'The chat server could not take this message. Try again later.';
    failItem(context, messageId, 'unavailable', message);
    return { ...problem, messageId: null };
  }
  remember(context, { refused: { messageId, times } });
  const message = 'The chat server can’t take messages at the moment. We’ll keep trying.';
  setProblem(context, { code: 'unavailable', message });
  return problem;
}

/** The session was not opened. Errors that a retry can't fix are final; others are retried. */
function onOpenFailed(
  context: StepContext,
  { kind, code, message, retryAfter }: GatewayProblem,
): void {
  const { conversation } = context.state;
  const isOpen = conversation !== null && conversation.details.status !== 'ended';
  if (kind === 'conversation-ended' || (isOpen && code === '404')) {
    onSessionOver(context, 'not-found', message);
    return;
  }
  const pause = Math.min(retryAfter ?? 0, longestPause);
  // The pause applies to messages even if the visitor reconnects sooner.
  if (retryAfter !== null) pauseFor(context, pause);
  const isFinal =
    kind === 'forbidden' ||
    kind === 'invalid-frame' ||
    kind === 'rejected' ||
    code === '403' ||
    code === '404';
  const text = message.slice(0, 200);
  const reason = kind === 'rate-limited' ? 'rate-limited' : 'unavailable';
  fail(
    context,
    { code: isFinal ? 'forbidden' : reason, message: text },
    { isFatal: isFinal, minimumDelay: pause },
  );
}

/** A guest can't sign in again: the secret is worthless, and a new one is made. */
export function onRefused(context: StepContext, message: string): boolean {
  if (context.state.settings.traits.isShared) return false;
  onSessionOver(context, 'not-found', message);
  return true;
}

/**
 * The first refusal is an expired token. If the next token fares no better, something else is
 * wrong.
 */
export function onExpired(context: StepContext): boolean {
  const { now } = context.clock;
  const recent = memoryOf(context).expiries.filter((at) => at > now - expiryWindow);
  const expiries = [...recent, now];
  remember(context, { expiries });
  if (expiries.length === 1) return false;
  const message = 'The chat server no longer accepts the session.';
  if (expiries.length >= maximumExpiries) {
    remember(context, { expiries: [] });
    if (!onRefused(context, message)) requireSignIn(context, message);
    return true;
  }
  dropRefusedToken(context);
  const minimumDelay = retryDelay(context, expiries.length);
  fail(context, { code: 'unavailable', message }, { minimumDelay });
  return true;
}

/**
 * Unconfirmed messages can't be looked up, and block those behind them: they fail, and the visitor
 * decides. A rate limit with a retry time is waited for instead.
 */
export function onHistoryUnreachable(context: StepContext, { kind }: RestFailure): void {
  if (kind === 'rate-limited') return;
  for (const { messageId, at } of context.state.outbox) {
    if (at.stage !== 'unconfirmed') continue;
    const message = 'The history is unavailable at the moment. This message may not have arrived.';
    failItem(context, messageId, 'unknown-outcome', message);
  }
}
