import { html, nothing, type TemplateResult } from 'lit';
import type { ListContent, TimesContent } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';
import { visitorLocale } from '../../languages/locale.ts';
import type { Messages } from '../../messages.ts';
import { replyButton } from './choices.ts';
import type { ContentContext } from './context.ts';
import { heading } from './heading.ts';
import { optionalPicture } from './picture.ts';

export function isMultiple({ sections }: ListContent): boolean {
  return sections.some((section) => section.isMultiple);
}

/** A list from which the visitor chooses one item. */
export function list(
  { title, subtitle, imageUrl, reply, sections }: ListContent,
  message: Message,
  context: ContentContext,
): TemplateResult {
  const originatingMessageId = message.messageId;
  return html`
    ${optionalPicture(imageUrl)}
    ${heading(title, subtitle)}
    ${sections.map(
      (
        section,
      ) => html`<div class="choices column" role="group" aria-label=${section.title ?? context.texts.choices}>
        ${section.title === null ? nothing : html`<span class="hint" dir="auto">${section.title}</span>`}
        ${section.items.map((item) =>
          context.isOpen
            ? replyButton(
                reply ?? item.title,
                {
                  kind: 'list',
                  payload: item.id,
                  originatingMessageId,
                  ...(reply === undefined
                    ? {}
                    : { values: [{ id: '', text: item.title, payload: item.id }] }),
                },
                context,
                html`${optionalPicture(item.imageUrl)}<span dir="auto">${item.title}</span>${item.subtitle === null ? nothing : html`<small dir="auto">${item.subtitle}</small>`}`,
              )
            : html`<span dir="auto">${item.title}</span>`,
        )}
      </div>`,
    )}
  `;
}

/** Times from which the visitor chooses one. */
export function times(
  { title, subtitle, imageUrl, earliest, latest, times: offered }: TimesContent,
  message: Message,
  context: ContentContext,
): TemplateResult {
  const originatingMessageId = message.messageId;
  return html`
    ${optionalPicture(imageUrl)}
    ${heading(title, subtitle)}
    ${
      (earliest ?? latest)
        ? html`<span class="hint">${rangeText(earliest, latest, context.texts)}</span>`
        : nothing
    }
    ${offered.length === 0 ? html`<span class="hint">${context.texts.noTimes}</span>` : nothing}
    ${
      context.isOpen && offered.length > 0
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

/** 'May 1, 2026 – June 3, 2026', or one of them. The days are in UTC, as the platform names them. */
function rangeText(
  earliest: string | undefined,
  latest: string | undefined,
  { language }: Messages,
): string {
  const format = new Intl.DateTimeFormat(visitorLocale(language), {
    dateStyle: 'long',
    timeZone: 'UTC',
  });
  const [from, to] = [earliest, latest].map((day) => {
    const at = Date.parse(day ?? '');
    return Number.isNaN(at) ? '' : format.format(at);
  });
  return `${from} – ${to}`.trim();
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
