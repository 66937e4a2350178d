import type { Content } from '../protocol/content.ts';
import type { Message } from '../protocol/message.ts';
import type { Messages } from './messages.ts';

/** The words for a part of a message that has none of its own; empty if it has. */
export function wordsOf(part: Content, texts: Messages): string {
  return part.type === 'declined' ? (texts.declined[part.offer] ?? texts.notShown(null)) : '';
}

/** What is read aloud of a message whose own text is `spoken`. */
export function withWords(spoken: string, { content = [] }: Message, texts: Messages): string {
  const words = content.map((part) => wordsOf(part, texts)).filter(Boolean);
  return [spoken, ...words].filter((text) => text.trim() !== '').join(' ');
}
