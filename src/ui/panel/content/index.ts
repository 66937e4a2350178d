import { html, nothing, type TemplateResult } from 'lit';
import type { Content, Reply } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Messages } from '../../messages.ts';
import type { FreshLinks } from '../files/fresh-links.ts';
import type { ViewForm } from '../forms/lazy-forms.ts';
import { cards } from './cards.ts';
import { choices } from './choices.ts';
import { attachment } from './files.ts';
import { isMultiple, list, times } from './pickers.ts';

/** Resolves with whether it is kept; if not, the panel has said why. */
export type OnReply = (text: string, reply: Reply) => Promise<boolean>;

export interface ContentContext {
  readonly texts: Messages;
  /** The conversation is open. */
  readonly canReply: boolean;
  /** The visitor has said nothing since: what was offered is still to be taken. */
  readonly isOpen: boolean;
  readonly onReply: OnReply;
  /** Asks for those of files anew, which live for some minutes; `null`: nobody does. */
  readonly links: FreshLinks | null;
  /** Shows what takes more than one press to answer. */
  readonly forms: ViewForm;
}

/** What a message brings besides its text. */
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
    // Its words are the message's own, but those of a form have others.
    case 'answer':
      return message.text === '' || part.kind === 'form'
        ? html`<span class="hint" dir="auto">${part.text}</span>`
        : nothing;
    case 'unsupported':
      return html`<span class="hint">${context.texts.notShown(part.title ?? part.name)}</span>`;
  }
}

export function link(
  url: string,
  text: unknown,
  onPress: ((event: Event) => void) | null = null,
): TemplateResult {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow" @click=${onPress}>${text}</a>`;
}
