import { html, nothing, type TemplateResult } from 'lit';
import type { ListContent, TimesContent } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { visitorLocale } from '../../languages/locale.ts';
import type { Messages } from '../../messages.ts';
import { replyButton } from './choices.ts';
import { hide, picture } from './files.ts';
import type { ContentContext } from './index.ts';

export function isMultiple({ sections }: ListContent): boolean {
  return sections.some((section) => section.isMultiple);
}

/** One of a list. */
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

/** One of several times. */
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
                momentOf(at, context.texts),
                { kind: 'time', payload: dateTime, originatingMessageId },
                context,
              ),
            )}
          </div>`
        : nothing
    }
  `;
}

export function heading(title: string | null, subtitle: string | null): unknown {
  return html`
    ${title === null ? nothing : html`<strong dir="auto">${title}</strong>`}
    ${subtitle === null ? nothing : html`<span class="hint" dir="auto">${subtitle}</span>`}
  `;
}

function momentOf(at: number, { language }: Messages): string {
  return new Intl.DateTimeFormat(visitorLocale(language), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(at);
}
