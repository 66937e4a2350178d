import { jittered } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { setConnectionSlice } from './state.ts';

/** After too many failed retries, REST polling replaces the socket. */
export function openCircuit(context: StepContext, minimumDelay: number): void {
  const { breaker, settings } = context.state;
  context.setTimer('probe', Math.max(jittered(context, settings.timing.probe), minimumDelay));
  if (breaker.isOpen) return;
  setConnectionSlice(context, { breaker: { ...breaker, isOpen: true } });
  poll(context);
}

/** The `poll` timer. */
export function poll(context: StepContext): void {
  // Without a connection, REST is unavailable for sessions.
  if (!context.state.breaker.isOpen || context.policyTraits.restNeedsConnection) return;
  context.setTimer('poll', jittered(context, context.state.settings.timing.poll));
  context.raise({ type: 'poll-due' });
}

export function closeCircuit(context: StepContext): void {
  if (!context.state.breaker.isOpen) return;
  context.clearTimer('poll', 'probe');
  setConnectionSlice(context, { breaker: { ...context.state.breaker, isOpen: false } });
}
