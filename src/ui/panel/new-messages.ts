import type { Message } from '../../protocol/message.ts';

/**
 * The messages from others that `after` has and `before` doesn't. Messages loaded at the top don't count:
 * they are older than the first message that both have.
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

/** The common case: messages were only appended. */
function isContinued(before: readonly Message[], after: readonly Message[]): boolean {
  const last = before.length - 1;
  return before.length > 0 && before[0] === after[0] && before[last] === after[last];
}
