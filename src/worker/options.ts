import { buildSchema } from '../protocol/builds.ts';
import { describeIssue, PartylineError } from '../protocol/errors.ts';
import type { GatewayAdapter } from '../protocol/gateway.ts';
import { z } from '../protocol/zod.ts';
import { defaultLimits, defaultTiming, type Limits, type Timing } from './core/settings.ts';

export interface HubOptions {
  /** The gateway's dialect, such as `genesysArticle({ socketUrl, apiUrl })`. */
  readonly gateway: GatewayAdapter;
  /** The site's token broker, on the site's own origin. @default '/chat/token' */
  readonly tokenUrl?: string;
  /**
   * Names this build: digits with dots, compared as numbers, such as a version or a build time. When
   * two builds meet, the newer one takes over. @default the version of partyline
   */
  readonly build?: string;
  /** Times in ms, where the defaults do not fit. */
  readonly timing?: Partial<Timing>;
  /** Counts, where the defaults do not fit. */
  readonly limits?: Partial<Limits>;
}

/** Raised with package.json; a test compares the two. */
export const version = '0.1.0';

const duration = z.exactOptional(z.number().check(z.nonnegative(), z.maximum(86_400_000)));
const count = z.exactOptional(z.int().check(z.minimum(1), z.maximum(100_000)));

function partOf<T extends object>(defaults: T, value: typeof duration | typeof count) {
  return z.strictObject(Object.fromEntries(Object.keys(defaults).map((key) => [key, value])));
}

const adapterSchema = z.custom<GatewayAdapter>(
  (value) =>
    typeof value === 'object' && value !== null && 'decode' in value && 'socketUrl' in value,
  'must be an adapter, such as genesysArticle(…)',
);

const optionsSchema = z.strictObject({
  gateway: adapterSchema,
  tokenUrl: z.exactOptional(z.string().check(z.minLength(1))),
  build: z.exactOptional(buildSchema),
  timing: z.exactOptional(partOf(defaultTiming, duration)),
  limits: z.exactOptional(partOf(defaultLimits, count)),
});

export interface CheckedOptions {
  readonly gateway: GatewayAdapter;
  readonly tokenUrl: string;
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
  const { gateway, tokenUrl, build, timing, limits } = result.data;
  return {
    gateway,
    tokenUrl: tokenUrl ?? '/chat/token',
    build: build ?? version,
    timing: { ...defaultTiming, ...timing },
    limits: { ...defaultLimits, ...limits },
  };
}
