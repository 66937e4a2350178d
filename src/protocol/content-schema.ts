import { lazy, literal, z } from './zod.ts';

/** What a message brings besides its text, whichever gateway it came through. */

const shapes = lazy(() => {
  const words = z.nullable(z.string());

  /** Addresses are `http:` or `https:`; others were left out where the message came in. */
  const address = z.nullable(z.string());

  const choice = z.object({
    /** `reply`: sends the payload as the visitor's answer · `link`: opens the address. */
    type: z.enum(['reply', 'link']),
    text: z.string(),
    payload: z.string(),
    url: address,
    imageUrl: address,
  });

  const card = z.object({
    title: z.string(),
    description: words,
    imageUrl: address,
    /** Where a press on the card itself leads. */
    link: z.nullable(choice),
    choices: z.array(choice),
  });

  const attachment = z.object({
    type: literal('attachment'),
    attachmentId: z.string(),
    /** Lives for some minutes only; `null` when there is none. */
    url: address,
    name: z.string(),
    kind: z.enum(['image', 'audio', 'video', 'link', 'file']),
    mime: words,
    /** Bytes. */
    size: z.nullable(z.number()),
    text: words,
  });

  const section = z.object({
    title: words,
    isMultiple: z.boolean(),
    items: z.array(
      z.object({ id: z.string(), title: z.string(), subtitle: words, imageUrl: address }),
    ),
  });

  const list = z.object({
    type: literal('list'),
    title: words,
    subtitle: words,
    sections: z.array(section),
  });

  const times = z.object({
    type: literal('times'),
    title: words,
    subtitle: words,
    imageUrl: address,
    times: z.array(
      z.object({
        /** As the gateway wrote it, and wants it back. */
        dateTime: z.string(),
        /** Epoch milliseconds. */
        at: z.number(),
        /** Seconds; `null` when it is not told. */
        duration: z.nullable(z.number()),
      }),
    ),
  });

  const asked = { id: z.string(), title: words, subtitle: words, isRequired: z.boolean() };

  const field = z.union([
    z.object({
      type: literal('text'),
      ...asked,
      placeholder: words,
      isMultiline: z.boolean(),
      keyboard: z.enum(['text', 'email', 'phone', 'url', 'digits', 'decimal']),
      /** As HTML names what a browser may fill in; `null`: nothing. */
      autocomplete: words,
      /** UTF-16 code units. */
      maximumLength: z.number(),
    }),
    /** Answered by the ISO instant of its midnight in UTC. */
    z.object({
      type: literal('date'),
      ...asked,
      /** YYYY-MM-DD, both of them inclusive. */
      earliest: words,
      latest: words,
      /** What of a date is told in words; nothing: all of it. */
      parts: z.array(z.enum(['day', 'month', 'year'])),
    }),
    z.object({ type: literal('list'), ...asked, sections: z.array(section) }),
    /** One of several. */
    z.object({
      type: literal('choice'),
      ...asked,
      items: z.array(z.object({ id: z.string(), title: z.string() })),
    }),
  ]);

  const form = z.object({
    type: literal('form'),
    /** The gateway's own name for it. */
    formId: z.string(),
    title: words,
    subtitle: words,
    imageUrl: address,
    /** What opens it. */
    button: words,
    /** Above its first page. */
    introduction: z.object({ title: words, subtitle: words, imageUrl: address }),
    /** What the visitor says with it. */
    reply: words,
    /** All answers are shown once more before they go out. */
    hasSummary: z.boolean(),
    /** One after the other. */
    pages: z.array(z.object({ title: words, subtitle: words, fields: z.array(field) })),
  });

  const content = z.union([
    attachment,
    /** Offered under the message until one is taken. */
    z.object({ type: literal('choices'), title: words, choices: z.array(choice) }),
    /** One card, or several in a row. */
    z.object({ type: literal('cards'), cards: z.array(card) }),
    list,
    times,
    form,
    /** What was chosen, or one value of a form. */
    z.object({ type: literal('answer'), kind: z.string(), text: z.string(), payload: z.string() }),
    z.object({ type: literal('link'), url: z.string(), text: z.string() }),
    /** Of a kind that can't be shown here, by the gateway's name for it. */
    z.object({ type: literal('unsupported'), name: z.string(), title: words }),
  ]);

  return { choice, card, attachment, section, list, times, field, form, content };
});

type Shapes = ReturnType<typeof shapes>;
export type Choice = z.infer<Shapes['choice']>;
export type Card = z.infer<Shapes['card']>;
export type Attachment = z.infer<Shapes['attachment']>;
export type ListSection = z.infer<Shapes['section']>;
export type ListContent = z.infer<Shapes['list']>;
export type TimesContent = z.infer<Shapes['times']>;
export type FormField = z.infer<Shapes['field']>;
export type FormContent = z.infer<Shapes['form']>;
export type Content = z.infer<Shapes['content']>;

/** Few messages have any: its shapes are made for the first one. */
export const contentsSchema = z.custom<Content[]>(
  (value) => z.array(shapes().content).safeParse(value).success,
);
