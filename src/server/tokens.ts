import { OAuthError, type OAuthSettings, requestToken, type UpstreamToken } from './oauth.ts';

/** A token is reused only while this part of its life remains: a renewal always gets a new one. */
const freshPart = 0.9;

/** An OAuth server that asks for a longer pause than this is not believed, in ms. */
const longestPause = 60_000;

export interface GivenToken extends UpstreamToken {
  readonly source: 'upstream' | 'flight' | 'reused';
}

interface Kept extends UpstreamToken {
  readonly askedAt: number;
}

/**
 * Tokens of one subject each; never one for two. Requests of one visitor that come together share
 * what is asked once, and a token just issued is given to that visitor's other browsers too. Kept in
 * the memory of this process alone: a token in a shared store would be a secret more to guard.
 */
export class Tokens {
  readonly #settings: OAuthSettings;
  readonly #reuse: number;
  readonly #maxKept: number;
  readonly #now: () => number;
  readonly #flights = new Map<string, Promise<UpstreamToken>>();
  readonly #kept = new Map<string, Kept>();
  #quietUntil = 0;

  /** @param reuse how long a token may be given again, in ms */
  constructor(settings: OAuthSettings, reuse: number, maxKept: number, now: () => number) {
    this.#settings = settings;
    this.#reuse = reuse;
    this.#maxKept = maxKept;
    this.#now = now;
  }

  /**
   * @param isRefused the gateway would not have the last one, so that a kept one is worth nothing
   * @throws {OAuthError}
   */
  async give(subject: string, isRefused: boolean): Promise<GivenToken> {
    const kept = isRefused ? null : this.#keptFor(subject);
    if (kept) return { ...kept, source: 'reused' };
    const flight = this.#flights.get(subject);
    if (flight) return { ...(await flight), source: 'flight' };
    const asking = this.#ask(subject);
    this.#flights.set(subject, asking);
    try {
      return { ...(await asking), source: 'upstream' };
    } finally {
      this.#flights.delete(subject);
    }
  }

  #keptFor(subject: string): UpstreamToken | null {
    const kept = this.#kept.get(subject);
    if (!kept) return null;
    const age = this.#now() - kept.askedAt;
    const expiresIn = kept.expiresIn - age / 1000;
    if (age >= 0 && age < this.#reuse && expiresIn > kept.expiresIn * freshPart) {
      return { token: kept.token, expiresIn };
    }
    this.#kept.delete(subject);
    return null;
  }

  async #ask(subject: string): Promise<UpstreamToken> {
    const pause = this.#quietUntil - this.#now();
    if (pause > 0) {
      // Its limit is the application's: each further request would prolong everybody's wait.
      const retryAfter = Math.ceil(pause / 1000);
      throw new OAuthError('refused', 'it asked for a pause, which is kept', { retryAfter });
    }
    const askedAt = this.#now();
    try {
      const token = await requestToken(this.#settings, subject);
      this.#keep(subject, { ...token, askedAt });
      return token;
    } catch (error) {
      if (error instanceof OAuthError && error.retryAfter !== null) {
        this.#quietUntil = this.#now() + Math.min(error.retryAfter * 1000, longestPause);
      }
      throw error;
    }
  }

  #keep(subject: string, kept: Kept): void {
    if (this.#reuse === 0) return;
    this.#kept.delete(subject);
    this.#kept.set(subject, kept);
    for (const [oldest, { askedAt }] of this.#kept) {
      const isOver = this.#now() - askedAt >= this.#reuse;
      if (!isOver && this.#kept.size <= this.#maxKept) return;
      this.#kept.delete(oldest);
    }
  }
}
