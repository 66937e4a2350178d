import { z } from 'zod';
import { isDeeperThan } from '../protocol/depth.ts';
import { routingSchema } from '../protocol/schemas.ts';

/** Nesting below a key of an entry; deeper values can only be an attack. */
const maximumDepth = 8;

const shallow = z
  .unknown()
  .refine(
    (value) => !isDeeperThan(value, maximumDepth),
    `must be nested at most ${maximumDepth} levels deep`,
  );

const anything = z.record(z.string().max(256), shallow);

/**
 * A hub's report about one routing that it checked, for finding out later why a visitor waited in a queue
 * without agents (guide, edge case 3). Other keys are dropped, so that no message text is stored.
 */
const entrySchema = z.object({
  at: z.iso.datetime(),
  // Invalid routings are the ones worth logging, so any shape is accepted, within bounds.
  routing: z.union([routingSchema, anything]),
  verdict: z.string().min(1).max(256),
  problems: z.array(z.union([z.string().max(2_000), anything])).max(100),
  conversationId: z.string().max(256).optional(),
  /** When the visitor joined the queue, by the gateway's clock. */
  queuedSince: z.iso.datetime().optional(),
  /** From the gateway's skill coverage report. */
  coverage: z
    .array(z.object({ skillGroup: z.string().max(256), agentsOnShift: z.number().nonnegative() }))
    .max(50)
    .optional(),
});

export interface RoutingLogEntry extends z.output<typeof entrySchema> {
  /** When the broker received it, in epoch ms of its own clock. */
  readonly receivedAt: number;
  /** The visitor whose hub sent it. */
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
