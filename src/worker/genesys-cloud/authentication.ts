import {
  gte,
  type infer as Infer,
  maxLength,
  minLength,
  nullish,
  number,
  object,
  refine,
  string,
} from 'zod/mini';
import type { JourneyContext } from '../../protocol/gateway/commands.ts';
import type { SessionSettings } from '../../protocol/gateway/tokens.ts';
import { parseRetryAfter } from '../../protocol/retry-after.ts';
import { refusalOf, type TokenRefusal } from '../edges/broker-token.ts';
import type { LogError, StoredSession } from './credential-store.ts';

const deadline = 10_000;

const subject = string().check(minLength(1), maxLength(512));
const visitorSchema = object({ subject });
const text = string().check(minLength(1));
const codeSchema = object({
  subject,
  code: nullish(text),
  redirectUri: nullish(string()),
  codeVerifier: nullish(string()),
  /** In seconds. */
  maxAge: nullish(number().check(gte(0))),
  iss: nullish(string()),
  nonce: nullish(string()),
  /** The implicit flow has this instead of a code. */
  idToken: nullish(text),
}).check(
  refine(({ code, idToken }) => Boolean(code) !== Boolean(idToken), 'must have code or idToken'),
  refine(({ idToken, nonce }) => !idToken || Boolean(nonce), 'idToken needs its nonce'),
);
export type AuthorizationCode = Infer<typeof codeSchema>;

const jwtSchema = object({
  jwt: string().check(minLength(1)),
  refreshToken: nullish(string()),
});

export type Identity = Pick<StoredSession, 'jwt' | 'refreshToken'>;

/** A response without a token. */
export class TokenRefusedError extends Error {
  readonly refusal: TokenRefusal;
  readonly status: number;
  /** The site says so, not the platform. */
  readonly isFromSite: boolean;

  constructor(refusal: TokenRefusal, status: number, isFromSite: boolean) {
    super(refusal.message);
    this.refusal = refusal;
    this.status = status;
    this.isFromSite = isFromSite;
  }

  /** Whether nobody is signed in at the site. */
  get isNobody(): boolean {
    return this.isFromSite && this.status === 401;
  }
}

/** Whether the platform refuses a code or refresh token because it is used up. */
function isUsedUp({ status }: TokenRefusedError): boolean {
  return status === 400 || status === 401 || status === 403;
}

/** Returns the visitor's identity according to the site. */
export async function fetchVisitor(visitorUrl: string): Promise<string> {
  return visitorSchema.parse(await ask(visitorUrl)).subject;
}

/** The requests about identities: to the site, whose visitor has signed in, and to the platform. */
export class Authentication {
  readonly #settings: SessionSettings;
  readonly #logError: LogError;

  constructor(settings: SessionSettings, logError: LogError) {
    this.#settings = settings;
    this.#logError = logError;
  }

  async code(): Promise<AuthorizationCode> {
    return codeSchema.parse(await ask(this.#urls.codeUrl));
  }

  /** Exchanges the site's code for an identity; the context is part of that, not of the session [JV]. */
  async exchange(
    given: AuthorizationCode,
    journeyContext: JourneyContext | null,
  ): Promise<Identity> {
    const { subject: _, ...fields } = given;
    // `null` and an empty text mean that the site has no such value; 0 s is a value.
    const oauth = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value != null && value !== ''),
    );
    const { deploymentId } = this.#settings;
    const body = { deploymentId, ...(journeyContext ? { journeyContext } : {}), oauth };
    const answer = jwtSchema.parse(await post(this.#urls.exchangeUrl, body));
    return { jwt: answer.jwt, refreshToken: answer.refreshToken ?? null };
  }

  /** `null` if that is no longer possible: then the identity provider gives a new code. */
  async refresh(refreshToken: string): Promise<Identity | null> {
    try {
      const answer = jwtSchema.parse(await post(this.#urls.refreshUrl, { refreshToken }));
      return { jwt: answer.jwt, refreshToken: answer.refreshToken ?? refreshToken };
    } catch (error) {
      // A busy platform is asked again later instead.
      if (error instanceof TokenRefusedError && isUsedUp(error)) return null;
      throw error;
    }
  }

  /**
   * Signs the visitor out of the platform, and so of their other devices. Never rejects: what fails is
   * logged, and the identity expires there.
   */
  async revoke(identity: Identity | null): Promise<void> {
    if (!this.#settings.authentication || !identity?.jwt) return;
    try {
      let status = await this.#delete(identity.jwt);
      if (status === 401 && identity.refreshToken) {
        // It has expired, and its session may live on elsewhere [MT].
        const refreshed = await this.refresh(identity.refreshToken);
        if (refreshed?.jwt) status = await this.#delete(refreshed.jwt);
      }
      if (status < 200 || status > 299) throw new Error(`the platform returned ${status}`);
    } catch (error) {
      this.#logError('Session could not be revoked: it may be open on other devices', error);
    }
  }

  async #delete(jwt: string): Promise<number> {
    const { status } = await fetch(this.#urls.revokeUrl, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${jwt}` },
      credentials: 'omit',
      signal: AbortSignal.timeout(deadline),
    });
    return status;
  }

  get #urls() {
    const { authentication } = this.#settings;
    if (!authentication) throw new Error('a deployment without authentication');
    return authentication;
  }
}

/** Sends a request to the site, which knows its visitor by a cookie. */
function ask(url: string): Promise<unknown> {
  return read(url, { method: 'POST', credentials: 'same-origin' }, true);
}

/** Sends a request to the platform. */
function post(url: string, body: unknown): Promise<unknown> {
  const init: RequestInit = {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return read(url, init, false);
}

/** Why the platform refuses a visitor whom the site has signed in. */
function platformRefusal(status: number, retryAfter: number | null): TokenRefusal {
  switch (status) {
    case 400:
    case 401:
    case 403: {
      const message = 'Your sign-in was not accepted by the chat server. Sign in again.';
      return { ok: false, kind: 'signed-out', message, retryAfter };
    }
    case 429:
      return { ok: false, kind: 'rate-limited', message: 'The chat server is busy.', retryAfter };
    default: {
      const message = 'The chat server can’t sign you in at the moment.';
      return { ok: false, kind: 'unavailable', message, retryAfter };
    }
  }
}

async function read(url: string, init: RequestInit, isFromSite: boolean): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    cache: 'no-store',
    signal: AbortSignal.timeout(deadline),
  });
  if (response.ok) return response.json();
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'));
  const refusal = (isFromSite ? refusalOf : platformRefusal)(response.status, retryAfter);
  throw new TokenRefusedError(refusal, response.status, isFromSite);
}
