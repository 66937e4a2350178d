import { z } from 'zod';
import { describeIssue, PartylineError } from '../protocol/errors.ts';
import { type BrokerLogger, jsonLines } from './logs.ts';
import type { RateLimitStore } from './rate-limits.ts';

/** What the guide asks for, and nothing broader (guide §1). */
export const defaultScopes = ['webchat:send', 'webchat:read', 'conversation:read'] as const;

/** Who asks, as the site's own session knows it. */
export interface Visitor {
  /** Opaque, stable for one visitor and never shared by two; 1 to 128 characters. */
  readonly subject: string;
}

export interface BrokerLimits {
  /** Tokens that one visitor may ask for in a minute, in one burst or spread. @default 60 */
  readonly tokensPerMinute?: number;
  /**
   * Requests of any kind from one address in a minute, before the session is looked at. An office or
   * a mobile network has one address for many people. @default 600
   */
  readonly requestsPerAddress?: number;
  /** Routing log entries that one visitor may add in a minute. @default 60 */
  readonly routingLogsPerMinute?: number;
  /** Routing log entries kept in memory; the oldest go first. @default 500 */
  readonly routingLogEntries?: number;
  /** The largest routing log body, in bytes. @default 16_384 */
  readonly routingLogBytes?: number;
  /** Visitors and addresses that the memory knows; the one that rested longest goes first. @default 10_000 */
  readonly visitors?: number;
}

export interface TokenBrokerOptions {
  /** The OAuth server's token address, a whole URL. */
  readonly oauthUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Each `webchat:…`, `conversation:read` or `user:read`; any other makes `createTokenBroker` throw.
   * @default ['webchat:send', 'webchat:read', 'conversation:read'] (guide §1)
   */
  readonly scopes?: readonly string[];
  /** The site's own session check. `null` means nobody is signed in, and becomes a 401. */
  readonly session: (request: Request) => Promise<Visitor | null>;
  /**
   * The site's own origins, like `https://shop.example`. Needed where a proxy in front ends TLS or
   * changes the host, so that the request's URL is not what the browser asked for.
   * @default the origin of each request's own URL
   */
  readonly origin?: string | readonly string[];
  /**
   * How many proxies of the site's own stand in front of it: so many entries from the right of
   * `X-Forwarded-For` are believed. @default 0: the address is that of the TCP connection
   */
  readonly trustedProxies?: number;
  /** The path that `fetch` answers as the token broker. @default '/chat/token' */
  readonly tokenPath?: string;
  /** The path that `fetch` answers as the routing log. @default '/chat/routing-log' */
  readonly routingLogPath?: string;
  /** The path that `fetch` answers to a balancer that asks whether it is well. @default '/chat/health' */
  readonly healthPath?: string;
  /** How long the OAuth server may take in all, in ms. @default 10_000 */
  readonly oauthTimeout?: number;
  /**
   * How long a token just issued may be given to the same visitor again, in ms; at most 30 s, and only
   * while nine tenths of its life remain. 0: each is asked for anew. Requests that come at the same
   * time share one in any case. @default 5_000
   */
  readonly tokenReuse?: number;
  readonly limits?: BrokerLimits;
  /** Where the limits are counted; `redisRateLimits` for brokers that share them. @default in memory */
  readonly rateLimits?: RateLimitStore;
  /** @default lines of JSON on the standard streams */
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
    'must be an origin like https://shop.example, without a path',
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
  oauthUrl: z.url({ protocol: /^https?$/, error: 'must be a whole http or https URL' }),
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
      error: 'must be an origin like https://shop.example, or a list of them',
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

/** @throws {PartylineError} `invalid-option`, naming the option. Never quotes its value. */
export function parseBrokerOptions(options: TokenBrokerOptions): BrokerSettings {
  return parseOptions('createTokenBroker', optionsSchema, options);
}

export function parseOptions<T>(caller: string, schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new PartylineError('invalid-option', `${caller}: ${describeIssue(parsed.error)}`);
}
