import { z } from 'zod';
import { routingSchema } from '../protocol/schemas.ts';

/**
 * What a hub tells about a routing that it checked: for finding out afterwards why somebody waited
 * in a queue that no agent serves (article, edge case 3).
 */
const entrySchema = z.object({
  at: z.iso.datetime(),
  // Logged above all when it is wrong, so a routing of any shape is kept, in bounds.
  routing: z.union([routingSchema, z.record(z.string().max(256), z.json())]),
  verdict: z.string().min(1).max(256),
  problems: z
    .array(z.union([z.string().max(2_000), z.record(z.string().max(256), z.json())]))
    .max(100),
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
