import type { RateLimit } from '../../../protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../protocol/gateway/commands.ts';
import type { StepContext } from '../context.ts';
import { type RateLimitKind, setConnectionSlice } from './state.ts';

/**
 * Counts what is sent per time window: the gateway's limits, so that it never has to refuse, and
 * `sends`, our own limit, so that a page that floods us does not flood the gateway.
 */

/** How long this kind must wait, in ms; 0 when it may be sent now. */
export function rateLimitWait(context: StepContext, kind: RateLimitKind): number {
  const rate = rateOf(context, kind);
  return rate ? waitFor(rate, context.state.rateLimit[kind], context.clock.now) : 0;
}

function rateOf({ state: { settings } }: StepContext, kind: RateLimitKind): RateLimit | undefined {
  const { limits, traits } = settings;
  return kind === 'sends' ? { count: limits.sends, window: 1_000 } : traits.rateLimits?.[kind];
}

/** Opening a session takes three requests at most, and two pings may follow. */
const openingRequests = 5;

/** How long opening a session must wait, in ms, so that it exceeds not even what is reserved. */
export function openingWait(context: StepContext): number {
  const rate = rateOf(context, 'requests');
  if (!rate) return 0;
  const count = rate.count + (rate.reserve ?? 0) - openingRequests;
  return waitFor({ ...rate, count }, context.state.rateLimit.requests, context.clock.now);
}

function waitFor({ count, window }: RateLimit, log: readonly number[], now: number): number {
  const oldest = log[log.length - count];
  return oldest === undefined ? 0 : Math.max(0, oldest + window - now);
}

export function countForRateLimit(context: StepContext, ...kinds: readonly RateLimitKind[]): void {
  const log = { ...context.state.rateLimit };
  for (const kind of kinds) {
    const rate = rateOf(context, kind);
    if (!rate) continue;
    const { count, reserve = 0 } = rate;
    log[kind] = [...log[kind], context.clock.now].slice(-count - reserve);
  }
  setConnectionSlice(context, { rateLimit: log });
}

/** Counts a command that is being sent. */
export function countCommand(context: StepContext, command: GatewayCommand): void {
  switch (command.type) {
    case 'mark-read':
    case 'answer-ping':
      return;
    case 'ping':
      countForRateLimit(context, 'pings', 'requests');
      return;
    case 'send-message':
      countForRateLimit(context, 'sends', 'messages', 'requests');
      return;
    default:
      countForRateLimit(context, 'requests');
  }
}

/** A quarter of the requests is reserved for what matters more than typing. */
export function canSendTyping(context: StepContext): boolean {
  const { rateLimits } = context.state.settings.traits;
  if (!rateLimits) return true;
  if (context.state.pausedUntil !== null) return false;
  const { count, window } = rateLimits.requests;
  return (
    waitFor(
      { count: Math.floor(count * 0.75), window },
      context.state.rateLimit.requests,
      context.clock.now,
    ) === 0
  );
}
