/** A gateway on which the client makes the session's secret itself. */
export interface SessionSettings {
  /** What the sessions are kept under: another deployment has others. */
  readonly deploymentId: string;
  /** The site's endpoint that says who the visitor is; `null`: whoever uses this browser. */
  readonly visitorUrl: string | null;
  /** `null` for guests. */
  readonly authentication: {
    /** The site's endpoint that gives the identity provider's code. */
    readonly codeUrl: string;
    readonly exchangeUrl: string;
    readonly refreshUrl: string;
    readonly revokeUrl: string;
  } | null;
  /** The one string that `encode` is given. */
  credential(token: string, jwt: string | null): string;
}

/** Where the tokens of a hub come from. */
export interface TokenSource {
  readonly current: () => string | null;
  forget(): void;
  /**
   * Never rejects.
   *
   * @param isFresh of a new session, where the token is one
   * @param isWanted whether the core still waits for this one: a late answer may be a former visitor's,
   *   and changes nothing here
   */
  fetch(isFresh: boolean, isWanted: () => boolean): Promise<TokenResult>;
  /** The visitor has signed out. */
  end(): void;
}

export type TokenResult =
  | {
      readonly ok: true;
      /** Seconds; `null`: it ends only when the gateway says so. */
      readonly expiresIn: number | null;
      readonly subject: string;
      /** It is the one that was there before: a living socket can stay. */
      readonly isSame?: boolean;
    }
  | {
      readonly ok: false;
      readonly kind: 'signed-out' | 'forbidden' | 'rate-limited' | 'unavailable' | 'network';
      readonly message: string;
      /** Milliseconds. */
      readonly retryAfter: number | null;
    };

/** Where the tokens for REST come from, when the gateway gives them on the socket. */
export interface RestTokenSource {
  /** `null` when there is no line, or no answer on it. Never rejects. */
  readonly get: (isRefused: boolean) => Promise<string | null>;
}
