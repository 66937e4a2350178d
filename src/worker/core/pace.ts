import type { GatewayCommand, Pace, Rate } from '../../protocol/gateway.ts';
import type { Run } from './run.ts';

/** What a gateway allows in a window of time, counted here, so that it never has to refuse. */

export type PaceKind = Exclude<keyof Pace, 'typing'>;

/** When each kind was used, on the monotonic clock, ascending. */
export type PaceLog = Readonly<Record<PaceKind, readonly number[]>>;

export const emptyPace: PaceLog = { pings: [], messages: [], requests: [], history: [] };

/** How long that kind must wait, in ms; 0 when it may go at once. */
export function paceWait(run: Run, kind: PaceKind): number {
  const rate = run.state.settings.traits.pace?.[kind];
  return rate ? waitFor(rate, run.state.pace[kind], run.clock.now) : 0;
}

function waitFor({ count, window }: Rate, log: readonly number[], now: number): number {
  const oldest = log[log.length - count];
  return oldest === undefined ? 0 : Math.max(0, oldest + window - now);
}

export function countPace(run: Run, ...kinds: readonly PaceKind[]): void {
  const { pace } = run.state.settings.traits;
  if (!pace) return;
  const log = { ...run.state.pace };
  for (const kind of kinds) log[kind] = [...log[kind], run.clock.now].slice(-pace[kind].count);
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
      countPace(run, 'messages', 'requests');
      return;
    default:
      countPace(run, 'requests');
  }
}

/** Typing gives way: a quarter of the requests is kept for what matters more. */
export function mayType(run: Run): boolean {
  const { pace } = run.state.settings.traits;
  if (!pace) return true;
  const { count, window } = pace.requests;
  return (
    waitFor({ count: Math.floor(count * 0.75), window }, run.state.pace.requests, run.clock.now) ===
    0
  );
}
