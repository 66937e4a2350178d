import type { ClientFrame } from '../webchat/frames.ts';
import type { GatewayStats, ViolationKind } from './stats.ts';

/** The sender of a frame. */
export interface Actor {
  readonly connection: number;
  readonly subject: string | null;
}

interface Sending {
  /** Number of this visitor's REST requests for messages when the id was last received. */
  readonly asked: number;
}

const rememberedSendings = 2_000;

/**
 * Checks that clients follow the protocol, in frames as they sent them: faults apply later, so that a
 * duplicated or held frame is not attributed to the client.
 */
export class ProtocolChecker {
  readonly #stats: GatewayStats;
  readonly #clock: () => number;
  readonly #minimumPing: number;
  readonly #asked = new Map<string, number>();
  readonly #sendings = new Map<string, Sending>();
  readonly #inFlight = new Map<number, { readonly messageId: string; readonly asked: number }>();
  readonly #lastPing = new Map<number, number>();

  constructor(stats: GatewayStats, clock: () => number, minimumPing: number) {
    this.#stats = stats;
    this.#clock = clock;
    this.#minimumPing = minimumPing;
  }

  violation(actor: Actor, violation: ViolationKind, detail: string): void {
    this.#stats.record({ kind: 'violation', ...actor, violation, detail });
  }

  /** Checks a frame of an authenticated connection. */
  arrived(actor: Actor & { readonly subject: string }, frame: ClientFrame): void {
    switch (frame.type) {
      case 'ping':
        this.#ping(actor);
        break;
      case 'message':
        this.#message(actor, frame.messageId);
        break;
      default:
        break;
    }
  }

  /** Counts a REST request for messages. */
  onRestRequest(subject: string): void {
    this.#asked.set(subject, this.#askedBy(subject) + 1);
  }

  /** An echo, or an error about the message, was sent. */
  answered(connection: number, messageId: string): void {
    if (this.#inFlight.get(connection)?.messageId === messageId) this.#inFlight.delete(connection);
  }

  closed(connection: number): void {
    this.#inFlight.delete(connection);
    this.#lastPing.delete(connection);
  }

  #ping(actor: Actor): void {
    const now = this.#clock();
    const last = this.#lastPing.get(actor.connection);
    this.#lastPing.set(actor.connection, now);
    if (last !== undefined && now - last < this.#minimumPing) {
      this.violation(actor, 'ping-too-often', `${now - last} ms after the last ping`);
    }
  }

  #message(actor: Actor & { readonly subject: string }, messageId: string): void {
    const asked = this.#askedBy(actor.subject);
    const inFlight = this.#inFlight.get(actor.connection);
    // A REST request in between has shown the outcome of the message.
    if (inFlight && inFlight.messageId !== messageId && inFlight.asked === asked) {
      this.violation(actor, 'two-in-flight', `${messageId} while ${inFlight.messageId} is out`);
    }
    this.#inFlight.set(actor.connection, { messageId, asked });
    const key = `${actor.subject} ${messageId}`;
    if (this.#sendings.get(key)?.asked === asked) {
      this.violation(actor, 'resend-without-asking', messageId);
    }
    this.#sendings.delete(key);
    this.#sendings.set(key, { asked });
    if (this.#sendings.size > rememberedSendings) {
      for (const oldest of this.#sendings.keys()) {
        this.#sendings.delete(oldest);
        break;
      }
    }
  }

  #askedBy(subject: string): number {
    return this.#asked.get(subject) ?? 0;
  }
}
