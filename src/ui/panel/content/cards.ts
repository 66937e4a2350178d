import { html, nothing, type TemplateResult } from 'lit';
import type { Card } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { buttons, replyButton } from './choices.ts';
import type { ContentContext } from './context.ts';
import { link } from './link.ts';
import { optionalPicture, video } from './picture.ts';

/** One card, or several that scroll horizontally. */
export function cards(
  list: readonly Card[],
  message: Message,
  context: ContentContext,
): TemplateResult {
  return html`<ul class="cards" tabindex=${list.length > 1 ? 0 : nothing}>
    ${list.map((card) => html`<li class="card">${one(card, message, context)}</li>`)}
  </ul>`;
}

function one(card: Card, message: Message, context: ContentContext): TemplateResult {
  const { title, description, imageUrl, videoUrl, choices } = card;
  return html`
    ${videoUrl ? video(videoUrl, title || videoUrl, imageUrl) : optionalPicture(imageUrl)}
    <strong dir="auto">${heading(card, message, context)}</strong>
    ${description === null ? nothing : html`<span dir="auto">${description}</span>`}
    ${buttons(choices, 'button', message, context)}
  `;
}

/** The title; with what pressing the card does, if that stands. */
function heading(
  { title, link: action }: Card,
  message: Message,
  context: ContentContext,
): unknown {
  if (!action) return title;
  const label = title || action.text;
  if (action.type === 'link') return action.url === null ? label : link(action.url, label);
  if (!context.isOpen) return label;
  const { text, payload } = action;
  const reply = { kind: 'button', payload, originatingMessageId: message.messageId } as const;
  return replyButton(text, reply, context, html`<span dir="auto">${label}</span>`);
}
