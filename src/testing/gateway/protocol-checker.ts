import type { ClientFrame } from '../webchat/frames.ts';
import type { GatewayStats, ViolationKind } from './stats.ts';

/** Who sent a frame. */
export interface Actor {
  readonly connection: number;
  readonly subject: string | null;
}

interface Sending {
  /** How often this visitor had asked REST for messages when the id last came. */
  readonly asked: number;
}

const rememberedSendings = 2_000;

/**
 * Watches whether clients keep to the protocol, in what they really sent: before the faults, which
 * would lay a doubled or held frame at the client's door.
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

  /** A frame of an authenticated connection has come. */
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

  /** The visitor has asked REST for messages. */
  askedRest(subject: string): void {
    this.#asked.set(subject, this.#askedBy(subject) + 1);
  }

  /** An echo, or an error that names the message, has gone out. */
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
    // Whoever has asked REST in between knows what became of the message before.
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
