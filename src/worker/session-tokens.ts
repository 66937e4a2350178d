import type { SessionSettings, TokenResult, TokenSource } from '../protocol/gateway.ts';
import { parseRetryAfter } from '../protocol/retry-after.ts';
import { sized, z } from '../protocol/zod.ts';
import { type RefusedToken, refusal } from './token.ts';
import { type KeptSession, type LogError, Vault } from './vault.ts';

const deadline = 10_000;

/** How often the site is asked who the visitor is, in s. */
const askAgainAfter = 900;

const subject = z.string().check(sized(1, 512));
const visitorSchema = z.object({ subject });
const codeSchema = z.object({
  subject,
  code: z.string().check(sized(1)),
  redirectUri: z.nullish(z.string()),
  codeVerifier: z.nullish(z.string()),
});
const jwtSchema = z.object({
  jwt: z.string().check(sized(1)),
  refreshToken: z.nullish(z.string()),
});

/** An answer that says no, on its way to whoever asked. */
class Refused extends Error {
  readonly refusal: RefusedToken;

  constructor(refusal: RefusedToken) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * The secrets of sessions that the client makes itself: minted here, kept encrypted, and given to
 * nobody but the gateway.
 */
export class SessionTokens implements TokenSource {
  readonly #settings: SessionSettings;
  readonly #vault: Vault;
  #credential: string | null = null;
  #lastCredential: string | null = null;
  /** The gateway would not have the identity any more: it is refreshed before it is shown again. */
  #isStale = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(settings: SessionSettings, logError: LogError) {
    this.#settings = settings;
    this.#vault = new Vault(settings.deploymentId, logError);
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
      const isShape = error instanceof SyntaxError || error instanceof z.core.$ZodError;
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
      await fetch(authentication.revokeUrl, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${jwt}` },
        credentials: 'omit',
        signal: AbortSignal.timeout(deadline),
      });
    } catch {
      // Nothing of it is left here; the platform lets it run out.
    }
  }

  async #guest(kept: KeptSession | null, isFresh: boolean): Promise<KeptSession> {
    const { visitorUrl } = this.#settings;
    const who =
      visitorUrl === null
        ? (kept?.subject ?? crypto.randomUUID())
        : visitorSchema.parse(await ask(visitorUrl)).subject;
    if (kept && kept.subject === who && !isFresh) return kept;
    return { subject: who, token: crypto.randomUUID(), jwt: null, refreshToken: null };
  }

  async #identified(kept: KeptSession | null, isFresh: boolean): Promise<KeptSession> {
    const token = kept && !isFresh ? kept.token : crypto.randomUUID();
    if (kept?.jwt && !this.#isStale) return { ...kept, token };
    const refreshed = kept?.refreshToken ? await this.#refresh(kept.refreshToken) : null;
    if (kept && refreshed) return { ...kept, token, ...refreshed };
    const { subject: who, ...identity } = await this.#exchange();
    // Another one's session is never continued.
    const isSame = kept?.subject === who;
    return { subject: who, token: isSame ? token : crypto.randomUUID(), ...identity };
  }

  async #refresh(refreshToken: string): Promise<Pick<KeptSession, 'jwt' | 'refreshToken'> | null> {
    const { authentication } = this.#settings;
    if (!authentication) return null;
    try {
      const answer = jwtSchema.parse(await post(authentication.refreshUrl, { refreshToken }));
      return { jwt: answer.jwt, refreshToken: answer.refreshToken ?? refreshToken };
    } catch (error) {
      // It has been used up: the identity provider is asked again.
      if (error instanceof Refused) return null;
      throw error;
    }
  }

  async #exchange(): Promise<Pick<KeptSession, 'subject' | 'jwt' | 'refreshToken'>> {
    const { authentication, deploymentId } = this.#settings;
    if (!authentication) throw new Error('a deployment without authentication');
    const given = codeSchema.parse(await ask(authentication.codeUrl));
    const oauth = {
      code: given.code,
      ...(given.redirectUri ? { redirectUri: given.redirectUri } : {}),
      ...(given.codeVerifier ? { codeVerifier: given.codeVerifier } : {}),
    };
    const answer = jwtSchema.parse(await post(authentication.exchangeUrl, { deploymentId, oauth }));
    return { subject: given.subject, jwt: answer.jwt, refreshToken: answer.refreshToken ?? null };
  }
}

/** The site itself, which knows its visitor by the cookie. */
function ask(url: string): Promise<unknown> {
  return read(url, { method: 'POST', credentials: 'same-origin' });
}

/** The platform. */
function post(url: string, body: unknown): Promise<unknown> {
  return read(url, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function read(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    cache: 'no-store',
    signal: AbortSignal.timeout(deadline),
  });
  if (response.ok) return response.json();
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'));
  throw new Refused(refusal(response.status, retryAfter));
}
