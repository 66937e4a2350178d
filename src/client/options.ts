import { PartylineError } from '../protocol/errors.ts';

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

/** @throws {PartylineError} `invalid-option`, naming the option. */
export function checkOptions(options: ConnectOptions): ConnectOptions {
  const given: object = Object(options);
  for (const name of ['worker', ...Object.keys(given)]) {
    if (name !== 'worker' && name !== 'fallback') throw wrongOption(`unknown: ${name}`);
    const value: unknown = Reflect.get(given, name);
    if (typeof value !== 'function') throw wrongOption(`${name}: must be a function`);
  }
  return { ...options };
}

function wrongOption(words: string): PartylineError {
  return new PartylineError('invalid-option', `connect: ${words}`);
}
