import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { readCookie } from './cookies.ts';
import { parseOptions } from './options.ts';

export interface VisitorSession {
  /** The opaque visitor id, which partitions what the browser and the gateway store. */
  readonly subject: string;
  /** What to call the visitor; `null` for somebody who has not signed in. */
  readonly name: string | null;
}

export interface VisitorSessionsOptions {
  /**
   * Signs the cookies (HS256); at least 32 bytes, and the same after a restart. To change it, give the
   * new one and the former ones behind it: the first signs, all are believed.
   */
  readonly secret: string | readonly string[];
  /**
   * How long a session lasts, in seconds. At most 400 days, the longest that browsers keep a cookie.
   * @default 34_560_000 (400 days)
   */
  readonly maxAge?: number;
  /**
   * With `__Host-` before it, where the site has https: then no sister subdomain can set it.
   * @default 'partyline_visitor'
   */
  readonly cookieName?: string;
  /**
   * Whether the cookie is for https alone. Say `true` behind a proxy that ends TLS.
   * @default whether the request's own URL is https
   */
  readonly secure?: boolean;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface VisitorSessions {
  /** The session of a request, by its cookie or its `Authorization: Bearer`; `null` for none or a bad one. */
  read(request: Request): Promise<VisitorSession | null>;
  /**
   * The session of a request, or a new anonymous one. `setCookie` is the `Set-Cookie` header to
   * answer with, `null` when the browser's cookie is good: it is renewed once a tenth of its life
   * has gone, so that nobody who comes back is forgotten.
   */
  ensure(request: Request): Promise<{ session: VisitorSession; setCookie: string | null }>;
  /** The `Set-Cookie` header that makes the browser this visitor. */
  issue(request: Request, session: VisitorSession): Promise<string>;
}

const longestMaxAge = 400 * 24 * 60 * 60;
// Keeps a token that the site signs for another end with the same secret from passing as a session.
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
      error: 'must have at least 32 bytes, or be a list of such',
    },
  ),
  maxAge: z.int().min(1).max(longestMaxAge).default(longestMaxAge),
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

/** Longer ones are no session; nobody need count their signature. In characters. */
const longestToken = 4_096;

interface ReadSession extends VisitorSession {
  /** Epoch milliseconds. */
  readonly issuedAt: number;
}

/** A new visitor whom nobody knows: a random subject and no name. */
export function newVisitor(): VisitorSession {
  return { subject: randomUUID(), name: null };
}

/**
 * Visitors without a form: a signed cookie holds the opaque visitor id, so that the server keeps
 * nothing. It is no sign-in: it tells that the same browser came back.
 *
 * @throws {PartylineError} `invalid-option` at once when an option is wrong, naming it.
 */
export function createVisitorSessions(options: VisitorSessionsOptions): VisitorSessions {
  const settings = parseOptions('createVisitorSessions', optionsSchema, options);
  const { cookieName, maxAge, now } = settings;
  const [key, ...formerKeys] = keysOf(...settings.secret);

  async function verify(jwt: string): Promise<ReadSession | null> {
    for (const each of [key, ...formerKeys]) {
      const found = await verifyWith(each, jwt);
      if (found) return found;
    }
    return null;
  }

  async function verifyWith(key: Uint8Array, jwt: string): Promise<ReadSession | null> {
    try {
      const { payload } = await jwtVerify(jwt, key, {
        // Pinned: a header must not choose how it is checked.
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
      // Expired, forged or garbled: no session. Anything else is a fault of ours.
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  async function readFull(request: Request): Promise<ReadSession | null> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1];
    const jwt = bearer ?? readCookie(request, cookieName);
    return jwt === undefined || jwt.length > longestToken ? null : verify(jwt);
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
    // Browsers drop a `__Host-` cookie that is not secure.
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

function keysOf(first: string, ...former: readonly string[]): [Uint8Array, ...Uint8Array[]] {
  const encoder = new TextEncoder();
  return [encoder.encode(first), ...former.map((secret) => encoder.encode(secret))];
}
