import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { RestTokenSource } from '../../protocol/gateway/tokens.ts';
import { fitsReading } from '../../protocol/genesys-cloud/errors.ts';
import { requestIds } from '../../protocol/genesys-cloud/request-ids.ts';

/** From asking for a token on the socket to its coming, in ms. */
const deadline = 10_000;

/** They live for a minute; what is left of it must suffice for the call, in ms. */
const life = 50_000;

/** Monotonic, in ms. Passed in, so that the simulation can bring its own. */
export interface HistoryTokenClock {
  now(): number;
  /** Returns what calls it off. */
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
 * Tokens for REST that the gateway gives on the socket (`rest-token`), in memory only. Their life is
 * counted from the request by our own clock, since the gateway's may differ.
 */
export class HistoryTokens implements RestTokenSource {
  readonly #ask: () => boolean;
  readonly #clock: HistoryTokenClock;
  /** There is a session on the line whose history it would be. */
  #isOpen = false;
  #token: { readonly text: string; readonly goodUntil: number } | null = null;
  #waiting: Promise<string | null> | null = null;
  #settle: ((token: string | null) => void) | null = null;

  /** @param ask returns whether there is a line to ask on */
  constructor(ask: () => boolean, clock = ownClock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** `null` when there is no line, or no answer on it. Never rejects. */
  readonly get = async (isRefused: boolean): Promise<string | null> => {
    if (isRefused) this.#token = null;
    if (this.#token && this.#clock.now() < this.#token.goodUntil) return this.#token.text;
    if (this.#waiting) return this.#waiting;
    if (!this.#isOpen || !this.#ask()) return null;
    const asked = this.#clock.now();
    const promise = new Promise<string | null>((resolve) => {
      const cancel = this.#clock.after(deadline, () => this.#settle?.(null));
      this.#settle = (text) => {
        cancel();
        this.#settle = null;
        this.#waiting = null;
        this.#token = text === null ? null : { text, goodUntil: asked + life };
        resolve(text);
      };
    });
    this.#waiting = promise;
    return promise;
  };

  /** The session on the line is open. */
  opened(): void {
    this.#isOpen = true;
  }

  /**
   * A problem that is about this is returned with its name: whoever waits need not wait for the deadline,
   * and no message pays. One without a name that nobody else has taken may as well be about a message on
   * its way. To charge it here costs least: the history is asked again, and if a message was meant, its
   * echo is overdue, it goes out once more, and the second refusal finds nothing but it.
   */
  hear(event: GatewayEvent): GatewayEvent {
    if (event.type !== 'problem' || this.#settle === null) return event;
    const { problem } = event;
    const isNamed = problem.messageId === requestIds.jwt;
    // Everybody waits for the rate, and another look into the history would come too soon.
    const isMeant =
      problem.messageId === null && problem.kind !== 'rate-limited' && fitsReading(problem);
    if (!isNamed && !isMeant) return event;
    this.#settle(null);
    return { ...event, problem: { ...problem, messageId: requestIds.jwt } };
  }

  take({ token }: Extract<GatewayEvent, { type: 'rest-token' }>): void {
    this.#settle?.(token);
  }

  /** The line has ended: another one may be another session's. */
  forget(): void {
    this.#isOpen = false;
    this.#token = null;
    this.#settle?.(null);
  }
}
