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

export const routingSchema = z.object({
  skillGroups: z.readonly(
    z
      .array(z.string().check(z.minLength(1), z.maxLength(256)))
      .check(z.minLength(1), z.maxLength(50)),
  ),
  attributes: z.exactOptional(
    z.readonly(
      z.record(z.string().check(z.maxLength(256)), z.union([z.string(), z.number(), z.boolean()])),
    ),
  ),
  priority: z.exactOptional(z.int().check(z.nonnegative())),
});
