import { randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import type { StoredKey } from '../storage/store.ts';

export const knownScopes = [
  'webchat:send',
  'webchat:read',
  'conversation:read',
  'user:read',
] as const;

const issuer = 'partyline-gateway';
const claimsSchema = z.object({
  sub: z.string().min(1),
  scope: z.string(),
  iat: z.number(),
  exp: z.number(),
});

/** The claims of a valid token. */
export interface Claims {
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** Epoch ms. */
  readonly expiresAt: number;
}

export type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | {
      readonly ok: false;
      readonly code: 'INVALID_TOKEN' | 'TOKEN_EXPIRED';
      readonly message: string;
    };

/** Signs and checks the RS256 tokens of one application. */
export class TokenAuthority {
  readonly #clock: () => number;
  readonly #audience: string;
  readonly #privateKey: CryptoKey;
  readonly #publicKey: CryptoKey;
  #expiredBefore = 0;

  private constructor(
    clock: () => number,
    audience: string,
    privateKey: CryptoKey,
    publicKey: CryptoKey,
  ) {
    this.#clock = clock;
    this.#audience = audience;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /** `audience` is the application's client id: tokens of other applications are refused. */
  static async create(
    stored: StoredKey,
    audience: string,
    clock: () => number,
  ): Promise<TokenAuthority> {
    return new TokenAuthority(
      clock,
      audience,
      await importKey(stored.privateJwk),
      await importKey(stored.publicJwk),
    );
  }

  /** @param life in seconds */
  issue(subject: string, scopes: readonly string[], life: number): Promise<string> {
    // With fractions of a second, for lifetimes below one second.
    const now = this.#clock() / 1000;
    return new SignJWT({ scope: scopes.join(' ') })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(this.#audience)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + life)
      .sign(this.#privateKey);
  }

  async verify(token: string): Promise<Verdict> {
    const now = this.#clock();
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: ['RS256'],
        issuer,
        audience: this.#audience,
        currentDate: new Date(now),
      });
      const claims = claimsSchema.parse(payload);
      // jose compares whole seconds.
      if (claims.exp * 1000 <= now || claims.iat * 1000 <= this.#expiredBefore) return expired;
      return {
        ok: true,
        claims: {
          subject: claims.sub,
          scopes: new Set(claims.scope.split(' ')),
          expiresAt: claims.exp * 1000,
        },
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return expired;
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
        return { ok: false, code: 'INVALID_TOKEN', message: 'The token is invalid.' };
      }
      throw error;
    }
  }

  /** Expires all tokens issued so far. */
  expireAll(): void {
    this.#expiredBefore = this.#clock();
  }
}

const expired: Verdict = { ok: false, code: 'TOKEN_EXPIRED', message: 'The token has expired.' };

async function createKey(): Promise<StoredKey> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  return {
    privateJwk: JSON.stringify(await exportJWK(pair.privateKey)),
    publicJwk: JSON.stringify(await exportJWK(pair.publicKey)),
  };
}

let shared: Promise<StoredKey> | undefined;

/** One key pair per process: creating one takes some 100 ms, and the audience distinguishes gateways. */
export function sharedKey(): Promise<StoredKey> {
  shared ??= createKey();
  return shared;
}

const jwkSchema = z.looseObject({ kty: z.literal('RSA') });

async function importKey(jwk: string): Promise<CryptoKey> {
  const parsed: JWK = jwkSchema.parse(JSON.parse(jwk));
  const key = await importJWK(parsed, 'RS256');
  if (key instanceof Uint8Array) throw new TypeError('The signing key is not an RSA key.');
  return key;
}
