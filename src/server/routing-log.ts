import { z } from 'zod';
import { isDeeperThan } from '../protocol/depth.ts';
import { routingSchema } from '../protocol/schemas.ts';

/** Levels below a key of an entry; whatever is deeper was made to do harm. */
const maximumDepth = 8;

const shallow = z
  .unknown()
  .refine(
    (value) => !isDeeperThan(value, maximumDepth),
    `must not have more than ${maximumDepth} levels`,
  );

const anything = z.record(z.string().max(256), shallow);

/**
 * What a hub tells about a routing that it checked: for finding out afterwards why somebody waited
 * in a queue that no agent serves (guide, edge case 3). Other keys than these are not kept, so that
 * no text of a conversation is.
 */
const entrySchema = z.object({
  at: z.iso.datetime(),
  // Logged above all when it is wrong, so a routing of any shape is kept, in bounds.
  routing: z.union([routingSchema, anything]),
  verdict: z.string().min(1).max(256),
  problems: z.array(z.union([z.string().max(2_000), anything])).max(100),
  conversationId: z.string().max(256).optional(),
  /** When the gateway put the visitor into the queue. */
  queuedSince: z.iso.datetime().optional(),
  /** What the skill coverage report told. */
  coverage: z
    .array(z.object({ skillGroup: z.string().max(256), agentsOnShift: z.number().nonnegative() }))
    .max(50)
    .optional(),
});

export interface RoutingLogEntry extends z.output<typeof entrySchema> {
  /** When the broker got it, epoch milliseconds by its own clock. */
  readonly receivedAt: number;
  /** Who sent it. */
  readonly subject: string;
}

export function parseRoutingLogEntry(value: unknown) {
  return entrySchema.safeParse(value);
}

export interface RoutingLog {
  add(entry: RoutingLogEntry): void;
  /** Oldest first. */
  entries(): readonly RoutingLogEntry[];
}

export function createRoutingLog(limit: number): RoutingLog {
  const kept: RoutingLogEntry[] = [];
  return {
    add(entry) {
      kept.push(entry);
      if (kept.length > limit) kept.shift();
    },
    entries: () => [...kept],
  };
}
