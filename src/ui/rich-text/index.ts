import { parseBlocks } from './blocks.ts';
import type { RichTextNode } from './nodes.ts';
import { Source } from './source.ts';

export { linkify, type TextPart } from './links.ts';
export type { InlineNode, ListItem, ListNode, RichTextNode } from './nodes.ts';
export { type PlainTextOptions, toPlainText } from './plain-text.ts';

/**
 * Parses the rich text of Genesys Cloud's agents and bots: `*bold*`, `_italic_`, `~struck~`, `[text](url)`,
 * lists and line breaks; bare URLs, e-mail addresses and phone numbers become links. What isn't valid stays
 * text as it was written. Never throws, and takes time in proportion to the length of the text.
 *
 * The nodes hold plain text: set it as text, never as HTML.
 */
export function parseRichText(text: string): readonly RichTextNode[] {
  return parseBlocks(text, (part) => new Source(part));
}
