import { jittered } from '../backoff.ts';
import type { StepContext } from '../context.ts';
import { rateLimitWait } from './rate-limit.ts';

function socketOf(context: StepContext): number | null {
  const { connection } = context.state;
  return connection.phase === 'online' || connection.phase === 'draining'
    ? connection.socketId
    : null;
}

export function startKeepAlive(context: StepContext): void {
  const { timing, traits } = context.state.settings;
  context.setTimer('ping', Math.max(traits.minimumPingInterval, jittered(context, timing.ping)));
}

/** The `ping` timer, or a check whether the connection is still alive. */
export function ping(
  context: StepContext,
  deadline: number = context.state.settings.timing.pong,
): void {
  const socketId = socketOf(context);
  if (socketId === null) return;
  const wait = rateLimitWait(context, 'pings');
  if (wait > 0) {
    context.setTimer('ping', wait);
    return;
  }
  context.emit({ type: 'send', socketId, command: { type: 'ping' } });
  if (!context.hasTimer('pong')) context.setTimer('pong', deadline);
  startKeepAlive(context);
}

export function onPong(context: StepContext): void {
  context.clearTimer('pong');
}
