import { enum as _enum, literal, object, type ZodMiniType } from 'zod/mini';
import type { PlatformCall } from '../../protocol/deployment.ts';
import { PartylineError } from '../../protocol/errors.ts';
import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';
import type { CallAnswer } from '../../protocol/port.ts';
import type { OpenRequests } from '../host/open-requests.ts';
import type { DeploymentSettings } from './deployment.ts';

/** From the wish to the platform's word, in ms. */
const deadline = 10_000;

const callSchema: ZodMiniType<PlatformCall> = object({
  type: literal('platform'),
  step: _enum(['deployment', 'clear']),
});

/** Words of a refusal that can be about nothing else. */
const clearWords = /conversation clear/i;

interface Clearing {
  readonly resolve: (value: null) => void;
  readonly reject: (error: PartylineError) => void;
}

/** Answers what pages ask of the platform besides its conversation. */
export class PlatformCalls {
  readonly #hub: ExtensionHost;
  readonly #settings: DeploymentSettings;
  readonly #requests: Pick<OpenRequests, 'isAlone'>;
  #clearing: Clearing | null = null;
  /** There is a session on the line. */
  #isOpen = false;

  /** @param requests who else an error without a name may be about */
  constructor(
    hub: ExtensionHost,
    settings: DeploymentSettings,
    requests: Pick<OpenRequests, 'isAlone'>,
  ) {
    this.#requests = requests;
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
      if (error instanceof PartylineError) return { ok: false, epoch, problem: error.toProblem() };
      this.#hub.logError('the platform could not be asked', error);
      const unknown = new PartylineError(
        'unknown-outcome',
        'It is not known whether this was done.',
      );
      return { ok: false, epoch, problem: unknown.toProblem() };
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

  /** Hears what the platform says of it. A problem that is about this is returned with its name. */
  hear(event: GatewayEvent): GatewayEvent {
    if (event.type === 'session') this.#isOpen = event.isConnected;
    if (!this.#clearing) return event;
    switch (event.type) {
      case 'session-over':
        if (event.reason === 'cleared') this.#clearing.resolve(null);
        else this.#clearing.reject(over());
        this.#clearing = null;
        return event;
      case 'conversation':
        if (event.conversation.status === 'ended') this.#fail(over());
        return event;
      case 'problem':
        return this.#onProblem(event);
      default:
        return event;
    }
  }

  #onProblem(event: Extract<GatewayEvent, { type: 'problem' }>): GatewayEvent {
    const { problem } = event;
    if (!this.#isMeant(problem)) return event;
    this.#fail(errorOf(problem));
    return { ...event, problem: { ...problem, messageId: requestIds.clear } };
  }

  /** One that names nothing is taken for this only if it can't be about anything else. */
  #isMeant(problem: GatewayProblem): boolean {
    if (problem.messageId !== null) return problem.messageId === requestIds.clear;
    if (clearWords.test(problem.message)) return true;
    return fitsClearing(problem) && this.#requests.isAlone(requestIds.clear);
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

/** It has no text, no attributes and no file that could be found fault with. */
function fitsClearing({ kind }: GatewayProblem): boolean {
  switch (kind) {
    case 'invalid-frame':
    case 'forbidden':
    case 'unavailable':
    case 'rate-limited':
    case 'conversation-ended':
    case 'conversation-not-found':
    case 'other':
      return true;
    case 'message-too-long':
    case 'rejected':
    case 'attachment':
      return false;
  }
}

/** In words that a customer understands; the platform's own are logged by whoever hears it next. */
function errorOf({ kind, code }: GatewayProblem): PartylineError {
  if (kind === 'rate-limited') {
    return new PartylineError('rate-limited', 'Too many at once. Try again in a moment.');
  }
  if (kind === 'conversation-ended') return over();
  if (code === '403' || code === '4000') {
    return new PartylineError('forbidden', 'Conversations can’t be deleted in this chat.');
  }
  const words = 'The conversation could not be deleted at the moment. Try again later.';
  return new PartylineError('unavailable', words);
}
