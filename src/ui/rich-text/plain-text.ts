import type { InlineNode, ListNode, RichTextNode } from './nodes.ts';

export interface PlainTextOptions {
  /** Whether a link's URL stands behind its text, in parentheses, where the text is another one. @default false */
  readonly hasUrls?: boolean;
}

/**
 * Rich text without marks, for what can't show styles: a notification, a live region, a file. A list has a
 * line for each item, with a bullet or its number.
 */
export function toPlainText(
  nodes: readonly RichTextNode[],
  { hasUrls = false }: PlainTextOptions = {},
): string {
  const blocks: string[] = [];
  let line = '';
  const flush = () => {
    if (line !== '') blocks.push(line);
    line = '';
  };
  for (const node of nodes) {
    if (node.type === 'list') {
      flush();
      blocks.push(listLines(node, hasUrls).join('\n'));
    } else line += inlineText(node, hasUrls);
  }
  flush();
  return blocks.join('\n');
}

function listLines({ items }: ListNode, hasUrls: boolean): string[] {
  return items.flatMap(({ number, children }) => {
    const mark = number === null ? '•' : `${number}.`;
    const [first = '', ...others] = toPlainText(children, { hasUrls }).split('\n');
    return [`${mark} ${first}`, ...others.map((other) => `  ${other}`)];
  });
}

function inlineText(node: InlineNode, hasUrls: boolean): string {
  if (node.type === 'text') return node.text;
  const text = node.children.map((child) => inlineText(child, hasUrls)).join('');
  return node.type === 'link' && hasUrls && !shows(text, node.href)
    ? `${text} (${node.href})`
    : text;
}

/** Whether a link's text is its address: 'www.lamps.example', 'ada@lamps.example', '+49 30 1234567'. */
function shows(text: string, href: string): boolean {
  if (href.startsWith('tel:')) return href.endsWith(nationalDigits(text) || href);
  return bare(text) === bare(href);
}

/** The digits of a phone number without a prefix that is not dialled from everywhere. */
function nationalDigits(text: string): string {
  return text.replace('(0)', '').replace(/\D/g, '').replace(/^00?/, '');
}

function bare(address: string): string {
  return address
    .replace(/^(?:https?:\/\/|mailto:)/i, '')
    .replace(/\/$/, '')
    .toLowerCase();
}
