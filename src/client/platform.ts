import type { Deployment } from '../protocol/deployment.ts';
import { PartylineError } from '../protocol/errors.ts';
import type { Chat, ChatPlatform } from './chat.ts';
import { Files } from './files.ts';
import type { HubRpc } from './hub-rpc.ts';

/** Longer than the hub waits for the platform, in ms. */
const clearDeadline = 15_000;

/** Fetched when it is first wanted, or with the panel: most pages need none of it. */
export class Platform implements ChatPlatform {
  readonly files: Files;
  readonly #caller: HubRpc;

  constructor(chat: Chat, caller: HubRpc) {
    this.files = new Files(chat, caller);
    this.#caller = caller;
  }

  async deployment(): Promise<Deployment | null> {
    try {
      const { value } = await this.#caller.call({ type: 'platform', step: 'deployment' });
      if (value === null || isDeployment(value)) return value;
      throw new PartylineError('unknown-outcome', 'The hub’s answer could not be read.');
    } catch (error) {
      // A gateway without such settings knows no such call.
      if (error instanceof PartylineError && error.code === 'invalid-call') return null;
      throw error;
    }
  }

  async clear(): Promise<void> {
    try {
      await this.#caller.call({ type: 'platform', step: 'clear' }, clearDeadline);
    } catch (error) {
      // That everything is gone may be heard before the answer that says so, and voids what waits.
      if (!(error instanceof PartylineError && error.code === 'signed-out')) throw error;
    }
  }
}

function isDeployment(value: unknown): value is Deployment {
  if (typeof value !== 'object' || value === null) return false;
  const told: Partial<Record<keyof Deployment, unknown>> = value;
  const flags = [told.tellsTyping, told.showsTyping, told.startsByItself, told.canClear];
  return (
    flags.every((flag) => typeof flag === 'boolean') &&
    Array.isArray(told.languages) &&
    told.languages.every((language) => typeof language === 'string')
  );
}
