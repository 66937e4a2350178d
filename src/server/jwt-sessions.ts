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
  /** Who must have issued the token, its `iss`. */
  readonly issuer: string;
  /** Whom it must be for, its `aud`. */
  readonly audience: string;
  /** The cookie that holds it. An `Authorization: Bearer` goes first. @default only the header */
  readonly cookieName?: string;
  /** The claim that names the visitor: opaque, 1 to 128 characters. @default 'sub' */
  readonly subjectClaim?: string;
  /** How far the issuer's clock may be off, in seconds. @default 5 */
  readonly clockTolerance?: number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Of the site's own sign-in: tokens with one pinned algorithm, by a shared secret or by its public keys. */
export type JwtSessionsOptions = JwtSessionsCommon &
  (
    | {
        /** At least 32 bytes, 48 and 64 for HS384 and HS512. */
        readonly secret: string;
        readonly algorithm: (typeof shared)[number];
      }
    | {
        /** Where the public keys are, an https URL (http on this machine). */
        readonly jwksUrl: string;
        readonly algorithm: (typeof asymmetric)[number];
        /** How long its server may take, in ms. @default 3_000 */
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
    message: 'is shorter than the algorithm asks for',
  });

const keysSchema = z.strictObject({
  ...common,
  jwksUrl: z.url({ protocol: /^https?$/, error: 'must be a whole URL' }).refine(isSafe, {
    message: 'must be https: whoever changes the keys on the way can sign in as anybody',
  }),
  algorithm: z.enum(asymmetric, 'must be asymmetric with public keys'),
  jwksTimeout: z.int().min(1).max(30_000).default(3_000),
  fetch: z
    .custom<typeof globalThis.fetch>((value) => typeof value === 'function', 'must be a function')
    .default(() => globalThis.fetch),
});

/** A longer one is no session; nobody need count its signature. In characters. */
const longestToken = 8_192;

/**
 * The session check of a site whose visitors bear a JWT: for `session` of `createTokenBroker`. Resolves
 * with `null` for no token and for a bad one, whatever is bad about it.
 *
 * @throws {PartylineError} `invalid-option` at once when an option is wrong, naming it.
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
    if (jwt === undefined || jwt.length > longestToken) return null;
    const checks: JWTVerifyOptions = {
      // Pinned: a header must not choose how it is checked.
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
      throw new SessionUnavailable('the keys that sign the sessions are out of reach', {
        cause: error,
      });
    }
  };
}

/** Everything else than the token is the fault of the keys' server, and no reason to sign anybody out. */
function isBadToken(error: unknown): boolean {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    // A key id that the site does not know: asked of its server again at most every 30 s.
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
  // What is no URL at all is refused with the words for that.
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
