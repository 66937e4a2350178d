import { lazy, maxLength, minLength, number, object, positive, string } from 'zod/mini';
import type { TokenResult, TokenSource } from '../../protocol/gateway/tokens.ts';
import { parseRetryAfter } from '../../protocol/retry-after.ts';

const deadline = 10_000;

const answerSchema = lazy(() =>
  object({
    token: string().check(minLength(1)),
    expiresIn: number().check(positive()),
    subject: string().check(minLength(1), maxLength(512)),
  }),
);

/** Why the broker gave no token. */
export type TokenRefusal = Extract<TokenResult, { ok: false }>;

// Errors may quote the response: only their kind is reported.

export const invalidResponse: TokenRefusal = {
  ok: false,
  kind: 'unavailable',
  message: 'The site returned an invalid response.',
  retryAfter: null,
};

export const unreachable: TokenRefusal = {
  ok: false,
  kind: 'network',
  message: 'The site can’t be reached.',
  retryAfter: null,
};

/** Fetches tokens from the site's broker, and keeps the current one in this worker's memory only. */
export class BrokerTokens implements TokenSource {
  readonly #url: string;
  #token: string | null = null;
  /** The gateway has refused the last token: a broker that caches tokens must not return it again. */
  #isRefused = false;

  constructor(url: string) {
    this.#url = url;
  }

  readonly current = (): string | null => this.#token;

  drop(isRefused: boolean): void {
    this.#token = null;
    // Until a token is accepted: after a 401, the broker may still have the refused one.
    if (isRefused) this.#isRefused = true;
  }

  async endSession(): Promise<void> {
    this.#token = null;
    // The next token is another visitor's.
    this.#isRefused = false;
  }

  async fetch(_isFresh: boolean, isWanted: () => boolean): Promise<TokenResult> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        credentials: 'same-origin',
        cache: 'no-store',
        headers: this.#isRefused ? { 'Partyline-Token-Refused': '1' } : {},
        signal: AbortSignal.timeout(deadline),
      });
      if (response.ok) return this.#accept(await response.json(), isWanted);
      const retryAfter = parseRetryAfter(response.headers.get('retry-after'));
      return refusalOf(response.status, retryAfter);
    } catch (error) {
      return error instanceof SyntaxError ? invalidResponse : unreachable;
    }
  }

  #accept(body: unknown, isWanted: () => boolean): TokenResult {
    const answer = answerSchema.safeParse(body);
    if (!answer.success) return invalidResponse;
    const { token, expiresIn, subject } = answer.data;
    if (isWanted()) {
      this.#token = token;
      this.#isRefused = false;
    }
    return { ok: true, expiresIn, subject };
  }
}

export function refusalOf(status: number, retryAfter: number | null): TokenRefusal {
  switch (status) {
    case 401:
      return {
        ok: false,
        kind: 'signed-out',
        message: 'The session has ended. Sign in again.',
        retryAfter,
      };
    case 403:
      return {
        ok: false,
        kind: 'forbidden',
        message: 'The site does not allow a chat from here.',
        retryAfter,
      };
    case 429:
      return { ok: false, kind: 'rate-limited', message: 'The site is busy.', retryAfter };
    default:
      return {
        ok: false,
        kind: 'unavailable',
        message: 'The site can’t open a chat at the moment.',
        retryAfter,
      };
  }
}
