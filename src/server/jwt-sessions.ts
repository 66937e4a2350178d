import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { readCookie } from './cookies.ts';
import { parseOptions, type Visitor } from './options.ts';
import { SessionUnavailable } from './session-unavailable.ts';

const shared = ['HS256', 'HS384', 'HS512'] as const;
const asymmetric = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;

interface JwtSessionsCommon {
  /** Required `iss` claim. */
  readonly issuer: string;
  /** Required `aud` claim. */
  readonly audience: string;
  /** Cookie that holds the token; `Authorization: Bearer` has precedence. @default only the header is read */
  readonly cookieName?: string;
  /** Claim with the visitor's opaque id, 1 to 128 characters. @default 'sub' */
  readonly subjectClaim?: string;
  /** Tolerated clock skew of the issuer, in seconds. @default 5 */
  readonly clockTolerance?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Tokens of the site's own sign-in, signed with one pinned algorithm by a shared secret or a private key. */
export type JwtSessionsOptions = JwtSessionsCommon &
  (
    | {
        /** At least 32 bytes for HS256, 48 for HS384, 64 for HS512. */
        readonly secret: string;
        readonly algorithm: (typeof shared)[number];
      }
    | {
        /** URL of the JSON Web Key Set: https, or http on this machine. */
        readonly jwksUrl: string;
        readonly algorithm: (typeof asymmetric)[number];
        /** Timeout of a request for the keys, in ms. @default 3_000 */
        readonly jwksTimeout?: number;
        /** @default globalThis.fetch */
        readonly fetch?: typeof globalThis.fetch;
      }
  );

const common = {
  issuer: z.string().min(1),
  audience: z.string().min(1),
  cookieName: z.string().min(1).optional(),
  subjectClaim: z.string().min(1).default('sub'),
  clockTolerance: z.int().min(0).max(300).default(5),
  now: z
    .custom<() => number>((value) => typeof value === 'function', 'must be a function')
    .default(() => Date.now),
};

const secretSchema = z
  .strictObject({ ...common, secret: z.string(), algorithm: z.enum(shared) })
  .refine(({ secret, algorithm }) => byteLength(secret) >= Number(algorithm.slice(2)) / 8, {
    path: ['secret'],
    message: 'is too short for the algorithm',
  });

const keysSchema = z.strictObject({
  ...common,
  jwksUrl: z.url({ protocol: /^https?$/, error: 'must be an absolute URL' }).refine(isSafe, {
    message: 'must use https: an attacker who replaces the keys could sign in as any visitor',
  }),
  algorithm: z.enum(asymmetric),
  jwksTimeout: z.int().min(1).max(30_000).default(3_000),
  fetch: z
    .custom<typeof globalThis.fetch>((value) => typeof value === 'function', 'must be a function')
    .default(() => globalThis.fetch),
});

/** Longer tokens are rejected without verifying the signature. In characters. */
const maximumToken = 8_192;

/**
 * A session check for sites that identify visitors by a JWT: the `session` option of
 * `createTokenBroker`. Resolves with `null` if the token is missing or invalid.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function createJwtSessions(
  options: JwtSessionsOptions,
): (request: Request) => Promise<Visitor | null> {
  const hasSecret = 'secret' in options;
  const settings = hasSecret
    ? parseOptions('createJwtSessions', secretSchema, options)
    : parseOptions('createJwtSessions', keysSchema, options);
  const { cookieName, subjectClaim, now } = settings;
  const key =
    'secret' in settings ? new TextEncoder().encode(settings.secret) : remoteKeys(settings);
  const subjectSchema = z.object({ [subjectClaim]: z.string().min(1).max(128) });

  return async (request) => {
    const header = request.headers.get('Authorization') ?? '';
    const jwt =
      /^Bearer +(\S+)$/i.exec(header)?.[1] ??
      (cookieName === undefined ? undefined : readCookie(request, cookieName));
    if (jwt === undefined || jwt.length > maximumToken) return null;
    const checks: JWTVerifyOptions = {
      // Pinned, so that the token's header can't select the algorithm.
      algorithms: [settings.algorithm],
      issuer: settings.issuer,
      audience: settings.audience,
      clockTolerance: settings.clockTolerance,
      requiredClaims: ['exp', subjectClaim],
      currentDate: new Date(now()),
    };
    try {
      const { payload } =
        typeof key === 'function'
          ? await jwtVerify(jwt, key, checks)
          : await jwtVerify(jwt, key, checks);
      const claims = subjectSchema.safeParse(payload);
      return claims.success ? { subject: claims.data[subjectClaim] ?? '' } : null;
    } catch (error) {
      if (isBadToken(error)) return null;
      throw new SessionUnavailable('The keys for session tokens could not be fetched.', {
        cause: error,
      });
    }
  };
}

/** Any other error comes from fetching the keys, and must not sign visitors out. */
function isBadToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    // An unknown key id; the keys are fetched again at most every 30 s.
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function remoteKeys(settings: z.output<typeof keysSchema>): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(settings.jwksUrl), {
    timeoutDuration: settings.jwksTimeout,
    [customFetch]: settings.fetch,
  });
}

function isSafe(text: string): boolean {
  // An invalid URL gets the error message of the check before.
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
