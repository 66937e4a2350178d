import { z } from 'zod';

/** An invalid environment variable. The message is shown without a stack trace. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export type GatewaySettings =
  | {
      readonly kind: 'emulator';
      readonly dialect: 'webchat' | 'genesys-cloud';
      readonly port: number;
      /** A PostgreSQL URL; `null` for the embedded database. */
      readonly databaseUrl: string | null;
      /** The folder of the embedded database; `null` for memory. */
      readonly dataFolder: string | null;
    }
  | {
      readonly kind: 'external';
      readonly socketUrl: string;
      readonly apiUrl: string;
      readonly oauthUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly kind: 'deployment';
      readonly deploymentId: string;
      /** Either `region`, or `endpoint` for an origin that replaces the platform. */
      readonly region?: string;
      readonly endpoint?: string;
      /** The origin for file uploads, which the platform chooses. */
      readonly uploadOrigin?: string;
    };

export interface Settings {
  readonly port: number;
  readonly gateway: GatewaySettings;
  /** Signs visitors' cookies; `null` creates one and stores it in a file. */
  readonly sessionSecret: string | null;
  /** The folder of the built site; `null` for the output of `npm run build`. */
  readonly siteFolder: string | null;
  /** Timing options of the hub, in ms. */
  readonly timing: Readonly<Record<string, number>>;
  /** A Redis for rate limits shared with other servers. */
  readonly redisUrl: string | null;
}

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port number, at most 65535');
const required = z.string().min(1);

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('must be JSON, such as {"ping":15000}');
    return z.NEVER;
  }
});

const environmentSchema = z.object({
  PORT: port.default(8080),
  GATEWAY_PORT: port.default(8081),
  DATABASE_URL: required.optional(),
  PARTYLINE_DATA: required.optional(),
  PARTYLINE_SESSION_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  PARTYLINE_SITE: required.optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be a redis: or rediss: URL')
    .optional(),
  PARTYLINE_TIMING: json.pipe(z.record(z.string(), z.number())).default({}),
  PARTYLINE_DIALECT: z.enum(['webchat', 'genesys-cloud']).default('webchat'),
});

const deploymentSchema = z.object({
  PARTYLINE_GENESYS_DEPLOYMENT_ID: required,
  PARTYLINE_GENESYS_REGION: required.optional(),
  PARTYLINE_GENESYS_ENDPOINT: required.optional(),
  PARTYLINE_GENESYS_UPLOADS: z
    .url({ protocol: /^https$/, error: 'must be an https origin' })
    .transform((text) => new URL(text).origin)
    .optional(),
});

const externalSchema = z.object({
  PARTYLINE_SOCKET_URL: z.url({ protocol: /^wss?$/, error: 'must be a whole ws or wss URL' }),
  PARTYLINE_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https origin' })
    .refine((text) => new URL(text).pathname === '/', 'must be an origin, without a path')
    .transform((text) => new URL(text).origin),
  PARTYLINE_OAUTH_URL: z.url({ protocol: /^https?$/, error: 'must be a whole http or https URL' }),
  PARTYLINE_CLIENT_ID: required,
  PARTYLINE_CLIENT_SECRET: required,
});

const externalNames = Object.keys(externalSchema.shape);

/** @throws {SettingsError} */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  // An empty variable, as in `PORT= npm start`, means the default.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const common = parse(environmentSchema, given);
  return {
    port: common.PORT,
    gateway: deployment(given) ??
      externalGateway(given) ?? {
        kind: 'emulator',
        dialect: common.PARTYLINE_DIALECT,
        port: common.GATEWAY_PORT,
        databaseUrl: common.DATABASE_URL ?? null,
        dataFolder: common.PARTYLINE_DATA ?? null,
      },
    sessionSecret: common.PARTYLINE_SESSION_SECRET ?? null,
    siteFolder: common.PARTYLINE_SITE ?? null,
    timing: common.PARTYLINE_TIMING,
    redisUrl: common.REDIS_URL ?? null,
  };
}

function deployment(given: Readonly<Record<string, unknown>>): GatewaySettings | null {
  if (!Object.keys(deploymentSchema.shape).some((name) => name in given)) return null;
  const named = parse(deploymentSchema, given);
  const region = named.PARTYLINE_GENESYS_REGION;
  const endpoint = named.PARTYLINE_GENESYS_ENDPOINT;
  if (region === undefined && endpoint === undefined) {
    throw new SettingsError('To work against a deployment, set PARTYLINE_GENESYS_REGION as well.');
  }
  const deploymentId = named.PARTYLINE_GENESYS_DEPLOYMENT_ID;
  const uploadOrigin = named.PARTYLINE_GENESYS_UPLOADS;
  return {
    kind: 'deployment',
    deploymentId,
    ...(endpoint !== undefined ? { endpoint } : region !== undefined ? { region } : {}),
    ...(uploadOrigin === undefined ? {} : { uploadOrigin }),
  };
}

function externalGateway(given: Readonly<Record<string, unknown>>): GatewaySettings | null {
  const missing = externalNames.filter((name) => !(name in given));
  if (missing.length === externalNames.length) return null;
  if (missing.length > 0) {
    throw new SettingsError(
      `To work against a gateway of your own, set ${missing.join(', ')} as well; ` +
        'to use the built-in emulator, set none of these.',
    );
  }
  const external = parse(externalSchema, given);
  return {
    kind: 'external',
    socketUrl: external.PARTYLINE_SOCKET_URL,
    apiUrl: external.PARTYLINE_API_URL,
    oauthUrl: external.PARTYLINE_OAUTH_URL,
    clientId: external.PARTYLINE_CLIENT_ID,
    clientSecret: external.PARTYLINE_CLIENT_SECRET,
  };
}

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SettingsError(`${issue?.path.join('.')}: ${issue?.message}.`);
}
