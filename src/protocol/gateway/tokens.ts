import type { JourneyContext } from './commands.ts';

/** For gateways whose session token the client creates itself. */
export interface SessionSettings {
  /** Part of the key that a session is stored under, since sessions belong to one deployment. */
  readonly deploymentId: string;
  /** The site's endpoint that returns the visitor's subject; `null`: one session per browser. */
  readonly visitorUrl: string | null;
  /** Whether a visitor is known again in the next conversation. */
  readonly isReturning: boolean;
  /** With `authentication`: whether people who are not signed in are guests. */
  readonly allowsGuests: boolean;
  /** The same for all visitors. */
  readonly journeyContext: JourneyContext | null;
  /** `null` for anonymous sessions. */
  readonly authentication: {
    /** The site's endpoint that returns the identity provider's authorization code. */
    readonly codeUrl: string;
    readonly exchangeUrl: string;
    readonly refreshUrl: string;
    readonly revokeUrl: string;
  } | null;
  /** Packs both into the single string that `encode` receives as its token. */
  credential(token: string, jwt: string | null): string;
}

/** Provides the hub's tokens. */
export interface TokenSource {
  readonly current: () => string | null;
  /** @param isRefused whether the gateway has refused it, so that the next one must differ */
  drop(isRefused: boolean): void;
  /**
   * Gets a new token. Never rejects.
   *
   * @param isFresh whether it must be another secret than the last one, where the client creates it
   * @param isWanted whether the core still waits for this token. If not, the response may belong to a
   *   previous visitor and is discarded
   * @param guest the visitor of an open conversation, which goes on if they were a guest and have signed in
   */
  fetch(isFresh: boolean, isWanted: () => boolean, guest?: string | null): Promise<TokenResult>;
  /**
   * Deletes the session, because the visitor has signed out. Resolves once nothing of it is stored in
   * this browser. Never rejects.
   */
  endSession(): Promise<void>;
}

export type TokenResult =
  | {
      readonly ok: true;
      /** Seconds; `null`: valid until the gateway rejects it. */
      readonly expiresIn: number | null;
      readonly subject: string;
      /** Whether it is the previous token, so that an open socket can stay. */
      readonly isSame?: boolean;
      /** The guest who has become `subject` by signing in: what is kept for one belongs to the other. */
      readonly steppedUpFrom?: string;
    }
  | {
      readonly ok: false;
      readonly kind: 'signed-out' | 'forbidden' | 'rate-limited' | 'unavailable' | 'network';
      readonly message: string;
      /** Milliseconds. */
      readonly retryAfter: number | null;
    };

/** Provides the tokens for REST, where the gateway sends them on the socket. */
export interface RestTokenSource {
  /** `null` without a connection, or without a response on it. Never rejects. */
  readonly get: (isRefused: boolean) => Promise<string | null>;
}
