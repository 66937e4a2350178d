import {
  enum as _enum,
  discriminatedUnion,
  literal,
  nullable,
  object,
  type ZodMiniType,
} from 'zod/mini';
import type { PlatformCall } from '../../protocol/deployment.ts';
import { describeIssue, PartylineError } from '../../protocol/errors.ts';
import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import { journeyContextSchema } from '../../protocol/genesys-cloud/journey-context.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';
import type { CallAnswer } from '../../protocol/port.ts';
import type { DeploymentSettings } from './deployment.ts';
import type { Journey } from './journey.ts';
import type { OpenRequests } from './open-requests.ts';
import { signedOut } from './signed-out.ts';

/** Timeout of a deletion, in ms. */
const deadline = 10_000;

const type = literal('platform');
const callSchema: ZodMiniType<PlatformCall> = discriminatedUnion('step', [
  object({ type, step: _enum(['deployment', 'clear']) }),
  object({ type, step: literal('journey'), context: nullable(journeyContextSchema) }),
]);

/** Text of an error that can only be about a deletion or an end: the platform has one request for both. */
const clearWords = /conversation clear/i;

interface PendingDeletion {
  readonly resolve: (value: null) => void;
  readonly reject: (error: PartylineError) => void;
}

/**
 * What an event says about a deletion: that it is done, that it will not be, or nothing. The platform may
 * report that the conversation has ended before it reports that it was cleared, so an end is no refusal.
 */
function outcomeOf(event: GatewayEvent): 'done' | PartylineError | null {
  if (event.type !== 'session-over') return null;
  return event.reason === 'cleared' ? 'done' : conversationEnded();
}

/** Answers the pages' calls to the platform: deployment settings and deletion. */
export class PlatformCalls {
  readonly #hub: ExtensionHost;
  readonly #settings: DeploymentSettings;
  readonly #requests: Pick<OpenRequests, 'isOnlyPending' | 'isPending'>;
  readonly #journey: Pick<Journey, 'set'>;
  #deletion: PendingDeletion | null = null;
  /** The conversation has ended since the deletion was requested. */
  #hasEnded = false;
  /** Whether the connection has an open session. */
  #isOpen = false;

  /** @param requests the other requests that an error without an id may be about */
  constructor(
    hub: ExtensionHost,
    settings: DeploymentSettings,
    requests: Pick<OpenRequests, 'isOnlyPending' | 'isPending'>,
    journey: Pick<Journey, 'set'>,
  ) {
    this.#journey = journey;
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
      return { ok: true, epoch, value: await this.#perform(parsed.data) };
    } catch (error) {
      if (error instanceof PartylineError) return { ok: false, epoch, problem: error.toProblem() };
      this.#hub.logError('Platform call failed', error);
      const unknown = new PartylineError('unknown-outcome', 'The outcome of the call is unknown.');
      return { ok: false, epoch, problem: unknown.toProblem() };
    }
  }

  async #perform(call: PlatformCall): Promise<unknown> {
    switch (call.step) {
      case 'deployment':
        return this.#settings.get();
      case 'clear':
        return this.#clear();
      case 'journey':
        this.#journey.set(call.context);
        return null;
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
      this.#hasEnded = false;
      setTimeout(() => {
        if (this.#deletion === deletion) this.#giveUp();
      }, deadline);
    });
  }

  /** Completes a deletion. Returns a problem that is about it, or about an end, with its id. */
  onEvent(event: GatewayEvent): GatewayEvent {
    if (event.type === 'session') this.#isOpen = event.isConnected;
    if (event.type === 'conversation' && event.conversation.status === 'ended')
      this.#hasEnded = true;
    const outcome = outcomeOf(event);
    if (outcome === 'done') this.#succeed();
    else if (outcome) this.#fail(outcome);
    return event.type === 'problem' ? this.#onProblem(event) : event;
  }

  #onProblem(event: Extract<GatewayEvent, { type: 'problem' }>): GatewayEvent {
    const { problem } = event;
    const id = this.#requestOf(problem);
    if (id === null) return event;
    if (id === requestIds.clear) this.#fail(errorOf(problem));
    return { ...event, problem: { ...problem, messageId: id } };
  }

  /** A problem without an id is about a deletion or an end only if it can't be about anything else. */
  #requestOf(problem: GatewayProblem): string | null {
    const ids = [
      ...(this.#deletion ? [requestIds.clear] : []),
      ...(this.#requests.isPending(requestIds.end) ? [requestIds.end] : []),
    ];
    const isMeant = (id: string) => {
      if (problem.messageId !== null) return problem.messageId === id;
      if (clearWords.test(problem.message)) return true;
      return fitsClearing(problem) && this.#requests.isOnlyPending(id);
    };
    return ids.find(isMeant) ?? null;
  }

  #succeed(): void {
    this.#deletion?.resolve(null);
    this.#deletion = null;
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
    // Now it is certain that the end was not the first half of the deletion.
    if (this.#hasEnded) {
      this.#fail(conversationEnded());
      return;
    }
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
