import { z } from './zod.ts';

/**
 * Without SharedWorker the hub runs in a dedicated Worker of one tab, and no port can be handed to the
 * others. There each tab knocks on a channel that all know; the talk itself is on channels of its own,
 * which nobody else listens to.
 */

/** Where a hub without SharedWorker is found. */
export const hubChannel = 'partyline-hub';

/** For the calls of one connection. */
export function callChannel(connectionId: string): string {
  return `partyline-calls-${connectionId}`;
}

/** For the stream of one tab. */
export function streamChannel(tabId: string): string {
  return `partyline-stream-${tabId}`;
}

/** A tab asks for a connection. */
export const knockSchema = z.object({
  type: z.literal('partyline-knock'),
  connectionId: z.string().check(z.minLength(1), z.maxLength(128)),
});
export type Knock = z.infer<typeof knockSchema>;

/** A hub is there from now on: who knocked before it was heard by nobody. */
export const hereSchema = z.object({ type: z.literal('partyline-here') });
export type Here = z.infer<typeof hereSchema>;
