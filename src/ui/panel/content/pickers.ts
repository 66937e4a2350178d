import { html, nothing, type TemplateResult } from 'lit';
import type { ListContent, TimesContent } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { visitorLocale } from '../../languages/locale.ts';
import type { Messages } from '../../messages.ts';
import { replyButton } from './choices.ts';
import type { ContentContext } from './context.ts';
import { heading } from './heading.ts';
import { hide, picture } from './picture.ts';

export function isMultiple({ sections }: ListContent): boolean {
  return sections.some((section) => section.isMultiple);
}

/** A list from which the visitor chooses one item. */
export function list(
  { title, subtitle, sections }: ListContent,
  message: Message,
  context: ContentContext,
): TemplateResult {
  const originatingMessageId = message.messageId;
  return html`
    ${heading(title, subtitle)}
    ${sections.map(
      (
        section,
      ) => html`<div class="choices column" role="group" aria-label=${section.title ?? context.texts.choices}>
        ${section.title === null ? nothing : html`<span class="hint" dir="auto">${section.title}</span>`}
        ${section.items.map((item) =>
          context.isOpen
            ? replyButton(
                item.title,
                { kind: 'list', payload: item.id, originatingMessageId },
                context,
                html`<span dir="auto">${item.title}</span>${item.subtitle === null ? nothing : html`<small dir="auto">${item.subtitle}</small>`}`,
              )
            : html`<span dir="auto">${item.title}</span>`,
        )}
      </div>`,
    )}
  `;
}

/** Times from which the visitor chooses one. */
export function times(
  { title, subtitle, imageUrl, times: offered }: TimesContent,
  message: Message,
  context: ContentContext,
): TemplateResult {
  const originatingMessageId = message.messageId;
  return html`
    ${imageUrl === null ? nothing : picture(imageUrl, '', hide)}
    ${heading(title, subtitle)}
    ${
      context.isOpen
        ? html`<div class="choices" role="group" aria-label=${context.texts.choices}>
            ${offered.map(({ dateTime, at }) =>
              replyButton(
                momentText(at, context.texts),
                { kind: 'time', payload: dateTime, originatingMessageId },
                context,
              ),
            )}
          </div>`
        : nothing
    }
  `;
}

function momentText(at: number, { language }: Messages): string {
  return new Intl.DateTimeFormat(visitorLocale(language), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(at);
}
