import { z } from './zod.ts';

export const conversationStatuses = ['queued', 'connected', 'ended'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

export interface Conversation {
  readonly conversationId: string;
  readonly status: ConversationStatus;
  /** Place in the queue, from 1, where the gateway tells it. */
  readonly position?: number;
  /** Epoch ms by this machine: it ends then, unless somebody writes. Told when that is near. */
  readonly expiresAt?: number;
}

export const conversationSchema = z.object({
  conversationId: z.string(),
  status: z.enum(conversationStatuses),
  position: z.exactOptional(z.number()),
  expiresAt: z.exactOptional(z.number()),
});

/** How a new conversation is put into a queue. */
export interface Routing {
  /** Canonical skill group names; the gateway tells upper from lower case (article, edge case 3). */
  readonly skillGroups: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** An integer ≥ 0. */
  readonly priority?: number;
}

/** Of all attributes together as JSON, in UTF-16 code units: a routing must fit into one frame. */
const maximumAttributes = 16_384;

export const routingSchema = z.object({
  skillGroups: z.readonly(
    z
      .array(z.string().check(z.minLength(1), z.maxLength(256)))
      .check(z.minLength(1), z.maxLength(50)),
  ),
  attributes: z.exactOptional(
    z.readonly(
      z
        .record(z.string().check(z.maxLength(256)), z.union([z.string(), z.number(), z.boolean()]))
        .check(
          z.refine(
            (attributes) => JSON.stringify(attributes).length <= maximumAttributes,
            `must have at most ${maximumAttributes} characters in all`,
          ),
        ),
    ),
  ),
  priority: z.exactOptional(z.int().check(z.nonnegative())),
});
