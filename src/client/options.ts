import { describeIssue, PartylineError } from '../protocol/errors.ts';
import { z } from '../protocol/zod.ts';

export interface ConnectOptions {
  /**
   * Makes the site's SharedWorker. Bundlers want it written out:
   * `() => new SharedWorker(new URL('./hub.ts', import.meta.url), { type: 'module', name: 'partyline', extendedLifetime: true })`
   */
  readonly worker: () => SharedWorker;
  /**
   * Makes the same file as a dedicated Worker, for browsers without SharedWorker, or with one that does
   * not start: one tab runs it, the others reach it through that tab, and when it goes another takes
   * over. Without it the chat is `failed` there and says so.
   * `() => new Worker(new URL('./hub.ts', import.meta.url), { type: 'module', name: 'partyline' })`
   */
  readonly fallback?: () => Worker;
}

const optionsSchema = z.strictObject({
  worker: z.custom<() => SharedWorker>(
    (value) => typeof value === 'function',
    'must be a function',
  ),
  fallback: z.exactOptional(
    z.custom<() => Worker>((value) => typeof value === 'function', 'must be a function'),
  ),
});

/** @throws {PartylineError} `invalid-option`, naming the option. */
export function checkOptions(options: ConnectOptions): ConnectOptions {
  const result = optionsSchema.safeParse(options);
  if (result.success) return result.data;
  throw new PartylineError('invalid-option', `connect: ${describeIssue(result.error)}`);
}
