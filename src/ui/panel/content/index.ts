import { html, nothing } from 'lit';
import type { Content } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { wordsOf } from '../../content-words.ts';
import { cards } from './cards.ts';
import { choices } from './choices.ts';
import type { ContentContext } from './context.ts';
import { attachment } from './files.ts';
import { link } from './link.ts';
import { isMultiple, list, times } from './pickers.ts';

/** The structured content of a message, below its text. */
export function messageContent(message: Message, context: ContentContext): unknown {
  const { content } = message;
  if (!content || content.length === 0) return nothing;
  return html`<div class="extras" part="content">${content.map((part) => one(part, message, context))}</div>`;
}

function one(part: Content, message: Message, context: ContentContext): unknown {
  switch (part.type) {
    case 'attachment':
      return attachment(part, message, context);
    case 'choices':
      return choices(part, message, context);
    case 'cards':
      return cards(part.cards, message, context);
    case 'list':
      return isMultiple(part)
        ? context.forms(part, message, context)
        : list(part, message, context);
    case 'times':
      return times(part, message, context);
    case 'form':
      return context.forms(part, message, context);
    case 'link':
      return link(part.url, part.text);
    // Usually the same as the message's text. The answers to a form, or to a list with its own reply, are not.
    case 'answer':
      return part.text !== '' && (part.kind === 'form' || !message.text.includes(part.text))
        ? html`<span class="hint" dir="auto">${part.text}</span>`
        : nothing;
    case 'declined':
      return html`<span class="hint">${wordsOf(part, context.texts)}</span>`;
    case 'unsupported':
      return html`<span class="hint">${context.texts.notShown(part.title)}</span>`;
  }
}
