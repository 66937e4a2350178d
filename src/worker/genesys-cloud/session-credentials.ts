import { $ZodError } from 'zod/v4/core';
import type { JourneyContext } from '../../protocol/gateway/commands.ts';
import type { SessionSettings, TokenResult, TokenSource } from '../../protocol/gateway/tokens.ts';
import { invalidResponse, unreachable } from '../edges/broker-token.ts';
import { Authentication, fetchVisitor, TokenRefusedError } from './authentication.ts';
import type { CredentialStore, LogError, StoredSession } from './credential-store.ts';

/** How long the site's word for the visitor's identity is used, in s. */
const identityLifetime = 900;

/** A later call has replaced this one before it changed anything. */
class SupersededError extends Error {}

interface TokenRequest {
  /** The stored session. */
  readonly kept: StoredSession | null;
  /** Whether the token must be another one. */
  readonly isFresh: boolean;
  /** The visitor of an open conversation; `null`: there is none. */
  readonly guest: string | null;
  readonly isWanted: () => boolean;
}

/** What the credentials ask of the rest of the dialect's hub. */
export interface SessionEnvironment {
  /** The journey context of a visitor with this cookie id; `null`: none is sent. */
  journeyContext(customerId: string): JourneyContext | null;
  /** Whether the deployment lets a guest's conversation go on after sign-in. Never rejects. */
  allowsUpgrade(): Promise<boolean>;
}

/**
 * The secrets of sessions, which the client creates itself. They are stored encrypted, and sent to the
 * gateway only.
 */
export class SessionCredentials implements TokenSource {
  readonly #settings: SessionSettings;
  readonly #store: Pick<CredentialStore, 'read' | 'write' | 'delete'>;
  readonly #environment: SessionEnvironment;
  readonly #authentication: Authentication;
  #credential: string | null = null;
  #lastCredential: string | null = null;
  #customerId: string | null = null;
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
    environment: SessionEnvironment,
  ) {
    this.#settings = settings;
    this.#store = store;
    this.#environment = environment;
    this.#authentication = new Authentication(settings, logError);
  }

  readonly current = (): string | null => this.#credential;

  /** The id by which the platform knows the visitor again; `null` without a session. */
  get customerId(): string | null {
    return this.#credential === null ? null : this.#customerId;
  }

  drop(isRefused: boolean): void {
    this.#credential = null;
    if (isRefused) this.#isStale = true;
  }

  async fetch(
    isFresh: boolean,
    isWanted: () => boolean,
    guest: string | null = null,
  ): Promise<TokenResult> {
    try {
      // A visitor who signs in again at once must not get the previous session.
      await this.#ended;
      const endings = this.#endings;
      const kept = await this.#store.read();
      const request = { kept, isFresh, guest, isWanted };
      const session = this.#settings.authentication
        ? await this.#identified(request)
        : this.#anonymous(request, await this.#visitor());
      if (isWanted()) {
        await this.#store.write(session);
        // Another visitor's session has replaced it.
        if (kept && kept.subject !== session.subject) void this.#authentication.revoke(kept);
      } else if (session.jwt !== kept?.jwt && endings !== this.#endings) {
        // Given to a visitor who has signed out since.
        void this.#authentication.revoke(session);
      }
      const credential = this.#settings.credential(session.token, session.jwt);
      const isSame = credential === this.#lastCredential;
      if (isWanted()) {
        this.#isStale = false;
        this.#credential = credential;
        this.#lastCredential = credential;
        this.#customerId = session.customerId ?? null;
      }
      const { subject, steppedUpFrom } = session;
      return {
        ok: true,
        expiresIn: this.#lifetimeOf(session),
        subject,
        isSame,
        ...(steppedUpFrom ? { steppedUpFrom } : {}),
      };
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
    void this.#authentication.revoke(kept);
  }

  /** In seconds. A guest may sign in at any time. */
  #lifetimeOf({ jwt }: StoredSession): number | null {
    const { visitorUrl, allowsGuests } = this.#settings;
    return visitorUrl !== null || (allowsGuests && jwt === null) ? identityLifetime : null;
  }

  /** The visitor's identity according to the site; `null`: the site has no endpoint for it. */
  async #visitor(): Promise<string | null> {
    const { visitorUrl } = this.#settings;
    return visitorUrl === null ? null : fetchVisitor(visitorUrl);
  }

  /** @param who according to the site */
  #anonymous({ kept, isFresh }: TokenRequest, who: string | null): StoredSession {
    const subject = who ?? kept?.subject ?? crypto.randomUUID();
    const own = kept?.subject === subject ? kept : null;
    return { subject, ...this.#secrets(own, isFresh), jwt: null, refreshToken: null };
  }

  /** The token and the cookie id of a session: those of `own`, or new ones. */
  #secrets(
    own: StoredSession | null,
    isFresh: boolean,
  ): Pick<StoredSession, 'token'> & { readonly customerId: string } {
    const { isReturning } = this.#settings;
    const customerId = isReturning || !isFresh ? own?.customerId : null;
    return {
      token: own && !isFresh ? own.token : crypto.randomUUID(),
      customerId: customerId ?? crypto.randomUUID(),
    };
  }

  async #identified(request: TokenRequest): Promise<StoredSession> {
    let who: string | null = null;
    try {
      who = await this.#visitor();
      return await this.#member(request, who);
    } catch (error) {
      const isNobody = error instanceof TokenRefusedError && error.isNobody;
      // A person who was signed in must sign in again, or sign out: only then is the browser a guest's.
      if (!isNobody || !this.#settings.allowsGuests || request.kept?.jwt) throw error;
      return this.#anonymous(request, who);
    }
  }

  /**
   * The visitor may have changed while no hub was running. So the stored session is used only once the site
   * has confirmed the visitor: each time, where it has an endpoint for that; otherwise by its authorization
   * code, once in a worker's life. A code that is not needed is not used.
   */
  async #member(request: TokenRequest, who: string | null): Promise<StoredSession> {
    const { kept, isFresh } = request;
    const code = who === null && !this.#isConfirmed ? await this.#authentication.code() : null;
    this.#isConfirmed = true;
    const subject = who ?? code?.subject ?? kept?.subject;
    // Another visitor's session is never continued.
    const own = kept?.subject === subject ? kept : null;
    if (own?.jwt && !this.#isStale) return { ...own, ...this.#secrets(own, isFresh) };
    const refreshed = own?.refreshToken
      ? await this.#authentication.refresh(own.refreshToken)
      : null;
    if (own && refreshed) return { ...own, ...this.#secrets(own, isFresh), ...refreshed };
    const given = code ?? (await this.#authentication.code());
    const isStepUp = await this.#isStepUp(request);
    const isSame = own?.jwt != null && own.subject === given.subject;
    const secrets = this.#secrets(isStepUp || isSame ? kept : null, isFresh);
    // Two pages that sign in at once use one code.
    if (!request.isWanted()) throw new SupersededError();
    const journeyContext = this.#environment.journeyContext(secrets.customerId);
    const identity = await this.#authentication.exchange(given, journeyContext);
    const steppedUpFrom = isStepUp ? request.guest : isSame ? own.steppedUpFrom : null;
    return {
      subject: given.subject,
      ...secrets,
      ...identity,
      ...(steppedUpFrom ? { steppedUpFrom } : {}),
    };
  }

  /** Whether the stored session is that of a guest of this browser, whose open conversation may go on. */
  async #isStepUp({ kept, isFresh, guest }: TokenRequest): Promise<boolean> {
    if (!this.#settings.allowsGuests || isFresh || guest === null) return false;
    if (kept === null || kept.jwt !== null || kept.subject !== guest) return false;
    return this.#environment.allowsUpgrade();
  }
}
