import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { RestTokenSource } from '../../protocol/gateway/tokens.ts';
import { fitsReading } from '../../protocol/genesys-cloud/errors.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';

/** Timeout of a token request on the socket, in ms. */
const deadline = 10_000;

/** How long a token is used, in ms. It lives for a minute, and the call needs the rest. */
const lifetime = 50_000;

/** Monotonic time, in ms. A parameter, so that the simulation can replace it. */
export interface HistoryTokenClock {
  now(): number;
  /** Returns a function that cancels the work. */
  after(delay: number, work: () => void): () => void;
}

const ownClock: HistoryTokenClock = {
  now: () => performance.now(),
  after: (delay, work) => {
    const timer = setTimeout(work, delay);
    return () => clearTimeout(timer);
  },
};

/**
 * Tokens for REST, which the gateway sends on the socket (`rest-token`), in memory only. Their lifetime is
 * counted from the request by our own clock, since the gateway's may differ.
 */
export class HistoryTokens implements RestTokenSource {
  readonly #ask: () => boolean;
  readonly #clock: HistoryTokenClock;
  /** Whether the connection has an open session. */
  #isOpen = false;
  #token: { readonly text: string; readonly goodUntil: number } | null = null;
  #pending: Promise<string | null> | null = null;
  #settle: ((token: string | null) => void) | null = null;

  /** @param ask requests a token; returns `false` without a connection */
  constructor(ask: () => boolean, clock = ownClock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** `null` without a connection or a response. Never rejects. */
  readonly get = async (isRefused: boolean): Promise<string | null> => {
    if (isRefused) this.#token = null;
    if (this.#token && this.#clock.now() < this.#token.goodUntil) return this.#token.text;
    if (this.#pending) return this.#pending;
    if (!this.#isOpen || !this.#ask()) return null;
    const asked = this.#clock.now();
    const promise = new Promise<string | null>((resolve) => {
      const cancel = this.#clock.after(deadline, () => this.#settle?.(null));
      this.#settle = (text) => {
        cancel();
        this.#settle = null;
        this.#pending = null;
        this.#token = text === null ? null : { text, goodUntil: asked + lifetime };
        resolve(text);
      };
    });
    this.#pending = promise;
    return promise;
  };

  onSessionOpen(): void {
    this.#isOpen = true;
  }

  /**
   * Returns a problem with our id if it is about the token request, so that nothing waits for the timeout
   * and no message fails. A problem without an id may also be about a message in flight. To attribute it to
   * the token request costs least: the history is requested again, and if it was about a message, the echo
   * is overdue, the message is sent again, and the second refusal can only be about the message.
   */
  onEvent(event: GatewayEvent): GatewayEvent {
    if (event.type !== 'problem' || this.#settle === null) return event;
    const { problem } = event;
    const isNamed = problem.messageId === requestIds.jwt;
    // After a rate limit everything waits, and another request for the history would come too soon.
    const isMeant =
      problem.messageId === null && problem.kind !== 'rate-limited' && fitsReading(problem);
    if (!isNamed && !isMeant) return event;
    this.#settle(null);
    return { ...event, problem: { ...problem, messageId: requestIds.jwt } };
  }

  onToken({ token }: Extract<GatewayEvent, { type: 'rest-token' }>): void {
    this.#settle?.(token);
  }

  /** The connection has closed: the next one may have another session. */
  onConnectionClosed(): void {
    this.#isOpen = false;
    this.#token = null;
    this.#settle?.(null);
  }
}
