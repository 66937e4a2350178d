import type { GatewayCommand, Pace, Rate } from '../../../protocol/gateway.ts';
import type { Run } from '../context.ts';

/**
 * What may go out in a window of time, counted here: what a gateway allows, so that it never has to
 * refuse, and `sends`, what we allow ourselves, so that a page that floods us does not flood it.
 */

export type PaceKind = 'sends' | Exclude<keyof Pace, 'typing'>;

/** When each kind was used, on the monotonic clock, ascending. */
export type PaceLog = Readonly<Record<PaceKind, readonly number[]>>;

export const emptyPace: PaceLog = {
  sends: [],
  pings: [],
  messages: [],
  requests: [],
  history: [],
};

/** How long that kind must wait, in ms; 0 when it may go at once. */
export function paceWait(run: Run, kind: PaceKind): number {
  const rate = rateOf(run, kind);
  return rate ? waitFor(rate, run.state.pace[kind], run.clock.now) : 0;
}

function rateOf({ state: { settings } }: Run, kind: PaceKind): Rate | undefined {
  const { limits, traits } = settings;
  return kind === 'sends' ? { count: limits.sends, window: 1_000 } : traits.pace?.[kind];
}

function waitFor({ count, window }: Rate, log: readonly number[], now: number): number {
  const oldest = log[log.length - count];
  return oldest === undefined ? 0 : Math.max(0, oldest + window - now);
}

export function countPace(run: Run, ...kinds: readonly PaceKind[]): void {
  const log = { ...run.state.pace };
  for (const kind of kinds) {
    const rate = rateOf(run, kind);
    if (rate) log[kind] = [...log[kind], run.clock.now].slice(-rate.count);
  }
  run.set({ pace: log });
}

/** A command is about to leave. */
export function countCommand(run: Run, command: GatewayCommand): void {
  switch (command.type) {
    case 'mark-read':
    case 'answer-ping':
      return;
    case 'ping':
      countPace(run, 'pings', 'requests');
      return;
    case 'send-message':
      countPace(run, 'sends', 'messages', 'requests');
      return;
    default:
      countPace(run, 'requests');
  }
}

/** Typing gives way: a quarter of the requests is kept for what matters more. */
export function mayType(run: Run): boolean {
  const { pace } = run.state.settings.traits;
  if (!pace) return true;
  if (run.state.quietUntil !== null) return false;
  const { count, window } = pace.requests;
  return (
    waitFor({ count: Math.floor(count * 0.75), window }, run.state.pace.requests, run.clock.now) ===
    0
  );
}
