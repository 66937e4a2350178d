import { jittered } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { flushOutbox } from '../outbox/send-queue.ts';
import { catchUp } from '../transcript/catch-up.ts';
import { connect } from './connection.ts';

/** The circuit breaker: after too many failed retries, REST polling stands in for the socket. */
export function openCircuit(context: StepContext, atLeast: number): void {
  const { breaker, settings } = context.state;
  context.setTimer('probe', Math.max(jittered(context, settings.timing.probe), atLeast));
  if (breaker.isOpen) return;
  context.set({ breaker: { ...breaker, isOpen: true } });
  poll(context);
}

/** The `poll` timer. */
export function poll(context: StepContext): void {
  // Without its line a session has no REST either.
  if (!context.state.breaker.isOpen || context.isSession) return;
  context.setTimer('poll', jittered(context, context.state.settings.timing.poll));
  catchUp(context);
  flushOutbox(context);
}

/** The `probe` timer: half-open, one try of the socket while polling goes on. */
export function probe(context: StepContext): void {
  if (context.state.connection.phase === 'resting') connect(context);
}

export function closeCircuit(context: StepContext): void {
  if (!context.state.breaker.isOpen) return;
  context.clearTimer('poll', 'probe');
  context.set({ breaker: { ...context.state.breaker, isOpen: false } });
}
