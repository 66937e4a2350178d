import { jittered } from '../backoff.ts';
import type { Run } from '../context.ts';
import { pump } from '../outbox/send-queue.ts';
import { catchUp } from '../transcript/catch-up.ts';
import { connect } from './connection.ts';

/** The circuit breaker: after too many failed retries, REST polling stands in for the socket. */
export function openCircuit(run: Run, atLeast: number): void {
  const { breaker, settings } = run.state;
  run.setTimer('probe', Math.max(jittered(run, settings.timing.probe), atLeast));
  if (breaker.open) return;
  run.set({ breaker: { ...breaker, open: true } });
  poll(run);
}

/** The `poll` timer. */
export function poll(run: Run): void {
  // Without its line a session has no REST either.
  if (!run.state.breaker.open || run.isSession) return;
  run.setTimer('poll', jittered(run, run.state.settings.timing.poll));
  catchUp(run);
  pump(run);
}

/** The `probe` timer: half-open, one try of the socket while polling goes on. */
export function probe(run: Run): void {
  if (run.state.link.phase === 'resting') connect(run);
}

export function closeCircuit(run: Run): void {
  if (!run.state.breaker.open) return;
  run.clearTimer('poll', 'probe');
  run.set({ breaker: { ...run.state.breaker, open: false } });
}
