import type { Message } from '../../protocol/message.ts';

/**
 * What others wrote and `before` didn't hold yet. What was put on top is no arrival: it is older than
 * the first message that both hold.
 */
export function newMessages(before: readonly Message[], after: readonly Message[]): Message[] {
  if (before === after) return [];
  if (isContinued(before, after)) return after.slice(before.length).filter(isOfOthers);
  const known = new Set(before.map((message) => message.messageId));
  const start = after.findIndex((message) => known.has(message.messageId));
  return after
    .slice(Math.max(start, 0))
    .filter((message) => isOfOthers(message) && !known.has(message.messageId));
}

function isOfOthers(message: Message): boolean {
  return message.from.role !== 'visitor';
}

/** The common case, told from both ends: something came behind, and nothing else happened. */
function isContinued(before: readonly Message[], after: readonly Message[]): boolean {
  const last = before.length - 1;
  return before.length > 0 && before[0] === after[0] && before[last] === after[last];
}
