import { html, nothing, type TemplateResult } from 'lit';
import type { Card } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { buttons } from './choices.ts';
import type { ContentContext } from './context.ts';
import { link } from './link.ts';
import { hide, picture } from './picture.ts';

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
  const { title, description, imageUrl, link: target, choices } = card;
  return html`
    ${imageUrl === null ? nothing : picture(imageUrl, '', hide)}
    <strong dir="auto">${target?.url ? link(target.url, title) : title}</strong>
    ${description === null ? nothing : html`<span dir="auto">${description}</span>`}
    ${buttons(choices, 'button', message, context)}
  `;
}
