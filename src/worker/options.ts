import {
  enum as _enum,
  custom,
  exactOptional,
  gte,
  int,
  lte,
  minLength,
  number,
  regex,
  strictObject,
  string,
  type ZodMiniType,
} from 'zod/mini';
import { buildSchema } from '../protocol/builds.ts';
import type { Content } from '../protocol/content.ts';
import { describeIssue, PartylineError } from '../protocol/errors.ts';
import type { GatewayAdapter } from '../protocol/gateway/adapter.ts';
import { hubNamePattern, hubNameRule } from '../protocol/hub-name.ts';
import type { HubObserver } from './core/observer.ts';
import type { SessionPolicy } from './core/session-policy.ts';
import {
  defaultLimits,
  defaultRoutingPolicy,
  defaultTiming,
  type HistoryPolicy,
  type Limits,
  type RoutingPolicy,
  type Timing,
} from './core/settings.ts';
import type { AttributesSchema } from './host/attributes.ts';
import type { RowCipher } from './store/encrypted-rows.ts';
import type { FindDuplicate } from './store/same-message.ts';

/** A dialect, with what only its hubs need. */
export interface HubGateway extends GatewayAdapter {
  /** How the hub treats sessions, for dialects with `authentication: 'session'`. */
  readonly sessionPolicy?: SessionPolicy;
  /** What its messages may bring besides their text. @default nothing */
  readonly contents?: ZodMiniType<Content[]>;
  /** How a row is known again under another id. @default ids do not change */
  readonly findDuplicate?: FindDuplicate;
}

export interface HubOptions {
  /**
   * Names this hub, for origins with several chats, such as one deployment for each language. Pages pass the
   * same `name` to `connect`. Hubs of different names share nothing. At most 64 letters, digits, hyphens
   * or underscores. @default none, for an origin with one hub
   */
  readonly name?: string;
  /** The gateway's dialect, such as `genesysWebchat({ socketUrl, apiUrl })`. */
  readonly gateway: HubGateway;
  /** The site's token broker, on the site's own origin. @default '/chat/token' */
  readonly tokenUrl?: string;
  /**
   * URL on the site's own origin that gets each routing and its result, to find out later why a visitor
   * waited. The chat never waits for it. @default none
   */
  readonly routingLogUrl?: string;
  /**
   * When pages show the stored transcript: `at-once`, or only once the broker has `confirmed` the
   * visitor's identity, for visitors who share computers. With `confirmed`, nothing is shown offline.
   * @default 'at-once'
   */
  readonly history?: HistoryPolicy;
  /** Encrypts texts, names and the draft in the browser's storage: `encryptRows`. @default no encryption */
  readonly encrypted?: () => RowCipher;
  /** Lets `<partyline-inspector>` observe the hub: `inspectable`. @default no inspection */
  readonly inspect?: HubObserver;
  readonly routing?: Partial<RoutingPolicy> & {
    /** A zod or zod/mini schema for the `attributes` that pages pass. @default any */
    readonly attributes?: AttributesSchema;
  };
  /**
   * Names this build: digits with dots, compared as numbers, such as a version or a build time. When
   * two builds meet, the newer one takes over. @default the version of partyline
   */
  readonly build?: string;
  /** Replaces default times, in ms. */
  readonly timing?: Partial<Timing>;
  /** Replaces default limits. */
  readonly limits?: Partial<Limits>;
}

/** Raised with package.json; a test compares the two. */
export const version = '0.1.0';

const duration = exactOptional(number().check(gte(0), lte(86_400_000)));
const count = exactOptional(int().check(gte(1), lte(100_000)));

function partOf<T extends object>(defaults: T, value: typeof duration | typeof count) {
  return strictObject(Object.fromEntries(Object.keys(defaults).map((key) => [key, value])));
}

const adapterSchema = custom<HubGateway>(
  (value) =>
    typeof value === 'object' && value !== null && 'decode' in value && 'socketUrl' in value,
  'must be an adapter, such as genesysWebchat(…)',
);

const attributesSchema = custom<AttributesSchema>(
  (value) => typeof value === 'object' && value !== null && 'safeParse' in value,
  'must be a schema of zod',
);

const routingSchema = strictObject({
  attributes: exactOptional(attributesSchema),
  whenUnchecked: exactOptional(_enum(['send', 'wait'], 'must be send or wait')),
  whenUncovered: exactOptional(_enum(['ask', 'warn', 'refuse'], 'must be ask, warn or refuse')),
});

const optionsSchema = strictObject({
  name: exactOptional(string().check(regex(hubNamePattern, hubNameRule))),
  gateway: adapterSchema,
  tokenUrl: exactOptional(string().check(minLength(1))),
  routingLogUrl: exactOptional(string().check(minLength(1))),
  history: exactOptional(_enum(['at-once', 'confirmed'], 'must be at-once or confirmed')),
  encrypted: exactOptional(
    custom<() => RowCipher>((value) => typeof value === 'function', 'must be encryptRows'),
  ),
  inspect: exactOptional(
    custom<HubObserver>((value) => 'onStep' in Object(value), 'must be inspectable'),
  ),
  routing: exactOptional(routingSchema),
  build: exactOptional(buildSchema),
  timing: exactOptional(partOf(defaultTiming, duration)),
  limits: exactOptional(partOf(defaultLimits, count)),
});

export interface CheckedOptions {
  readonly name: string;
  readonly gateway: HubGateway;
  readonly tokenUrl: string;
  readonly routingLogUrl: string | null;
  readonly history: HistoryPolicy;
  readonly encrypted: (() => RowCipher) | null;
  readonly inspect: HubObserver | null;
  readonly routing: RoutingPolicy;
  readonly attributes: AttributesSchema | null;
  readonly build: string;
  readonly timing: Timing;
  readonly limits: Limits;
}

/** @throws {PartylineError} `invalid-option`, naming the option. */
export function checkOptions(options: HubOptions): CheckedOptions {
  const result = optionsSchema.safeParse(options);
  if (!result.success) {
    throw new PartylineError('invalid-option', `startHub: ${describeIssue(result.error)}`);
  }
  const {
    name,
    gateway,
    tokenUrl,
    routingLogUrl,
    history,
    encrypted,
    inspect,
    routing,
    build,
    timing,
    limits,
  } = result.data;
  const { attributes, ...policy } = routing ?? {};
  return {
    name: name ?? '',
    gateway,
    tokenUrl: tokenUrl ?? '/chat/token',
    routingLogUrl: routingLogUrl ?? null,
    history: history ?? 'at-once',
    encrypted: encrypted ?? null,
    inspect: inspect ?? null,
    routing: { ...defaultRoutingPolicy, ...policy },
    attributes: attributes ?? null,
    build: build ?? version,
    timing: { ...defaultTiming, ...timing },
    limits: { ...defaultLimits, ...limits },
  };
}
