import {
  enum as _enum,
  array,
  boolean,
  discriminatedUnion,
  exactOptional,
  type infer as Infer,
  lazy,
  literal,
  nullable,
  number,
  object,
  string,
} from 'zod/mini';

/*
 * The parts of a message besides its text, in the same form for every gateway. Few messages have any,
 * so the schemas are created with the first one that does.
 */

const optionalText = nullable(string());

/** `http:` or `https:`; the dialect drops other URLs when the message arrives. */
const url = nullable(string());

const choiceSchema = lazy(() =>
  object({
    /** `reply`: sends the payload as the visitor's answer · `link`: opens the URL. */
    type: _enum(['reply', 'link']),
    text: string(),
    payload: string(),
    url,
    imageUrl: url,
  }),
);
export type Choice = Infer<typeof choiceSchema>;

const cardSchema = lazy(() =>
  object({
    title: string(),
    description: optionalText,
    imageUrl: url,
    videoUrl: exactOptional(string()),
    /** What pressing the card itself does: opens a URL, or sends a reply. */
    link: nullable(choiceSchema),
    choices: array(choiceSchema),
  }),
);
export type Card = Infer<typeof cardSchema>;

const attachmentSchema = lazy(() =>
  object({
    type: literal('attachment'),
    attachmentId: string(),
    /** Expires after a few minutes; `null` when there is none. */
    url,
    name: string(),
    kind: _enum(['image', 'audio', 'video', 'link', 'file']),
    mime: optionalText,
    /** Bytes. */
    size: nullable(number()),
    text: optionalText,
  }),
);
export type Attachment = Infer<typeof attachmentSchema>;

const sectionSchema = lazy(() =>
  object({
    title: optionalText,
    isMultiple: boolean(),
    items: array(object({ id: string(), title: string(), subtitle: optionalText, imageUrl: url })),
  }),
);
export type ListSection = Infer<typeof sectionSchema>;

const listSchema = lazy(() =>
  object({
    type: literal('list'),
    title: optionalText,
    subtitle: optionalText,
    imageUrl: exactOptional(string()),
    /** Text of the message that carries the answer. Without it, the titles of what was selected. */
    reply: exactOptional(string()),
    sections: array(sectionSchema),
  }),
);
export type ListContent = Infer<typeof listSchema>;

const timesSchema = lazy(() =>
  object({
    type: literal('times'),
    title: optionalText,
    subtitle: optionalText,
    imageUrl: url,
    /** YYYY-MM-DD, inclusive, as is `latest`. */
    earliest: exactOptional(string()),
    latest: exactOptional(string()),
    /** Empty if none is free. */
    times: array(
      object({
        /** As the gateway wrote it; the reply must repeat it unchanged. */
        dateTime: string(),
        /** Epoch milliseconds. */
        at: number(),
        /** Seconds; `null` if unknown. */
        duration: nullable(number()),
      }),
    ),
  }),
);
export type TimesContent = Infer<typeof timesSchema>;

const question = {
  id: string(),
  title: optionalText,
  subtitle: optionalText,
  isRequired: boolean(),
};

const fieldSchema = lazy(() =>
  discriminatedUnion('type', [
    object({
      type: literal('text'),
      ...question,
      placeholder: optionalText,
      isMultiline: boolean(),
      keyboard: _enum(['text', 'email', 'phone', 'url', 'digits', 'decimal']),
      /** A value of HTML's `autocomplete` attribute; `null`: no autofill. */
      autocomplete: optionalText,
      /** UTF-16 code units. */
      maximumLength: number(),
    }),
    /** The answer is the ISO instant of midnight UTC on that day. */
    object({
      type: literal('date'),
      ...question,
      /** YYYY-MM-DD, inclusive, as is `latest`. */
      earliest: optionalText,
      latest: optionalText,
      /** The parts of the date to show; empty: all of them. */
      parts: array(_enum(['day', 'month', 'year'])),
    }),
    object({ type: literal('list'), ...question, sections: array(sectionSchema) }),
    /** Exactly one of the items can be selected. */
    object({
      type: literal('choice'),
      ...question,
      items: array(object({ id: string(), title: string() })),
    }),
  ]),
);
export type FormField = Infer<typeof fieldSchema>;

const formSchema = lazy(() =>
  object({
    type: literal('form'),
    /** The gateway's id of the form. */
    formId: string(),
    title: optionalText,
    subtitle: optionalText,
    imageUrl: url,
    /** Label of the button that opens the form. */
    button: optionalText,
    /** Shown above the first page. */
    introduction: object({ title: optionalText, subtitle: optionalText, imageUrl: url }),
    /** Text of the message that carries the answers. */
    reply: optionalText,
    /** Whether all answers are shown for review before they are sent. */
    hasSummary: boolean(),
    /** Shown one at a time, in this order. */
    pages: array(
      object({ title: optionalText, subtitle: optionalText, fields: array(fieldSchema) }),
    ),
  }),
);
export type FormContent = Infer<typeof formSchema>;

const contentSchema = lazy(() =>
  discriminatedUnion('type', [
    attachmentSchema,
    /** Shown under the message until the visitor selects one. */
    object({ type: literal('choices'), title: optionalText, choices: array(choiceSchema) }),
    /** One card, or a carousel of several. */
    object({ type: literal('cards'), cards: array(cardSchema) }),
    listSchema,
    timesSchema,
    formSchema,
    /** A selected choice, or one value of a submitted form. */
    object({ type: literal('answer'), kind: string(), text: string(), payload: string() }),
    object({ type: literal('link'), url: string(), text: string() }),
    /** An agent offered to see the visitor's screen, or a video call. It was declined. */
    object({ type: literal('declined'), offer: _enum(['co-browse', 'video']) }),
    /** Content that partyline can't show, by the gateway's name for it. */
    object({ type: literal('unsupported'), name: string(), title: optionalText }),
  ]),
);
export type Content = Infer<typeof contentSchema>;

export const contentsSchema = array(contentSchema);
