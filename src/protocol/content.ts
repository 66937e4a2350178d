import type { Content } from './content-schema.ts';

export type {
  Attachment,
  Card,
  Choice,
  Content,
  ListContent,
  TimesContent,
} from './content-schema.ts';
export type { Reply } from './schemas.ts';

/** One line for where only text has room, and for a message that has none of its own. */
export function contentText(content: readonly Content[] | undefined): string {
  return (content ?? []).map(lineOf).filter(Boolean).join(' · ');
}

function lineOf(content: Content): string {
  switch (content.type) {
    case 'attachment':
      return content.text ?? content.name;
    case 'choices':
      return content.title ?? content.choices.map(({ text }) => text).join(', ');
    case 'cards':
      return content.cards.map(({ title }) => title).join(', ');
    case 'list':
    case 'times':
      return content.title ?? '';
    case 'answer':
    case 'link':
      return content.text;
    case 'unsupported':
      return content.title ?? content.name;
  }
}
