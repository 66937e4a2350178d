import { z } from 'zod';

/** Receives internal errors of the gateway. `console` implements it. */
export interface GatewayLogger {
  error(message: string, detail?: unknown): void;
}

export interface SkillGroupOption {
  /** The canonical name; matching is case-sensitive. */
  readonly name: string;
  /** @default derived from the name, in lower case */
  readonly id?: string;
  /** Number of agents in the skill coverage report. @default 2 */
  readonly agentsOnShift?: number;
}

export interface BotOptions {
  /** How long the bot waits for an agent before it answers, in ms. @default 1_500 */
  readonly afterMs?: number;
  /** Duration of its typing, in ms. @default 600 */
  readonly typingMs?: number;
  /** @default 'bot_robin' */
  readonly id?: string;
  /** @default 'Robin (bot)' */
  readonly name?: string;
}

export interface GatewayOptions {
  /**
   * `webchat`: docs/protocol.md. `genesys-cloud`: the Web Messaging Guest API, as docs/genesys-cloud.md
   * describes it. @default 'webchat'
   */
  readonly dialect?: 'webchat' | 'genesys-cloud';
  /** The one deployment of the `genesys-cloud` dialect. @default 'deployment-1' */
  readonly deploymentId?: string;
  /** Lifetime of its sessions after the last message, in seconds. @default 259_200 */
  readonly sessionLife?: number;
  /** Whether its history includes the metadata of clients, such as their message ids. @default true */
  readonly historyKeepsIds?: boolean;
  /**
   * Files that its visitors can send; `false`: none.
   * @default images, PDF and plain text, 10 MB
   */
  readonly uploads?:
    | false
    | {
        /** `image/*` and `*\/*` are allowed. */
        readonly mimeTypes?: readonly string[];
        /** In bytes. */
        readonly maximumSize?: number;
        /**
         * Whether the bytes must arrive with the file's `Content-Type`, which the official clients
         * send. @default true
         */
        readonly checksType?: boolean;
      };
  /** Its settings (`config.json`), besides files. */
  readonly deployment?: {
    /** @default ['en-us'] */
    readonly languages?: readonly string[];
    /** @default true */
    readonly showsTyping?: boolean;
    /** Otherwise typing events of visitors are refused with 403. @default true */
    readonly sendsTyping?: boolean;
    /** Whether a conversation starts before the first message. @default false */
    readonly autoStart?: boolean;
    /** Whether visitors can clear a conversation. @default true */
    readonly clear?: boolean;
    /** Whether agents and bots write rich text. @default false */
    readonly markdown?: boolean;
    /**
     * Whether visitors are told that an agent has ended their conversation (Conversation Disconnect, which
     * is off in a new deployment of the platform). Without it their next message starts a new
     * conversation. @default true
     */
    readonly disconnect?: boolean;
    /**
     * Whether a session becomes read-only when an agent ends its conversation. Otherwise, and without
     * `disconnect`, the next message starts a new conversation in it. @default true
     */
    readonly endsSession?: boolean;
    /** Whether a guest's session goes on when they sign in; otherwise it is cleared then. @default false */
    readonly allowSessionUpgrade?: boolean;
    /** Whether messages of bots have a name; on the platform their sender is empty. @default false */
    readonly namesBots?: boolean;
  };
  /** Lifetime of its file URLs, in seconds. @default 600 */
  readonly fileLinkLife?: number;
  /** Port on 127.0.0.1; 0 for any free one. @default 0 */
  readonly port?: number;
  /** @default a random one */
  readonly clientId?: string;
  /** @default a random one */
  readonly clientSecret?: string;
  /** Lifetime of a token, in seconds; fractions are allowed. @default 900 */
  readonly tokenLife?: number;
  /** Delay between TOKEN_EXPIRED and the close (4001), in ms. @default 5_000 */
  readonly expiryGrace?: number;
  /** Interval between the gateway's pings, in ms. @default 30_000 */
  readonly pingInterval?: number;
  /** Timeout of a client's pong, in ms; the gateway then closes with 4008. @default 15_000 */
  readonly pongTimeout?: number;
  /** Pings at shorter intervals count as a violation, in ms; 0 for never. @default 17_500 */
  readonly minimumClientPing?: number;
  /** Whether messages have a `sequence`. @default true */
  readonly sequences?: boolean;
  /** @default Tier1_Support, Tier2_Support, Billing, Orders, Returns and Sales */
  readonly skillGroups?: readonly (string | SkillGroupOption)[];
  /** A bot that answers in the queue until an agent takes the conversation. @default false */
  readonly bot?: false | BotOptions;
  /**
   * `memory` is lost at `close()`. A directory is stored by PGlite. A database URL is PostgreSQL, where two
   * gateways share conversations and tokens; set the same client id and secret for both.
   *
   * @default 'memory'
   */
  readonly storage?: 'memory' | { readonly directory: string } | { readonly databaseUrl: string };
  /** Allowed origins of pages; `*` for any. @default every loopback origin */
  readonly allowedOrigins?: readonly string[];
  /** The gateway's wall clock, epoch ms: timestamps, `serverTime`, `Date`, token lifetimes. @default Date.now */
  readonly clock?: () => number;
  /** Seed of random faults. @default 1 */
  readonly seed?: number;
  /** @default console */
  readonly logger?: GatewayLogger;
}

const milliseconds = z.number().nonnegative();
const name = z.string().min(1).max(256);

const fileTypes = ['image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'text/plain'];

const schema = z.strictObject({
  dialect: z.enum(['webchat', 'genesys-cloud']).default('webchat'),
  deploymentId: name.default('deployment-1'),
  sessionLife: z.number().positive().default(259_200),
  historyKeepsIds: z.boolean().default(true),
  uploads: z
    .union([
      z.literal(false),
      z.strictObject({
        mimeTypes: z.array(name).default(fileTypes),
        maximumSize: z.int().positive().default(10_485_760),
        checksType: z.boolean().default(true),
      }),
    ])
    .default({ mimeTypes: fileTypes, maximumSize: 10_485_760, checksType: true }),
  deployment: z
    .strictObject({
      languages: z.array(name).min(1).default(['en-us']),
      showsTyping: z.boolean().default(true),
      sendsTyping: z.boolean().default(true),
      autoStart: z.boolean().default(false),
      clear: z.boolean().default(true),
      disconnect: z.boolean().default(true),
      markdown: z.boolean().default(false),
      endsSession: z.boolean().default(true),
      allowSessionUpgrade: z.boolean().default(false),
      namesBots: z.boolean().default(false),
    })
    .prefault({}),
  fileLinkLife: z.number().positive().default(600),
  port: z.int().min(0).max(65_535).default(0),
  clientId: name.optional(),
  clientSecret: name.optional(),
  tokenLife: z.number().positive().default(900),
  expiryGrace: milliseconds.default(5_000),
  pingInterval: z.number().positive().default(30_000),
  pongTimeout: z.number().positive().default(15_000),
  minimumClientPing: milliseconds.default(17_500),
  sequences: z.boolean().default(true),
  skillGroups: z
    .array(
      z.union([
        name,
        z.strictObject({
          name,
          id: name.optional(),
          agentsOnShift: z.int().nonnegative().optional(),
        }),
      ]),
    )
    .min(1)
    .default(['Tier1_Support', 'Tier2_Support', 'Billing', 'Orders', 'Returns', 'Sales']),
  bot: z
    .union([
      z.literal(false),
      z.strictObject({
        afterMs: milliseconds.default(1_500),
        typingMs: milliseconds.default(600),
        id: name.default('bot_robin'),
        name: name.default('Robin (bot)'),
      }),
    ])
    .default(false),
  storage: z
    .union([
      z.literal('memory'),
      z.strictObject({ directory: z.string().min(1) }),
      z.strictObject({
        databaseUrl: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres: URL'),
      }),
    ])
    .default('memory'),
  allowedOrigins: z.array(z.string().min(1)).optional(),
  clock: z
    .custom<() => number>((value) => typeof value === 'function', 'must be a function')
    .default(() => Date.now),
  seed: z.int().default(1),
  logger: z
    .custom<GatewayLogger>(
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        'error' in value &&
        typeof value.error === 'function',
      'must have a method `error`',
    )
    .default(console),
});

export interface SkillGroup {
  readonly id: string;
  readonly name: string;
  readonly agentsOnShift: number;
}

export type Settings = Omit<z.infer<typeof schema>, 'skillGroups'> & {
  readonly skillGroups: readonly SkillGroup[];
};

export type BotSettings = Exclude<Settings['bot'], false>;

/** @throws {TypeError} if an option is invalid; the message names the first one. */
export function parseOptions(options: GatewayOptions): Settings {
  const result = schema.safeParse(options);
  if (!result.success) {
    const issue = result.error.issues[0];
    const option =
      issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
    throw new TypeError(
      `startGateway: option ${option || '(all)'}: ${issue?.message ?? 'wrong shape'}`,
    );
  }
  return {
    ...result.data,
    skillGroups: result.data.skillGroups.map((group) => {
      const given = typeof group === 'string' ? { name: group } : group;
      return {
        name: given.name,
        id: given.id ?? given.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
        agentsOnShift: given.agentsOnShift ?? 2,
      };
    }),
  };
}
