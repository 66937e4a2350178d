import type { Message } from '../../protocol/message.ts';

/**
 * What others wrote and `before` didn't hold yet. What was put on top is no arrival: it is older than
 * the first message that both hold.
 */
export function arrivals(before: readonly Message[], after: readonly Message[]): Message[] {
  if (before === after) return [];
  const known = new Set(before.map((message) => message.messageId));
  const start = after.findIndex((message) => known.has(message.messageId));
  return after
    .slice(Math.max(start, 0))
    .filter((message) => message.from.role !== 'visitor' && !known.has(message.messageId));
}
