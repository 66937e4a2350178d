import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { readCookie } from './cookies.ts';
import { parseOptions } from './options.ts';

export interface VisitorSession {
  /** The opaque visitor id. The browser and the gateway store each subject's data separately. */
  readonly subject: string;
  /** Display name; `null` for an anonymous visitor. */
  readonly name: string | null;
}

export interface VisitorSessionsOptions {
  /**
   * Signs the cookies (HS256); at least 32 bytes, and the same after a restart. To rotate it, pass the
   * new secret followed by the previous ones: the first signs, all of them verify.
   */
  readonly secret: string | readonly string[];
  /**
   * Lifetime of a session, in seconds. At most 400 days, the longest that browsers keep a cookie.
   * @default 34_560_000 (400 days)
   */
  readonly maxAge?: number;
  /**
   * Prefix it with `__Host-` on an https site, so that sibling subdomains can't set it.
   * @default 'partyline_visitor'
   */
  readonly cookieName?: string;
  /**
   * Whether the cookie has the `Secure` attribute. Set it to `true` behind a proxy that terminates TLS.
   * @default whether the request's URL is https
   */
  readonly secure?: boolean;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface VisitorSessions {
  /** Reads the session from the cookie or `Authorization: Bearer`; `null` if it is missing or invalid. */
  read(request: Request): Promise<VisitorSession | null>;
  /**
   * The session of a request, or a new anonymous one. `setCookie` is the `Set-Cookie` header for the
   * response, or `null` while the cookie is fresh: it is renewed after a tenth of its lifetime, so that
   * the sessions of returning visitors do not expire.
   */
  ensure(request: Request): Promise<{ session: VisitorSession; setCookie: string | null }>;
  /** The `Set-Cookie` header that starts this session in the browser. */
  issue(request: Request, session: VisitorSession): Promise<string>;
}

const maximumMaxAge = 400 * 24 * 60 * 60;
// Tokens that the site signs with the same secret for other purposes must not pass as sessions.
const audience = 'partyline-visitor';

const secretSchema = z
  .string()
  .refine((text) => new TextEncoder().encode(text).byteLength >= 32, 'must have at least 32 bytes');

const optionsSchema = z.strictObject({
  secret: z.union(
    [
      secretSchema.transform((one): [string, ...string[]] => [one]),
      z.tuple([secretSchema], secretSchema),
    ],
    {
      error: 'must be a secret of at least 32 bytes, or a list of secrets',
    },
  ),
  maxAge: z.int().min(1).max(maximumMaxAge).default(maximumMaxAge),
  cookieName: z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be a cookie name')
    .default('partyline_visitor'),
  secure: z.boolean().optional(),
  now: z
    .custom<() => number>((value) => typeof value === 'function', 'must be a function')
    .default(() => Date.now),
});

const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  name: z.string().min(1).max(256).optional(),
  iat: z.number(),
});

/** Longer tokens are rejected without verifying the signature. In characters. */
const maximumToken = 4_096;

interface ReadSession extends VisitorSession {
  /** Epoch milliseconds. */
  readonly issuedAt: number;
}

/** A new anonymous visitor with a random subject. */
export function newVisitor(): VisitorSession {
  return { subject: randomUUID(), name: null };
}

/**
 * Stateless sessions for visitors who have not signed in: a signed cookie holds the opaque visitor id.
 * This is not authentication; it only recognizes the same browser.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function createVisitorSessions(options: VisitorSessionsOptions): VisitorSessions {
  const settings = parseOptions('createVisitorSessions', optionsSchema, options);
  const { cookieName, maxAge, now } = settings;
  const [key, ...previousKeys] = keysOf(...settings.secret);

  async function verify(jwt: string): Promise<ReadSession | null> {
    for (const each of [key, ...previousKeys]) {
      const found = await verifyWith(each, jwt);
      if (found) return found;
    }
    return null;
  }

  async function verifyWith(key: Uint8Array, jwt: string): Promise<ReadSession | null> {
    try {
      const { payload } = await jwtVerify(jwt, key, {
        // Pinned, so that the token's header can't select the algorithm.
        algorithms: ['HS256'],
        audience,
        requiredClaims: ['exp', 'iat', 'sub'],
        currentDate: new Date(now()),
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return null;
      const { sub, name, iat } = claims.data;
      return { subject: sub, name: name ?? null, issuedAt: iat * 1000 };
    } catch (error) {
      // Expired, forged or malformed: no session. Any other error is a bug.
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  async function readFull(request: Request): Promise<ReadSession | null> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1];
    const jwt = bearer ?? readCookie(request, cookieName);
    return jwt === undefined || jwt.length > maximumToken ? null : verify(jwt);
  }

  async function issue(request: Request, session: VisitorSession): Promise<string> {
    const seconds = Math.floor(now() / 1000);
    const jwt = await new SignJWT(session.name === null ? {} : { name: session.name })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(session.subject)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + maxAge)
      .sign(key);
    // Browsers reject a `__Host-` cookie without `Secure`.
    const secure =
      settings.secure ??
      (cookieName.startsWith('__Host-') || new URL(request.url).protocol === 'https:');
    const attributes = [`Max-Age=${maxAge}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
    if (secure) attributes.push('Secure');
    return [`${cookieName}=${jwt}`, ...attributes].join('; ');
  }

  return {
    issue,
    async read(request) {
      const found = await readFull(request);
      return found && { subject: found.subject, name: found.name };
    },
    async ensure(request) {
      const found = await readFull(request);
      const session = found ? { subject: found.subject, name: found.name } : newVisitor();
      const isFresh = found !== null && now() - found.issuedAt < maxAge * 100;
      return { session, setCookie: isFresh ? null : await issue(request, session) };
    },
  };
}

function keysOf(first: string, ...previous: readonly string[]): [Uint8Array, ...Uint8Array[]] {
  const encoder = new TextEncoder();
  return [encoder.encode(first), ...previous.map((secret) => encoder.encode(secret))];
}
