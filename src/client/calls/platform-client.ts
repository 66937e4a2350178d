import type { Deployment } from '../../protocol/deployment.ts';
import { bootOf } from '../../protocol/epoch.ts';
import { PartylineError } from '../../protocol/errors.ts';
import type { JourneyContext } from '../../protocol/gateway/commands.ts';
import type { Chat, ChatPlatform } from '../chat.ts';
import { type Identity, isOtherIdentity } from '../session/identity.ts';
import { FilesClient } from './files-client.ts';
import type { HubRpc } from './hub-rpc.ts';
import { callIfKnown } from './optional-call.ts';

/** Deadline of `clear`, in ms: longer than the hub's own for the platform. */
const clearDeadline = 15_000;

/** Makes the calls that only some platforms have. Loaded on demand. */
export class PlatformClient implements ChatPlatform {
  readonly files: FilesClient;
  readonly #chat: Chat;
  readonly #rpc: HubRpc;
  /** The call that is under way: several parts of a panel ask at the same time. */
  #deployment: Promise<Deployment | null> | null = null;
  /** What was last set, and the hub that has it. */
  #journey: { context: JourneyContext | null; identity: Identity | null; boot: string } | null =
    null;
  #isWatching = false;

  constructor(chat: Chat, rpc: HubRpc) {
    this.files = new FilesClient(chat, rpc);
    this.#chat = chat;
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

  async signIn(): Promise<void> {
    await this.#rpc.call({ type: 'identify' });
  }

  async setJourneyContext(given: JourneyContext | null): Promise<void> {
    const context = copyOf(given);
    const { identity } = this.#rpc;
    const { epoch } = await this.#rpc.call({ type: 'platform', step: 'journey', context });
    this.#journey = { context, identity, boot: bootOf(epoch) };
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#chat.subscribe(() => this.#repeatJourney());
  }

  /** A hub has it in memory only: the next one gets it again, for the same visitor. */
  #repeatJourney(): void {
    const journey = this.#journey;
    if (!journey) return;
    const { identity } = this.#rpc;
    if (isOtherIdentity(journey.identity, identity)) {
      this.#journey = null;
      return;
    }
    const boot = bootOf(this.#chat.getSnapshot().hub.epoch);
    const isKnown = identity !== null && identity.visitor !== null;
    this.#journey = { ...journey, boot, identity: isKnown ? identity : journey.identity };
    if (boot === journey.boot) return;
    const { context } = journey;
    this.#rpc.call({ type: 'platform', step: 'journey', context }).catch((error: unknown) => {
      // The page was closed, or its visitor has changed: the context is not needed any more.
      const code = error instanceof PartylineError ? error.code : null;
      if (code === 'closed' || code === 'signed-out') return;
      console.warn('[partyline] The next hub did not take the journey context:', error);
    });
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

/** @throws {PartylineError} `invalid-call`: it could not be sent to the hub */
function copyOf(context: JourneyContext | null): JourneyContext | null {
  try {
    return structuredClone(context);
  } catch (cause) {
    throw new PartylineError('invalid-call', 'journeyContext: must be JSON', { cause });
  }
}

function isDeployment(value: unknown): value is Deployment {
  if (typeof value !== 'object' || value === null) return false;
  const given: Partial<Record<keyof Deployment, unknown>> = value;
  const { sendsTyping, showsTyping, autoStart, canClear, usesMarkdown, allowsUpgrade } = given;
  const flags = [sendsTyping, showsTyping, autoStart, canClear, usesMarkdown, allowsUpgrade];
  return (
    flags.every((flag) => typeof flag === 'boolean') &&
    Array.isArray(given.languages) &&
    given.languages.every((language) => typeof language === 'string')
  );
}
