import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Message, MessageStatus, Sender } from '../../protocol/message.ts';
import { withWords } from '../content-words.ts';
import type { Messages } from '../messages.ts';
import { senderName } from '../sender-name.ts';
import { exactTime, timeOfDay } from './calendar.ts';
import type { OnReply } from './content/context.ts';
import { messageContent } from './content/index.ts';
import { hide, picture } from './content/picture.ts';
import type { FreshLinks } from './files/fresh-links.ts';
import type { RenderForm } from './forms/lazy-forms.ts';
import { deliveredIcon, failedIcon, pendingIcon, sentIcon } from './icons.ts';
import type { Row } from './rows.ts';
import type { TextFormat } from './text-format.ts';

export interface RowContext {
  readonly texts: Messages;
  /** How many rows there are; -1 when older ones aren't loaded. */
  readonly total: number;
  /** The message id of the row that is a tab stop. */
  readonly tabStop: string | null;
  /** The index of the visitor's newest message. Offers above it can't be answered any more. */
  readonly lastOwn: number;
  readonly canReply: boolean;
  readonly onReply: OnReply;
  readonly links: FreshLinks | null;
  readonly forms: RenderForm;
  readonly format: TextFormat;
  readonly onRetry: (message: Message, article: HTMLElement) => void;
  readonly onDiscard: (message: Message) => void;
}

/** A message with the dividers above it: for a day, a conversation, unread messages or a gap. */
export function messageRow(row: Row, index: number, context: RowContext): unknown {
  const { message } = row;
  const isStop = context.tabStop === message.messageId;
  const { texts, total } = context;
  // Few of the rows change with each new message.
  return guard(
    [
      message,
      row.day,
      row.opensConversation,
      row.opensUnread,
      row.opensGroup,
      row.closesGroup,
      row.showsMeta,
      index,
      total,
      isStop,
      texts,
      index > context.lastOwn,
      context.canReply,
      context.links,
      context.forms,
      context.format,
    ],
    () => html`<div class="item" data-index=${index}>
      ${
        row.opensConversation
          ? html`<div class="divider" part="divider"><span>${texts.newConversation}</span></div>`
          : nothing
      }
      ${row.day === null ? nothing : html`<div class="day" part="day"><span>${row.day}</span></div>`}
      ${
        row.opensUnread
          ? html`<div class="divider unread" part="unread"><span>${texts.newMessages}</span></div>`
          : nothing
      }
      ${
        message.missingBefore > 0
          ? html`<div class="gap"><span>${texts.missing(message.missingBefore)}</span></div>`
          : nothing
      }
      ${article(row, index, isStop, context)}
    </div>`,
  );
}

function article(
  { message, opensGroup, closesGroup, showsMeta }: Row,
  index: number,
  isStop: boolean,
  context: RowContext,
): TemplateResult {
  const { texts, total } = context;
  const { from, status } = message;
  const isOwn = from.role === 'visitor';
  const name = senderName(from, texts);
  // Element ids must not contain spaces. Message ids can.
  const id = encodeURIComponent(message.messageId);
  // Without a text, the bubble is for screen readers only. The content is visible below.
  const bubble = message.text || !message.content ? 'bubble' : 'bubble quiet';
  const classes = [
    'row',
    from.role,
    status,
    opensGroup ? 'opens' : '',
    closesGroup ? 'closes' : '',
    showsMeta ? 'shows-meta' : '',
  ];
  return html`<article
    class=${classes.join(' ')}
    part="message message-${from.role}"
    data-message-id=${message.messageId}
    tabindex=${isStop ? 0 : -1}
    aria-posinset=${index + 1}
    aria-setsize=${total}
    aria-labelledby="from-${id} text-${id}"
    aria-describedby="meta-${id}"
  >
    ${isOwn || from.role === 'system' ? nothing : avatar(from, name)}
    <span id="from-${id}" class=${isOwn || !opensGroup ? 'quiet' : 'name'} dir="auto">${name}</span>
    <div class=${bubble} part="bubble bubble-${from.role}"><div id="text-${id}" class="text" dir="auto">${context.format.render(message)}${message.text ? nothing : withWords('', message, texts)}</div></div>
    ${message.content ? messageContent(message, { ...context, isOpen: index > context.lastOwn }) : nothing}
    <div id="meta-${id}" class="meta" part="meta">
      <time datetime=${new Date(message.timestamp).toISOString()} title=${exactTime(message.timestamp, texts)}>${timeOfDay(message.timestamp, texts)}</time>
      ${isOwn ? outcome(status, texts) : nothing}
    </div>
    ${status === 'failed' ? failure(message, context) : nothing}
  </article>`;
}

const outcomeIcons: Readonly<Record<Exclude<MessageStatus, 'received'>, unknown>> = {
  pending: pendingIcon,
  sent: sentIcon,
  delivered: deliveredIcon,
  read: deliveredIcon,
  failed: failedIcon,
};

function outcome(status: MessageStatus, texts: Messages): unknown {
  if (status === 'received') return nothing;
  return html`<span class="outcome ${status}">${outcomeIcons[status]}${texts.outcome[status]}</span>`;
}

function failure(message: Message, { texts, onRetry, onDiscard }: RowContext): TemplateResult {
  const retry = (event: Event) => {
    const { currentTarget } = event;
    const row = currentTarget instanceof Element ? currentTarget.closest('article') : null;
    if (row) onRetry(message, row);
  };
  return html`<div class="failure">
    ${message.failure ? html`<span class="reason">${texts.error(message.failure)}</span>` : nothing}
    ${
      message.failure?.code === 'undelivered'
        ? nothing
        : html`<button class="small" type="button" @click=${retry}>${texts.retry}</button>
          <button class="small plain" type="button" @click=${() => onDiscard(message)}>${texts.delete}</button>`
    }
  </div>`;
}

/** The sender's picture over their initials, which remain if it can't be loaded. The name follows as text. */
function avatar({ imageUrl }: Sender, name: string): TemplateResult {
  return html`<span class="avatar" data-initials=${initials(name)} aria-hidden="true">${
    imageUrl === undefined ? nothing : picture(imageUrl, '', hide)
  }</span>`;
}

/** 'SA' for 'Support Agent'. Splits by code points, so that an emoji stays whole. */
function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /^[\p{L}\p{N}\p{Emoji}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => Array.from(word ?? '')[0] ?? '').join('');
}
