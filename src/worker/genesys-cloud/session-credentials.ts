import { type infer as Infer, maxLength, minLength, nullish, object, string } from 'zod/mini';
import { $ZodError } from 'zod/v4/core';
import type { SessionSettings, TokenResult, TokenSource } from '../../protocol/gateway/tokens.ts';
import { parseRetryAfter } from '../../protocol/retry-after.ts';
import {
  invalidResponse,
  refusalOf,
  type TokenRefusal,
  unreachable,
} from '../edges/broker-token.ts';
import type { CredentialStore, LogError, StoredSession } from './credential-store.ts';

const deadline = 10_000;

/** How long the site's word for the visitor's identity is used, in s. */
const identityLifetime = 900;

const subject = string().check(minLength(1), maxLength(512));
const visitorSchema = object({ subject });
const codeSchema = object({
  subject,
  code: string().check(minLength(1)),
  redirectUri: nullish(string()),
  codeVerifier: nullish(string()),
});
type AuthorizationCode = Infer<typeof codeSchema>;

const jwtSchema = object({
  jwt: string().check(minLength(1)),
  refreshToken: nullish(string()),
});

/** A response without a token. */
class TokenRefusedError extends Error {
  readonly refusal: TokenRefusal;
  readonly status: number;

  constructor(refusal: TokenRefusal, status: number) {
    super(refusal.message);
    this.refusal = refusal;
    this.status = status;
  }
}

/** Whether the platform refuses a code or refresh token because it is used up. */
function isUsedUp({ status }: TokenRefusedError): boolean {
  return status === 400 || status === 401 || status === 403;
}

/**
 * The secrets of sessions, which the client creates itself. They are stored encrypted, and sent to the
 * gateway only.
 */
export class SessionCredentials implements TokenSource {
  readonly #settings: SessionSettings;
  readonly #logError: LogError;
  readonly #store: Pick<CredentialStore, 'read' | 'write' | 'delete'>;
  #credential: string | null = null;
  #lastCredential: string | null = null;
  /** The gateway has refused the identity: it must be refreshed before it is used again. */
  #isStale = false;
  /** Whether the site has named the visitor to this worker. */
  #isConfirmed = false;
  #ended: Promise<void> = Promise.resolve();
  /** Count of sign-outs. */
  #endings = 0;

  constructor(
    settings: SessionSettings,
    logError: LogError,
    store: Pick<CredentialStore, 'read' | 'write' | 'delete'>,
  ) {
    this.#settings = settings;
    this.#logError = logError;
    this.#store = store;
  }

  readonly current = (): string | null => this.#credential;

  drop(isRefused: boolean): void {
    this.#credential = null;
    if (isRefused) this.#isStale = true;
  }

  async fetch(isFresh: boolean, isWanted: () => boolean): Promise<TokenResult> {
    try {
      // A visitor who signs in again at once must not get the previous session.
      await this.#ended;
      const endings = this.#endings;
      const kept = await this.#store.read();
      const session = this.#settings.authentication
        ? await this.#identified(kept, isFresh)
        : await this.#guest(kept, isFresh);
      if (isWanted()) {
        await this.#store.write(session);
        // Another visitor's session has replaced it.
        if (kept && kept.subject !== session.subject) void this.#revoke(kept.jwt);
      } else if (session.jwt !== kept?.jwt && endings !== this.#endings) {
        // Given to a visitor who has signed out since.
        void this.#revoke(session.jwt);
      }
      const credential = this.#settings.credential(session.token, session.jwt);
      const isSame = credential === this.#lastCredential;
      if (isWanted()) {
        this.#isStale = false;
        this.#credential = credential;
        this.#lastCredential = credential;
      }
      const expiresIn = this.#settings.visitorUrl === null ? null : identityLifetime;
      return { ok: true, expiresIn, subject: session.subject, isSame };
    } catch (error) {
      if (error instanceof TokenRefusedError) return error.refusal;
      const isInvalid = error instanceof SyntaxError || error instanceof $ZodError;
      return isInvalid ? invalidResponse : unreachable;
    }
  }

  endSession(): Promise<void> {
    this.#credential = null;
    this.#lastCredential = null;
    this.#isConfirmed = false;
    this.#endings += 1;
    this.#ended = this.#clear();
    return this.#ended;
  }

  async #clear(): Promise<void> {
    const kept = await this.#store.read();
    await this.#store.delete();
    // Not waited for: the platform may be out of reach.
    void this.#revoke(kept?.jwt ?? null);
  }

  /** @param jwt `null` for a guest's session */
  async #revoke(jwt: string | null): Promise<void> {
    const { authentication } = this.#settings;
    if (!authentication || jwt === null) return;
    try {
      const { ok, status } = await fetch(authentication.revokeUrl, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${jwt}` },
        credentials: 'omit',
        signal: AbortSignal.timeout(deadline),
      });
      if (!ok) throw new Error(`the platform returned ${status}`);
    } catch (error) {
      // It is deleted here, and expires on the platform.
      this.#logError('Session could not be revoked', error);
    }
  }

  async #guest(kept: StoredSession | null, isFresh: boolean): Promise<StoredSession> {
    const who = (await this.#visitor()) ?? kept?.subject ?? crypto.randomUUID();
    if (kept && kept.subject === who && !isFresh) return kept;
    return { subject: who, token: crypto.randomUUID(), jwt: null, refreshToken: null };
  }

  /** The visitor's identity according to the site; `null`: the site has no endpoint for it. */
  async #visitor(): Promise<string | null> {
    const { visitorUrl } = this.#settings;
    return visitorUrl === null ? null : visitorSchema.parse(await ask(visitorUrl)).subject;
  }

  /**
   * The visitor may have changed while no hub was running. So the stored session is used only once the site
   * has confirmed the visitor: each time, where it has an endpoint for that; otherwise by its authorization
   * code, once in a worker's life. A code that is not needed is not used.
   */
  async #identified(kept: StoredSession | null, isFresh: boolean): Promise<StoredSession> {
    const who = await this.#visitor();
    const code = who === null && !this.#isConfirmed ? await this.#code() : null;
    this.#isConfirmed = true;
    const subject = who ?? code?.subject ?? kept?.subject;
    // Another visitor's session is never continued.
    const own = kept?.subject === subject ? kept : null;
    const token = own && !isFresh ? own.token : crypto.randomUUID();
    if (own?.jwt && !this.#isStale) return { ...own, token };
    const refreshed = own?.refreshToken ? await this.#refresh(own.refreshToken) : null;
    if (own && refreshed) return { ...own, token, ...refreshed };
    const given = code ?? (await this.#code());
    const identity = await this.#exchange(given);
    const isSame = own?.subject === given.subject;
    return { subject: given.subject, token: isSame ? token : crypto.randomUUID(), ...identity };
  }

  async #refresh(
    refreshToken: string,
  ): Promise<Pick<StoredSession, 'jwt' | 'refreshToken'> | null> {
    const { authentication } = this.#settings;
    if (!authentication) return null;
    try {
      const answer = jwtSchema.parse(await post(authentication.refreshUrl, { refreshToken }));
      return { jwt: answer.jwt, refreshToken: answer.refreshToken ?? refreshToken };
    } catch (error) {
      // Then the identity provider gives a new code. A busy platform is asked again later instead.
      if (error instanceof TokenRefusedError && isUsedUp(error)) return null;
      throw error;
    }
  }

  async #code(): Promise<AuthorizationCode> {
    const { authentication } = this.#settings;
    if (!authentication) throw new Error('a deployment without authentication');
    return codeSchema.parse(await ask(authentication.codeUrl));
  }

  async #exchange(given: AuthorizationCode): Promise<Pick<StoredSession, 'jwt' | 'refreshToken'>> {
    const { authentication, deploymentId } = this.#settings;
    if (!authentication) throw new Error('a deployment without authentication');
    const oauth = {
      code: given.code,
      ...(given.redirectUri ? { redirectUri: given.redirectUri } : {}),
      ...(given.codeVerifier ? { codeVerifier: given.codeVerifier } : {}),
    };
    const answer = jwtSchema.parse(await post(authentication.exchangeUrl, { deploymentId, oauth }));
    return { jwt: answer.jwt, refreshToken: answer.refreshToken ?? null };
  }
}

/** Sends a request to the site, which knows its visitor by a cookie. */
function ask(url: string): Promise<unknown> {
  return read(url, { method: 'POST', credentials: 'same-origin' }, refusalOf);
}

/** Sends a request to the platform. */
function post(url: string, body: unknown): Promise<unknown> {
  const init: RequestInit = {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return read(url, init, platformRefusal);
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

async function read(url: string, init: RequestInit, refuse: typeof refusalOf): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    cache: 'no-store',
    signal: AbortSignal.timeout(deadline),
  });
  if (response.ok) return response.json();
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'));
  throw new TokenRefusedError(refuse(response.status, retryAfter), response.status);
}
