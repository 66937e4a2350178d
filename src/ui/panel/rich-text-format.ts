import { html } from 'lit';
import type { Message } from '../../protocol/message.ts';
import { parseRichText, type RichTextNode, toPlainText } from '../rich-text/index.ts';
import { link } from './content/link.ts';
import { plainFormat, type TextFormat } from './text-format.ts';

/** Rich text of agents and bots. What the visitor and the system write has no marks. Loaded on demand. */
export const richTextFormat: TextFormat = {
  render: (message) =>
    isRich(message) ? nodesView(parseRichText(message.text)) : plainFormat.render(message),
  spoken: (message) =>
    isRich(message) ? toPlainText(parseRichText(message.text)) : plainFormat.spoken(message),
  saved: (message) =>
    isRich(message)
      ? toPlainText(parseRichText(message.text), { hasUrls: true })
      : plainFormat.saved(message),
};

function isRich({ from, text }: Message): boolean {
  return text !== '' && (from.role === 'agent' || from.role === 'bot');
}

function nodesView(nodes: readonly RichTextNode[]): unknown {
  return nodes.map(nodeView);
}

/** Without spaces between the tags: the bubble shows them. */
function nodeView(node: RichTextNode): unknown {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'link':
      return link(node.href, nodesView(node.children));
    case 'bold':
      return html`<strong>${nodesView(node.children)}</strong>`;
    case 'italic':
      return html`<em>${nodesView(node.children)}</em>`;
    case 'struck':
      return html`<s>${nodesView(node.children)}</s>`;
    case 'list': {
      const items = node.items.map(({ number, children }) =>
        number === null
          ? html`<li>${nodesView(children)}</li>`
          : html`<li value=${number}>${nodesView(children)}</li>`,
      );
      return node.isOrdered
        ? html`<ol dir="auto">${items}</ol>`
        : html`<ul dir="auto">${items}</ul>`;
    }
  }
}
