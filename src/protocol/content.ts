import type { Content, ListContent } from './content-schema.ts';

export type {
  Attachment,
  Card,
  Choice,
  Content,
  FormContent,
  FormField,
  ListContent,
  ListSection,
  TimesContent,
} from './content-schema.ts';
export type { CarriedReply } from './schemas.ts';

/** A visitor's answer to structured content. Its text is the text of the message. */
export interface Reply {
  readonly kind: 'quick-reply' | 'button' | 'list' | 'time' | 'form';
  /** Payload of the selected item, or of the first one of several; for a form, its `formId`. */
  readonly payload: string;
  /** The message with the structured content. */
  readonly originatingMessageId: string;
  /** All selected items of a list, or all values of a form; at most 256. */
  readonly values?: ReplyValue[];
}

export interface ReplyValue {
  /** Id of the form's field; empty for a list. */
  readonly id: string;
  /** As shown to the visitor. */
  readonly text: string;
  readonly payload: string;
}

/** Content as one line of text, for notifications and for messages without text. */
export function contentText(content: readonly Content[] | undefined): string {
  return (content ?? []).map(lineOf).filter(Boolean).join(' · ');
}

function itemTitles({ sections }: ListContent): string[] {
  return sections.flatMap(({ items }) => items.map(({ title }) => title));
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
      return content.title ?? itemTitles(content).join(', ');
    case 'times':
      return content.title ?? '';
    case 'form':
      return content.title ?? content.introduction.title ?? '';
    case 'answer':
    case 'link':
      return content.text;
    // There are words for it in each language.
    case 'declined':
      return '';
    case 'unsupported':
      return content.title ?? content.name;
  }
}
