import { html, nothing, type TemplateResult } from 'lit';
import type { Choice, Content, Reply } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import type { ContentContext } from './context.ts';
import { link } from './link.ts';
import { optionalPicture } from './picture.ts';

/** Quick replies, shown under the message until one is chosen. */
export function choices(
  { title, choices: offered }: Extract<Content, { type: 'choices' }>,
  message: Message,
  context: ContentContext,
): unknown {
  const heading = title === null ? nothing : html`<span class="hint">${title}</span>`;
  if (!context.isOpen) return heading;
  return html`${heading}${buttons(offered, 'quick-reply', message, context)}`;
}

export function buttons(
  offered: readonly Choice[],
  kind: Reply['kind'],
  message: Message,
  context: ContentContext,
): unknown {
  if (offered.length === 0) return nothing;
  return html`<div class="choices" role="group" aria-label=${context.texts.choices}>
    ${offered.map((choice) => button(choice, kind, message, context))}
  </div>`;
}

function button(
  { type, text, payload, url, imageUrl }: Choice,
  kind: Reply['kind'],
  message: Message,
  context: ContentContext,
): TemplateResult {
  const label = html`${optionalPicture(imageUrl)}${text}`;
  if (type === 'link' && url !== null) return link(url, label);
  const reply = { kind, payload, originatingMessageId: message.messageId };
  return replyButton(text, reply, context, label);
}

export function replyButton(
  text: string,
  reply: Reply,
  { canReply, onReply }: ContentContext,
  content: unknown = text,
): TemplateResult {
  const choose = (event: Event) => {
    // The button goes away with the answer. Move the focus first, so that it isn't lost.
    const { currentTarget } = event;
    if (currentTarget instanceof Element) {
      currentTarget.closest('article')?.focus({ preventScroll: true });
    }
    void onReply(text, reply);
  };
  return html`<button class="small" type="button" ?disabled=${!canReply} @click=${choose}>
    ${content}
  </button>`;
}
