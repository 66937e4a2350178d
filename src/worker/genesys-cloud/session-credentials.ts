import { type infer as Infer, maxLength, minLength, nullish, object, string } from 'zod/mini';
import { $ZodError } from 'zod/v4/core';
import type { SessionSettings, TokenResult, TokenSource } from '../../protocol/gateway/tokens.ts';
import { parseRetryAfter } from '../../protocol/retry-after.ts';
import { type RefusedToken, refusal } from '../edges/broker-token.ts';
import { CredentialStore, type KeptSession, type LogError } from './credential-store.ts';

const deadline = 10_000;

/** How often the site is asked who the visitor is, in s. */
const askAgainAfter = 900;

const subject = string().check(minLength(1), maxLength(512));
const visitorSchema = object({ subject });
const codeSchema = object({
  subject,
  code: string().check(minLength(1)),
  redirectUri: nullish(string()),
  codeVerifier: nullish(string()),
});
type GivenCode = Infer<typeof codeSchema>;

const jwtSchema = object({
  jwt: string().check(minLength(1)),
  refreshToken: nullish(string()),
});

/** An answer that says no, on its way to whoever asked. */
class Refused extends Error {
  readonly refusal: RefusedToken;
  readonly status: number;

  constructor(refusal: RefusedToken, status: number) {
    super(refusal.message);
    this.refusal = refusal;
    this.status = status;
  }
}

/** What the platform does not take: a code, or the right to another token, that is used up. */
function isUsedUp({ status }: Refused): boolean {
  return status === 400 || status === 401 || status === 403;
}

/**
 * The secrets of sessions that the client makes itself: minted here, kept encrypted, and given to
 * nobody but the gateway.
 */
export class SessionCredentials implements TokenSource {
  readonly #settings: SessionSettings;
  readonly #logError: LogError;
  readonly #vault: Pick<CredentialStore, 'read' | 'write' | 'forget'>;
  #credential: string | null = null;
  #lastCredential: string | null = null;
  /** The gateway would not have the identity any more: it is refreshed before it is shown again. */
  #isStale = false;
  /** This worker has asked the site whose identity it is. */
  #isConfirmed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    settings: SessionSettings,
    logError: LogError,
    vault: Pick<CredentialStore, 'read' | 'write' | 'forget'> = new CredentialStore(
      settings.deploymentId,
      logError,
    ),
  ) {
    this.#settings = settings;
    this.#logError = logError;
    this.#vault = vault;
  }

  readonly current = (): string | null => this.#credential;

  forget(): void {
    this.#credential = null;
    this.#isStale = true;
  }

  async fetch(isFresh: boolean, isWanted: () => boolean): Promise<TokenResult> {
    try {
      // Who signs in again at once gets nothing of what was before.
      await this.#ended;
      const kept = await this.#vault.read();
      const session = this.#settings.authentication
        ? await this.#identified(kept, isFresh)
        : await this.#guest(kept, isFresh);
      if (isWanted()) await this.#vault.write(session);
      const credential = this.#settings.credential(session.token, session.jwt);
      const isSame = credential === this.#lastCredential;
      if (isWanted()) {
        this.#isStale = false;
        this.#credential = credential;
        this.#lastCredential = credential;
      }
      const expiresIn = this.#settings.visitorUrl === null ? null : askAgainAfter;
      return { ok: true, expiresIn, subject: session.subject, isSame };
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      // The reason may hold parts of the answer: only its kind is told.
      const isShape = error instanceof SyntaxError || error instanceof $ZodError;
      return {
        ok: false,
        kind: isShape ? 'unavailable' : 'network',
        message: isShape ? 'The site gave no readable answer.' : 'The site can’t be reached.',
        retryAfter: null,
      };
    }
  }

  end(): void {
    this.#credential = null;
    this.#lastCredential = null;
    this.#isConfirmed = false;
    this.#ended = this.#clear();
  }

  async #clear(): Promise<void> {
    const kept = await this.#vault.read();
    await this.#vault.forget();
    if (kept?.jwt) void this.#revoke(kept.jwt);
  }

  async #revoke(jwt: string): Promise<void> {
    const { authentication } = this.#settings;
    if (!authentication) return;
    try {
      const { ok, status } = await fetch(authentication.revokeUrl, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${jwt}` },
        credentials: 'omit',
        signal: AbortSignal.timeout(deadline),
      });
      if (!ok) throw new Error(`the platform answered ${status}`);
    } catch (error) {
      // Nothing of it is left here; the platform lets it run out.
      this.#logError('a session could not be revoked', error);
    }
  }

  async #guest(kept: KeptSession | null, isFresh: boolean): Promise<KeptSession> {
    const who = (await this.#visitor()) ?? kept?.subject ?? crypto.randomUUID();
    if (kept && kept.subject === who && !isFresh) return kept;
    return { subject: who, token: crypto.randomUUID(), jwt: null, refreshToken: null };
  }

  /** As the site says; `null`: it is not asked. */
  async #visitor(): Promise<string | null> {
    const { visitorUrl } = this.#settings;
    return visitorUrl === null ? null : visitorSchema.parse(await ask(visitorUrl)).subject;
  }

  /**
   * Somebody may have signed out of the site, and somebody else in, while no hub was there to hear of it.
   * So what is kept counts only once the site has said who is there: where it has an endpoint for that, each
   * time; by its code, once in a worker's life. A code that is not needed is not used.
   */
  async #identified(kept: KeptSession | null, isFresh: boolean): Promise<KeptSession> {
    const who = await this.#visitor();
    const code = who === null && !this.#isConfirmed ? await this.#code() : null;
    this.#isConfirmed = true;
    const subject = who ?? code?.subject ?? kept?.subject;
    // Another one's session is never continued.
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

  async #refresh(refreshToken: string): Promise<Pick<KeptSession, 'jwt' | 'refreshToken'> | null> {
    const { authentication } = this.#settings;
    if (!authentication) return null;
    try {
      const answer = jwtSchema.parse(await post(authentication.refreshUrl, { refreshToken }));
      return { jwt: answer.jwt, refreshToken: answer.refreshToken ?? refreshToken };
    } catch (error) {
      // Then the identity provider is asked again. A platform that is only busy is asked again itself.
      if (error instanceof Refused && isUsedUp(error)) return null;
      throw error;
    }
  }

  async #code(): Promise<GivenCode> {
    const { authentication } = this.#settings;
    if (!authentication) throw new Error('a deployment without authentication');
    return codeSchema.parse(await ask(authentication.codeUrl));
  }

  async #exchange(given: GivenCode): Promise<Pick<KeptSession, 'jwt' | 'refreshToken'>> {
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

/** The site itself, which knows its visitor by the cookie. */
function ask(url: string): Promise<unknown> {
  return read(url, { method: 'POST', credentials: 'same-origin' }, refusal);
}

/** The platform. */
function post(url: string, body: unknown): Promise<unknown> {
  const init: RequestInit = {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return read(url, init, platformRefusal);
}

/** The site let the visitor in, and the platform does not. */
function platformRefusal(status: number, retryAfter: number | null): RefusedToken {
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

async function read(url: string, init: RequestInit, refuse: typeof refusal): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    cache: 'no-store',
    signal: AbortSignal.timeout(deadline),
  });
  if (response.ok) return response.json();
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'));
  throw new Refused(refuse(response.status, retryAfter), response.status);
}
