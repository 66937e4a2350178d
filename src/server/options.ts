import { z } from 'zod';
import { describeIssue, PartylineError } from '../protocol/errors.ts';
import { type BrokerLogger, jsonLines } from './logs.ts';
import type { RateLimitStore } from './rate-limits.ts';

/** The scopes that the guide requires, and no broader ones (guide §1). */
export const defaultScopes = ['webchat:send', 'webchat:read', 'conversation:read'] as const;

/** The visitor that a session belongs to. */
export interface Visitor {
  /** Opaque and unique id, the same in every session of the visitor; 1 to 128 characters. */
  readonly subject: string;
}

export interface BrokerLimits {
  /** Token requests per visitor and minute, in bursts or spread. @default 60 */
  readonly tokensPerMinute?: number;
  /**
   * Requests of any kind per address and minute, counted before the session is checked. Many people in
   * an office or a mobile network share one address. @default 600
   */
  readonly requestsPerAddress?: number;
  /** Routing log entries per visitor and minute. @default 60 */
  readonly routingLogsPerMinute?: number;
  /** Routing log entries kept in memory; the oldest is dropped first. @default 500 */
  readonly routingLogEntries?: number;
  /** Maximum size of a routing log body, in bytes. @default 16_384 */
  readonly routingLogBytes?: number;
  /** Visitors and addresses kept in memory; the least recently used is dropped first. @default 10_000 */
  readonly visitors?: number;
}

export interface TokenBrokerOptions {
  /** The absolute URL of the OAuth server's token endpoint. */
  readonly oauthUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Each one `webchat:…`, `conversation:read` or `user:read`; `createTokenBroker` throws for any other.
   * @default ['webchat:send', 'webchat:read', 'conversation:read'] (guide §1)
   */
  readonly scopes?: readonly string[];
  /** Checks the site's own session. `null`: there is none, and the broker answers 401. */
  readonly session: (request: Request) => Promise<Visitor | null>;
  /**
   * The site's origins, such as `https://shop.example`. Needed behind a proxy that terminates TLS or
   * changes the host, since the request's URL then differs from the one in the browser.
   * @default the origin of each request's own URL
   */
  readonly origin?: string | readonly string[];
  /**
   * Number of the site's proxies in front of the broker: the client's address is that many entries from
   * the right in `X-Forwarded-For`. @default 0: the address of the TCP connection
   */
  readonly trustedProxies?: number;
  /** Path of the token endpoint in `fetch`. @default '/chat/token' */
  readonly tokenPath?: string;
  /** Path of the routing log in `fetch`. @default '/chat/routing-log' */
  readonly routingLogPath?: string;
  /** Path of the health check in `fetch`, for load balancers. @default '/chat/health' */
  readonly healthPath?: string;
  /** Timeout of a request to the OAuth server, in ms. @default 10_000 */
  readonly oauthTimeout?: number;
  /**
   * How long an issued token is reused for the same visitor, in ms; at most 30 s, and only while nine
   * tenths of its lifetime remain. 0: never. Concurrent requests of one visitor always share a token.
   * @default 5_000
   */
  readonly tokenReuse?: number;
  readonly limits?: BrokerLimits;
  /** Where requests are counted; `redisRateLimits` shares the counts among brokers. @default in memory */
  readonly rateLimits?: RateLimitStore;
  /** @default JSON lines on the standard streams */
  readonly logger?: BrokerLogger;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

const allowedScope = /^(webchat:[a-z][a-z0-9_-]*|conversation:read|user:read)$/;

export function isAllowedScope(scope: string): boolean {
  return allowedScope.test(scope);
}

const webOrigin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin without a path, such as https://shop.example',
  );

const path = z.string().startsWith('/', 'must start with /');

function callable<T>(what: string) {
  return z.custom<T>((value) => typeof value === 'function', `must be ${what}`);
}

function hasMethods(...names: readonly string[]) {
  return (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === 'function');
}

const count = z.int().min(1);

const limitsSchema = z.strictObject({
  tokensPerMinute: count.default(60),
  requestsPerAddress: count.default(600),
  routingLogsPerMinute: count.default(60),
  routingLogEntries: count.default(500),
  routingLogBytes: count.default(16_384),
  visitors: count.default(10_000),
});

const optionsSchema = z.strictObject({
  oauthUrl: z.url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' }),
  clientId: z.string().min(1, 'must not be empty'),
  clientSecret: z.string().min(1, 'must not be empty'),
  scopes: z
    .array(
      z
        .string()
        .refine(isAllowedScope, 'only webchat:*, conversation:read and user:read are allowed'),
    )
    .min(1, 'must name at least one scope')
    .default([...defaultScopes]),
  session: callable<TokenBrokerOptions['session']>('a function of the request'),
  origin: z
    .union([webOrigin.transform((one) => [one]), z.array(webOrigin)], {
      error: 'must be an origin, such as https://shop.example, or a list of origins',
    })
    .default([]),
  tokenPath: path.default('/chat/token'),
  routingLogPath: path.default('/chat/routing-log'),
  healthPath: path.default('/chat/health'),
  trustedProxies: z.int().min(0).max(10).default(0),
  oauthTimeout: z.int().min(1).max(120_000).default(10_000),
  tokenReuse: z.int().min(0).max(30_000).default(5_000),
  rateLimits: z
    .custom<RateLimitStore>(hasMethods('take', 'close'), 'must have the methods take and close')
    .optional(),
  limits: limitsSchema.default(() => limitsSchema.parse({})),
  logger: z
    .custom<BrokerLogger>(
      hasMethods('info', 'warn', 'error'),
      'must have the methods info, warn and error',
    )
    .default(jsonLines),
  fetch: callable<typeof globalThis.fetch>('a function like fetch').default(() => globalThis.fetch),
  now: callable<() => number>('a function that returns epoch milliseconds').default(() => Date.now),
});

export type BrokerSettings = z.output<typeof optionsSchema>;

/** @throws {PartylineError} `invalid-option`: the message names the option, but not its value. */
export function parseBrokerOptions(options: TokenBrokerOptions): BrokerSettings {
  return parseOptions('createTokenBroker', optionsSchema, options);
}

export function parseOptions<T>(caller: string, schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new PartylineError('invalid-option', `${caller}: ${describeIssue(parsed.error)}`);
}
