import type { Deployment } from '../../protocol/deployment.ts';
import { PartylineError } from '../../protocol/errors.ts';
import type { Chat, ChatPlatform } from '../chat.ts';
import { FilesClient } from './files-client.ts';
import type { HubRpc } from './hub-rpc.ts';
import { callIfKnown } from './optional-call.ts';

/** Deadline of `clear`, in ms: longer than the hub's own for the platform. */
const clearDeadline = 15_000;

/** Makes the calls that only some platforms have. Loaded on demand. */
export class PlatformClient implements ChatPlatform {
  readonly files: FilesClient;
  readonly #rpc: HubRpc;
  /** The call that is under way: several parts of a panel ask at the same time. */
  #deployment: Promise<Deployment | null> | null = null;

  constructor(chat: Chat, rpc: HubRpc) {
    this.files = new FilesClient(chat, rpc);
    this.#rpc = rpc;
  }

  deployment(): Promise<Deployment | null> {
    this.#deployment ??= callIfKnown(
      this.#rpc,
      { type: 'platform', step: 'deployment' },
      isDeployment,
    ).finally(() => {
      this.#deployment = null;
    });
    return this.#deployment;
  }

  async clear(): Promise<void> {
    try {
      await this.#rpc.call({ type: 'platform', step: 'clear' }, clearDeadline);
    } catch (error) {
      // The reset that clearing causes can arrive before the answer, and rejects pending calls.
      if (!(error instanceof PartylineError && error.code === 'conversation-deleted')) throw error;
    }
  }
}

function isDeployment(value: unknown): value is Deployment {
  if (typeof value !== 'object' || value === null) return false;
  const given: Partial<Record<keyof Deployment, unknown>> = value;
  const { sendsTyping, showsTyping, autoStart, canClear, usesMarkdown } = given;
  const flags = [sendsTyping, showsTyping, autoStart, canClear, usesMarkdown];
  return (
    flags.every((flag) => typeof flag === 'boolean') &&
    Array.isArray(given.languages) &&
    given.languages.every((language) => typeof language === 'string')
  );
}
