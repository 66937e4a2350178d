import { enum as _enum, literal, object, type ZodMiniType } from 'zod/mini';
import type { PlatformCall } from '../../protocol/deployment.ts';
import { describeIssue, PartylineError } from '../../protocol/errors.ts';
import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';
import type { CallAnswer } from '../../protocol/port.ts';
import type { DeploymentSettings } from './deployment.ts';
import type { OpenRequests } from './open-requests.ts';
import { signedOut } from './signed-out.ts';

/** Timeout of a deletion, in ms. */
const deadline = 10_000;

const callSchema: ZodMiniType<PlatformCall> = object({
  type: literal('platform'),
  step: _enum(['deployment', 'clear']),
});

/** Text of an error that can only be about the deletion. */
const clearWords = /conversation clear/i;

interface PendingDeletion {
  readonly resolve: (value: null) => void;
  readonly reject: (error: PartylineError) => void;
}

/** Answers the pages' calls to the platform: deployment settings and deletion. */
export class PlatformCalls {
  readonly #hub: ExtensionHost;
  readonly #settings: DeploymentSettings;
  readonly #requests: Pick<OpenRequests, 'isOnlyPending'>;
  #deletion: PendingDeletion | null = null;
  /** Whether the connection has an open session. */
  #isOpen = false;

  /** @param requests the other requests that an error without an id may be about */
  constructor(
    hub: ExtensionHost,
    settings: DeploymentSettings,
    requests: Pick<OpenRequests, 'isOnlyPending'>,
  ) {
    this.#requests = requests;
    this.#hub = hub;
    this.#settings = settings;
  }

  /** `null`: not a call to the platform. */
  answer(call: unknown): Promise<CallAnswer> | null {
    return Object(call).type === 'platform' ? this.#answer(call) : null;
  }

  async #answer(call: unknown): Promise<CallAnswer> {
    const { epoch } = this.#hub;
    const parsed = callSchema.safeParse(call);
    try {
      if (!parsed.success) {
        throw new PartylineError('invalid-call', `Invalid call: ${describeIssue(parsed.error)}`);
      }
      const { step } = parsed.data;
      const value = step === 'clear' ? await this.#clear() : await this.#settings.get();
      return { ok: true, epoch, value };
    } catch (error) {
      if (error instanceof PartylineError) return { ok: false, epoch, problem: error.toProblem() };
      this.#hub.logError('Platform call failed', error);
      const unknown = new PartylineError('unknown-outcome', 'The outcome of the call is unknown.');
      return { ok: false, epoch, problem: unknown.toProblem() };
    }
  }

  /** Deletes the conversation on the platform, whose confirmation deletes it here. */
  async #clear(): Promise<null> {
    if (!this.#isOpen || !this.#hub.send({ type: 'clear-conversation' })) {
      throw new PartylineError(
        'network',
        'The chat is not connected at the moment. Try again soon.',
      );
    }
    this.#deletion?.reject(new PartylineError('timeout', 'A newer call has replaced this one.'));
    return new Promise((resolve, reject) => {
      const deletion = { resolve, reject };
      this.#deletion = deletion;
      setTimeout(() => {
        if (this.#deletion === deletion) this.#giveUp();
      }, deadline);
    });
  }

  /** Completes a deletion. Returns a problem that is about it with its id. */
  onEvent(event: GatewayEvent): GatewayEvent {
    if (event.type === 'session') this.#isOpen = event.isConnected;
    if (!this.#deletion) return event;
    switch (event.type) {
      case 'session-over':
        if (event.reason === 'cleared') this.#deletion.resolve(null);
        else this.#deletion.reject(conversationEnded());
        this.#deletion = null;
        return event;
      case 'conversation':
        if (event.conversation.status === 'ended') this.#fail(conversationEnded());
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

  /** A problem without an id is about the deletion only if it can't be about anything else. */
  #isMeant(problem: GatewayProblem): boolean {
    if (problem.messageId !== null) return problem.messageId === requestIds.clear;
    if (clearWords.test(problem.message)) return true;
    return fitsClearing(problem) && this.#requests.isOnlyPending(requestIds.clear);
  }

  #fail(error: PartylineError): void {
    this.#deletion?.reject(error);
    this.#deletion = null;
  }

  /** The connection has closed: there will be no response. */
  onConnectionClosed(): void {
    this.#isOpen = false;
    this.#giveUp();
  }

  onVisitorChange(): void {
    this.#isOpen = false;
    this.#fail(signedOut());
  }

  #giveUp(): void {
    const words = 'No response in time; the conversation may still be deleted.';
    this.#fail(new PartylineError('timeout', words));
  }
}

/** The platform can't delete an ended conversation, so it stays here. */
function conversationEnded(): PartylineError {
  const words = 'The conversation has ended and can no longer be deleted.';
  return new PartylineError('conversation-ended', words);
}

/** A deletion has no text, attributes or file that the platform could reject. */
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

/** A text for visitors; the platform's own text is logged elsewhere. */
function errorOf({ kind, code }: GatewayProblem): PartylineError {
  if (kind === 'rate-limited') {
    return new PartylineError('rate-limited', 'Too many at once. Try again in a moment.');
  }
  if (kind === 'conversation-ended') return conversationEnded();
  if (code === '403' || code === '4000') {
    return new PartylineError('forbidden', 'Conversations can’t be deleted in this chat.');
  }
  const words = 'The conversation could not be deleted at the moment. Try again later.';
  return new PartylineError('unavailable', words);
}
