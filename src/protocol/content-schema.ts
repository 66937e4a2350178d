import { sized, z } from './zod.ts';

/** What a message brings besides its text, whichever gateway it came through. */

const words = z.nullable(z.string());

/** Addresses are `http:` or `https:`; others were left out where the message came in. */
const address = z.nullable(z.string());

const choiceSchema = z.object({
  /** `reply`: sends the payload as the visitor's answer · `link`: opens the address. */
  type: z.enum(['reply', 'link']),
  text: z.string(),
  payload: z.string(),
  url: address,
  imageUrl: address,
});
export type Choice = z.infer<typeof choiceSchema>;

const cardSchema = z.object({
  title: z.string(),
  description: words,
  imageUrl: address,
  /** Where a press on the card itself leads. */
  link: z.nullable(choiceSchema),
  choices: z.array(choiceSchema),
});
export type Card = z.infer<typeof cardSchema>;

const attachmentSchema = z.object({
  type: z.literal('attachment'),
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
export type Attachment = z.infer<typeof attachmentSchema>;

const listSchema = z.object({
  type: z.literal('list'),
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
export type ListContent = z.infer<typeof listSchema>;

const timesSchema = z.object({
  type: z.literal('times'),
  title: words,
  subtitle: words,
  imageUrl: address,
  times: z.array(
    z.object({
      /** As the gateway wrote it, and wants it back. */
      dateTime: z.string(),
      /** Epoch milliseconds. */
      at: z.number(),
      /** Minutes; `null` when it is not told. */
      duration: z.nullable(z.number()),
    }),
  ),
});
export type TimesContent = z.infer<typeof timesSchema>;

export const contentSchema = z.union([
  attachmentSchema,
  /** Offered under the message until one is taken. */
  z.object({ type: z.literal('choices'), title: words, choices: z.array(choiceSchema) }),
  /** One card, or several in a row. */
  z.object({ type: z.literal('cards'), cards: z.array(cardSchema) }),
  listSchema,
  timesSchema,
  /** What was chosen. */
  z.object({ type: z.literal('answer'), kind: z.string(), text: z.string(), payload: z.string() }),
  z.object({ type: z.literal('link'), url: z.string(), text: z.string() }),
  /** Of a kind that can't be shown here, by the gateway's name for it. */
  z.object({ type: z.literal('unsupported'), name: z.string(), title: words }),
]);
export type Content = z.infer<typeof contentSchema>;

export const contentsSchema = z.array(contentSchema);

/** A visitor's answer to what was offered; its words are the message's. */
export const replySchema = z.object({
  kind: z.enum(['quick-reply', 'button', 'list', 'time']),
  payload: z.string().check(sized(0, 4_096)),
  /** The message that offered it. */
  originatingMessageId: z.string().check(sized(0, 512)),
});
export type Reply = z.infer<typeof replySchema>;
