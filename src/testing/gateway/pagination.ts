import { z } from 'zod';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const edge = z.union([
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform((digits) => ({ sequence: Number(digits) })),
  instant.transform((at) => ({ instant: at })),
]);

/** The query of `GET …/messages`. `limit` is 50 by default and at most. */
export const historyQuerySchema = z.object({
  conversationId: z.string().min(1).max(512),
  since: instant.optional(),
  before: edge.optional(),
  cursor: z.string().min(1).max(2_000).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(50))
    .default(50),
});

const cursorSchema = z.tuple([z.string(), z.number(), z.int().nonnegative()]);

/** Encodes the last message of a page and the query it belongs to. */
export function encodeCursor(conversationId: string, since: number, sequence: number): string {
  return Buffer.from(JSON.stringify([conversationId, since, sequence])).toString('base64url');
}

/** The sequence after which the next page starts, or `null` if the cursor belongs to another query. */
export function readCursor(cursor: string, conversationId: string, since: number): number | null {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const parsed = cursorSchema.safeParse(json);
  if (!parsed.success) return null;
  const [ofConversation, ofSince, sequence] = parsed.data;
  return ofConversation === conversationId && ofSince === since ? sequence : null;
}
