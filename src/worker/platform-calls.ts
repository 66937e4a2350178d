import type { PlatformCall } from '../protocol/deployment.ts';
import { PartylineError } from '../protocol/errors.ts';
import type { GatewayEvent, GatewayProblem, SupplyHub } from '../protocol/gateway.ts';
import { requestIds } from '../protocol/genesys-cloud/request-ids.ts';
import type { CallAnswer } from '../protocol/port.ts';
import { only, z } from '../protocol/zod.ts';
import type { DeploymentSettings } from './deployment.ts';

/** From the wish to the platform's word, in ms. */
const deadline = 10_000;

const callSchema: z.ZodMiniType<PlatformCall> = z.object({
  type: only('platform'),
  step: z.enum(['deployment', 'clear']),
});

interface Clearing {
  readonly resolve: (value: null) => void;
  readonly reject: (error: PartylineError) => void;
}

/** Answers what pages ask of the platform besides its conversation. */
export class PlatformCalls {
  readonly #hub: SupplyHub;
  readonly #settings: DeploymentSettings;
  #clearing: Clearing | null = null;
  /** There is a session on the line. */
  #isOpen = false;

  constructor(hub: SupplyHub, settings: DeploymentSettings) {
    this.#hub = hub;
    this.#settings = settings;
  }

  /** `null`: it is another call. */
  answer(call: unknown): Promise<CallAnswer> | null {
    return Object(call).type === 'platform' ? this.#answer(call) : null;
  }

  async #answer(call: unknown): Promise<CallAnswer> {
    const { epoch } = this.#hub;
    const parsed = callSchema.safeParse(call);
    try {
      if (!parsed.success) throw new PartylineError('invalid-call', 'The call is misshapen.');
      const { step } = parsed.data;
      const value = step === 'clear' ? await this.#clear() : await this.#settings.get();
      return { ok: true, epoch, value };
    } catch (error) {
      const known =
        error instanceof PartylineError
          ? error
          : new PartylineError('unknown-outcome', 'It is not known whether this was done.');
      return { ok: false, epoch, problem: known.toProblem() };
    }
  }

  /** The platform forgets the conversation, and with its word for that everybody here does. */
  async #clear(): Promise<null> {
    if (!this.#isOpen || !this.#hub.send({ type: 'clear-conversation' })) {
      throw new PartylineError(
        'network',
        'The chat is not connected at the moment. Try again soon.',
      );
    }
    this.#clearing?.reject(new PartylineError('timeout', 'It was asked for once more.'));
    return new Promise((resolve, reject) => {
      const clearing = { resolve, reject };
      this.#clearing = clearing;
      setTimeout(() => {
        if (this.#clearing === clearing) this.#giveUp();
      }, deadline);
    });
  }

  /** Hears what the platform says of it; returns whether it is nobody else's business. */
  hear(event: GatewayEvent): boolean {
    if (event.type === 'session') this.#isOpen = event.isConnected;
    if (!this.#clearing) return false;
    switch (event.type) {
      case 'session-over':
        if (event.reason === 'cleared') this.#clearing.resolve(null);
        else this.#clearing.reject(over());
        this.#clearing = null;
        return false;
      case 'conversation':
        if (event.conversation.status === 'ended') this.#fail(over());
        return false;
      case 'problem':
        return this.#onProblem(event.problem);
      default:
        return false;
    }
  }

  /** One that names nothing is taken for this only if it can't well be about anything else. */
  #onProblem({ messageId, kind, code, message }: GatewayProblem): boolean {
    const isNamed = messageId === requestIds.clear;
    const isAboutPresence = messageId === null && code === '403';
    if (!isNamed && !isAboutPresence) return false;
    switch (kind) {
      case 'rate-limited':
        this.#fail(new PartylineError('rate-limited', 'Too many at once. Try again in a moment.'));
        return false;
      case 'conversation-ended':
        this.#fail(over());
        return false;
      default:
        this.#fail(
          code === '403' || code === '4000'
            ? new PartylineError('forbidden', 'Conversations can’t be cleared in this chat.')
            : new PartylineError('unavailable', `This could not be deleted now: ${message}`),
        );
        return true;
    }
  }

  #fail(error: PartylineError): void {
    this.#clearing?.reject(error);
    this.#clearing = null;
  }

  /** The line has ended: no word of it will come. */
  forget(): void {
    this.#isOpen = false;
    this.#giveUp();
  }

  #giveUp(): void {
    const words = 'There was no answer in time. It may still be done.';
    this.#fail(new PartylineError('timeout', words));
  }
}

/** What ended is out of the platform's reach, and stays here. */
function over(): PartylineError {
  const words = 'The conversation has ended, so it could not be deleted any more.';
  return new PartylineError('conversation-ended', words);
}
