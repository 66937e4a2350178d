import { PartylineError } from '../protocol/errors.ts';
import { hubNamePattern, hubNameRule } from '../protocol/hub-name.ts';

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
  /**
   * Which of several hubs this page uses, for origins with more than one chat, such as one deployment
   * for each language: the `name` of that hub's `startHub`. Give its worker a name or file of its own, too. At most
   * 64 letters, digits, hyphens or underscores. @default the one hub without a name
   */
  readonly name?: string;
}

export interface CheckedConnectOptions extends ConnectOptions {
  readonly name: string;
}

/** @throws {PartylineError} `invalid-option`: the message names the option. */
export function checkOptions(options: ConnectOptions): CheckedConnectOptions {
  const given: object = Object(options);
  for (const name of ['worker', ...Object.keys(given)]) {
    const value: unknown = Reflect.get(given, name);
    if (name === 'name') {
      if (typeof value !== 'string' || !hubNamePattern.test(value))
        throw invalidOption(`name ${hubNameRule}.`);
      continue;
    }
    if (name !== 'worker' && name !== 'fallback') throw invalidOption(`unknown option ${name}.`);
    if (typeof value !== 'function') throw invalidOption(`${name} must be a function.`);
  }
  return { name: '', ...options };
}

function invalidOption(detail: string): PartylineError {
  return new PartylineError('invalid-option', `connect: ${detail}`);
}
