import type { GatewayProblem } from '../../../protocol/gateway/events.ts';
import type { RestFailure } from '../../../protocol/gateway/rest.ts';
import { retryDelay } from '../../core/backoff.ts';
import { fail, signedOut } from '../../core/connection/connection.ts';
import { setProblem } from '../../core/connection/state.ts';
import { dropToken } from '../../core/connection/token.ts';
import type { StepContext } from '../../core/context.ts';
import { failItem } from '../../core/outbox/outbox.ts';
import { longestPause, pauseFor } from '../../core/outbox/send-queue.ts';
import { onSessionOver } from './session.ts';
import { memoryOf, remember } from './session-memory.ts';

// What the platform's errors mean, at which moment: docs/genesys-cloud.md has them as a table.

/** So often in a row a message is tried that the platform can't take at the moment. */
const maximumTries = 3;

/** Refusals of a session on living lines are counted for so long, in ms. */
const expiryWindow = 600_000;
const maximumExpiries = 5;

/** See `SessionPolicy`. One message is on its way at a time, so an error without a name is about that one. */
export function classifyError(
  context: StepContext,
  received: GatewayProblem,
): GatewayProblem | null {
  // Whatever it says, the line lives.
  context.clearTimer('pong');
  if (context.state.connection.phase === 'authenticating') {
    onOpenFailed(context, received);
    return null;
  }
  const sent = context.state.outbox.find(({ at }) => at.stage === 'sent')?.messageId ?? null;
  const problem = { ...received, messageId: received.messageId ?? sent };
  const isAboutMessage = problem.messageId !== null && problem.messageId === sent;
  switch (received.kind) {
    case 'other':
      // Whatever it is, the message is not wanted; if it arrives all the same, its echo mends that.
      if (isAboutMessage) return { ...problem, kind: 'rejected' };
      // What names another request than a message is nothing that the visitor has to know.
      return problem.messageId === null ? problem : { ...problem, kind: 'unavailable' };
    case 'unavailable':
      // A 403 of that kind is about something that is switched off.
      if (isAboutMessage && received.code !== '403') return onUnavailable(context, problem);
      return problem;
    default:
      return problem;
  }
}

/** The echo's deadline finds out what became of it, and it is tried again: but not for ever. */
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
  const message = 'The chat server can’t take messages at the moment. It is tried again.';
  setProblem(context, { code: 'unavailable', message });
  return problem;
}

/** The session was not opened. What no later try can change is final; the rest is tried again. */
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
  // However soon somebody wants another try, messages wait as long as that.
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

/** A guest has nothing to sign in with: the secret is worth nothing any more, and the next one is made. */
export function onRefused(context: StepContext, message: string): boolean {
  if (context.state.settings.traits.isShared) return false;
  onSessionOver(context, 'not-found', message);
  return true;
}

/** Once is a token that has run out. If the next one fares no better, there is something else amiss. */
export function onExpired(context: StepContext): boolean {
  const { now } = context.clock;
  const recent = memoryOf(context).expiries.filter((at) => at > now - expiryWindow);
  const expiries = [...recent, now];
  remember(context, { expiries });
  if (expiries.length === 1) return false;
  const message = 'The chat server does not accept the session any more.';
  if (expiries.length >= maximumExpiries) {
    remember(context, { expiries: [] });
    if (!onRefused(context, message)) signedOut(context, message);
    return true;
  }
  dropToken(context);
  const minimumDelay = retryDelay(context, expiries.length);
  fail(context, { code: 'unavailable', message }, { minimumDelay });
  return true;
}

/**
 * What is in doubt can't be looked up, and everything behind it waits: the visitor is told, and decides.
 * A server that names the time to wait is waited for.
 */
export function onHistoryUnreachable(context: StepContext, { kind }: RestFailure): void {
  if (kind === 'rate-limited') return;
  for (const { messageId, at } of context.state.outbox) {
    if (at.stage !== 'unconfirmed') continue;
    const message =
      'The history can’t be read at the moment, so nobody knows whether this arrived.';
    failItem(context, messageId, 'unknown-outcome', message);
  }
}
