import { later, only, z } from './zod.ts';

/** What a message brings besides its text, whichever gateway it came through. */

const shapes = later(() => {
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
    type: only('attachment'),
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

  const list = z.object({
    type: only('list'),
    title: words,
    subtitle: words,
    sections: z.array(
      z.object({
        title: words,
        isMultiple: z.boolean(),
        items: z.array(
          z.object({ id: z.string(), title: z.string(), subtitle: words, imageUrl: address }),
        ),
      }),
    ),
  });

  const times = z.object({
    type: only('times'),
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

  const content = z.union([
    attachment,
    /** Offered under the message until one is taken. */
    z.object({ type: only('choices'), title: words, choices: z.array(choice) }),
    /** One card, or several in a row. */
    z.object({ type: only('cards'), cards: z.array(card) }),
    list,
    times,
    /** What was chosen. */
    z.object({ type: only('answer'), kind: z.string(), text: z.string(), payload: z.string() }),
    z.object({ type: only('link'), url: z.string(), text: z.string() }),
    /** Of a kind that can't be shown here, by the gateway's name for it. */
    z.object({ type: only('unsupported'), name: z.string(), title: words }),
  ]);

  return { choice, card, attachment, list, times, content };
});

type Shapes = ReturnType<typeof shapes>;
export type Choice = z.infer<Shapes['choice']>;
export type Card = z.infer<Shapes['card']>;
export type Attachment = z.infer<Shapes['attachment']>;
export type ListContent = z.infer<Shapes['list']>;
export type TimesContent = z.infer<Shapes['times']>;
export type Content = z.infer<Shapes['content']>;

/** Few messages have any: its shapes are made for the first one. */
export const contentsSchema = z.custom<Content[]>(
  (value) => z.array(shapes().content).safeParse(value).success,
);
