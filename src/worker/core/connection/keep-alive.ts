import { jittered } from '../backoff.ts';
import type { Run } from '../context.ts';
import { fail } from './connection.ts';
import { paceWait } from './rate-limit.ts';

function socketOf(run: Run): number | null {
  const { link } = run.state;
  return link.phase === 'online' || link.phase === 'draining' ? link.socketId : null;
}

export function startKeepalive(run: Run): void {
  const { timing, traits } = run.state.settings;
  run.setTimer('ping', Math.max(traits.minimumPingInterval, jittered(run, timing.ping)));
}

/** The `ping` timer, or a doubt whether the line still lives. */
export function ping(run: Run, deadline: number = run.state.settings.timing.pong): void {
  const socketId = socketOf(run);
  if (socketId === null) return;
  const wait = paceWait(run, 'pings');
  if (wait > 0) {
    run.setTimer('ping', wait);
    return;
  }
  run.emit({ type: 'send', socketId, command: { type: 'ping' } });
  if (!run.hasTimer('pong')) run.setTimer('pong', deadline);
  startKeepalive(run);
}

export function onPong(run: Run): void {
  run.clearTimer('pong');
}

/** The `pong` timer. When it fired late we slept, and the peer may have answered into our sleep. */
export function pongOverdue(run: Run, late: boolean): void {
  if (late) {
    ping(run);
    return;
  }
  fail(run, { code: 'network', message: 'The chat server has stopped answering.' });
}
