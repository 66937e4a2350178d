import { OAuthError, type OAuthSettings, requestToken, type UpstreamToken } from './oauth.ts';

/** A token is reused only while this share of its lifetime remains, so that a renewal gets a new one. */
const reusableShare = 0.9;

/** Upper bound for `Retry-After` of the OAuth server, in ms. */
const maximumPause = 60_000;

export interface GivenToken extends UpstreamToken {
  readonly source: 'upstream' | 'flight' | 'reused';
}

interface CachedToken extends UpstreamToken {
  readonly requestedAt: number;
}

/**
 * Requests and caches tokens, each for one subject only. Concurrent requests of one visitor share one
 * request to the OAuth server, and a token just issued also serves the visitor's other browsers. Tokens
 * stay in the memory of this process: in a shared store they would be one more secret to protect.
 */
export class Tokens {
  readonly #settings: OAuthSettings;
  readonly #reuse: number;
  readonly #maximumCached: number;
  readonly #now: () => number;
  readonly #flights = new Map<string, Promise<UpstreamToken>>();
  readonly #cache = new Map<string, CachedToken>();
  #pausedUntil = 0;

  /** @param reuse how long a token is reused, in ms */
  constructor(settings: OAuthSettings, reuse: number, maximumCached: number, now: () => number) {
    this.#settings = settings;
    this.#reuse = reuse;
    this.#maximumCached = maximumCached;
    this.#now = now;
  }

  /**
   * @param isRefused whether the gateway refused the last token, so that a cached one is of no use
   * @throws {OAuthError}
   */
  async give(subject: string, isRefused: boolean): Promise<GivenToken> {
    const cached = isRefused ? null : this.#cachedFor(subject);
    if (cached) return { ...cached, source: 'reused' };
    const flight = this.#flights.get(subject);
    if (flight) return { ...(await flight), source: 'flight' };
    const request = this.#request(subject);
    this.#flights.set(subject, request);
    try {
      return { ...(await request), source: 'upstream' };
    } finally {
      this.#flights.delete(subject);
    }
  }

  #cachedFor(subject: string): UpstreamToken | null {
    const cached = this.#cache.get(subject);
    if (!cached) return null;
    const age = this.#now() - cached.requestedAt;
    const expiresIn = cached.expiresIn - age / 1000;
    if (age >= 0 && age < this.#reuse && expiresIn > cached.expiresIn * reusableShare) {
      return { token: cached.token, expiresIn };
    }
    this.#cache.delete(subject);
    return null;
  }

  async #request(subject: string): Promise<UpstreamToken> {
    const pause = this.#pausedUntil - this.#now();
    if (pause > 0) {
      // The OAuth server limits the application as a whole: more requests would delay every visitor.
      const retryAfter = Math.ceil(pause / 1000);
      throw new OAuthError('refused', 'paused by Retry-After of an earlier response', {
        retryAfter,
      });
    }
    const requestedAt = this.#now();
    try {
      const token = await requestToken(this.#settings, subject);
      this.#store(subject, { ...token, requestedAt });
      return token;
    } catch (error) {
      if (error instanceof OAuthError && error.retryAfter !== null) {
        this.#pausedUntil = this.#now() + Math.min(error.retryAfter * 1000, maximumPause);
      }
      throw error;
    }
  }

  #store(subject: string, cached: CachedToken): void {
    if (this.#reuse === 0) return;
    this.#cache.delete(subject);
    this.#cache.set(subject, cached);
    for (const [oldest, { requestedAt }] of this.#cache) {
      const isOver = this.#now() - requestedAt >= this.#reuse;
      if (!isOver && this.#cache.size <= this.#maximumCached) return;
      this.#cache.delete(oldest);
    }
  }
}
