import { contentText } from '../../protocol/content.ts';
import type { Message } from '../../protocol/message.ts';
import { linkify } from '../rich-text/links.ts';
import { link } from './content/link.ts';

/** How the texts of messages are written. */
export interface TextFormat {
  /** As the bubble shows it. */
  render(message: Message): unknown;
  /** For screen readers and notifications. */
  spoken(message: Message): string;
  /** For the saved transcript. */
  saved(message: Message): string;
}

/** A message's text; without one, its content in a line. */
export function textOf({ text, content }: Message): string {
  return text || contentText(content);
}

/** Texts without marks, in which addresses are links. */
export const plainFormat: TextFormat = {
  render: (message) =>
    linkify(textOf(message)).map((part) =>
      part.type === 'text' ? part.text : link(part.href, part.text),
    ),
  spoken: textOf,
  saved: textOf,
};
