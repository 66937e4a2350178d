import type { Content } from './content-schema.ts';

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

/** A visitor's answer to what was offered; its words are the message's. */
export interface Reply {
  readonly kind: 'quick-reply' | 'button' | 'list' | 'time' | 'form';
  /** Of what was chosen: of several, the first; of a form, its `formId`. */
  readonly payload: string;
  /** The message that offered it. */
  readonly originatingMessageId: string;
  /** Everything chosen of a list, or what a form was filled in with: 256 at most. */
  readonly values?: ReplyValue[];
}

export interface ReplyValue {
  /** The form's field that it is of; of a list, empty. */
  readonly id: string;
  /** As the visitor sees it. */
  readonly text: string;
  readonly payload: string;
}

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
    case 'form':
      return content.title ?? '';
    case 'answer':
    case 'link':
      return content.text;
    case 'unsupported':
      return content.title ?? content.name;
  }
}
