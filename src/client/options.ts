import { PartylineError } from '../protocol/errors.ts';

export interface ConnectOptions {
  /**
   * Creates the site's SharedWorker. Bundlers recognize only this expression, written out:
   * `() => new SharedWorker(new URL('./hub.ts', import.meta.url), { type: 'module', name: 'partyline', extendedLifetime: true })`
   */
  readonly worker: () => SharedWorker;
  /**
   * Creates a dedicated Worker from the same file, for browsers in which there is no SharedWorker or it
   * does not start. One tab runs the worker for all tabs; when that tab goes, another takes over.
   * Without `fallback`, the connection's phase is `failed` in these browsers.
   * `() => new Worker(new URL('./hub.ts', import.meta.url), { type: 'module', name: 'partyline' })`
   */
  readonly fallback?: () => Worker;
}

/** @throws {PartylineError} `invalid-option`: the message names the option. */
export function checkOptions(options: ConnectOptions): ConnectOptions {
  const given: object = Object(options);
  for (const name of ['worker', ...Object.keys(given)]) {
    if (name !== 'worker' && name !== 'fallback') throw invalidOption(`unknown option ${name}.`);
    const value: unknown = Reflect.get(given, name);
    if (typeof value !== 'function') throw invalidOption(`${name} must be a function.`);
  }
  return { ...options };
}

function invalidOption(detail: string): PartylineError {
  return new PartylineError('invalid-option', `connect: ${detail}`);
}
