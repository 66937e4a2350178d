import type { GatewayCommand } from './commands.ts';
import type { GatewayEvent } from './events.ts';
import type { ExtensionHost, GatewayExtension } from './extension.ts';
import type { HttpRequest, HttpResponse, RestCall, RestResult } from './rest.ts';
import type { SessionSettings } from './tokens.ts';

/**
 * The seam between the core, which speaks neutral commands and events, and a gateway's dialect.
 *
 * Everything here is pure: text in, events out; command in, text out. The token reaches an adapter
 * only in the moment of encoding, and is never part of a command; the one event that bears a secret,
 * `rest-token`, is taken in by the edge and never reaches the core.
 */
export interface GatewayAdapter {
  /** Names the dialect in logs. */
  readonly dialect: string;
  readonly traits: GatewayTraits;
  readonly socketUrl: string;
  /** Where the tokens come from, when it is not the site's broker (`authentication: 'session'`). */
  readonly sessions?: SessionSettings;
  /** Brought along with `sessions`, so that no other dialect's hub loads what mints and keeps them, or files. */
  readonly supply?: (hub: ExtensionHost) => GatewayExtension;
  /** The text frames that carry a command; none when the dialect has no word for it. */
  encode(command: GatewayCommand, token: string): readonly string[];
  /** What a text frame says. Never throws: what it can't read is a `invalid`, unknown types are `[]`. */
  decode(text: string): readonly GatewayEvent[];
  /** What a close code asks of the client. */
  closeMeaning(code: number): CloseMeaning;
  request(call: RestCall, token: string): HttpRequest;
  /** The answer to a call, from status, headers and body. Never throws. */
  response(call: RestCall, response: HttpResponse): RestResult;
}

/** What a gateway guarantees, so that the core asks no dialect for its name. */
export interface GatewayTraits {
  /** `frame`: an auth frame must be accepted first. `session`: opening a session is the authentication. */
  readonly authentication: 'frame' | 'session';
  /** A visitor may use the same session elsewhere, and have said things in it there. @default false */
  readonly isShared?: boolean;
  /** `false`: order by timestamp, then id. A dialect that may leave sequences out says `true`. */
  readonly sequences: boolean;
  /** `false`: a resend would double; read the history first and trust only what it shows. */
  readonly idempotentSend: boolean;
  /** Whether messages can be sent by REST while the socket is out. */
  readonly restSend: boolean;
  /** `since`: ascending from an instant. `newest`: by page from the newest. */
  readonly history: 'since' | 'newest';
  /** The shortest time between two pings that the gateway allows, in ms. */
  readonly minimumPingInterval: number;
  /** Whether skill groups and their coverage can be asked before routing. @default false */
  readonly routingApi?: boolean;
  /** UTF-16 code units. */
  readonly maximumTextLength: number;
  /** In UTF-8, where the gateway counts bytes. */
  readonly maximumTextBytes?: number;
  /** What the gateway allows, kept by the hub; without it, nothing is counted here. */
  readonly rateLimits?: RateLimits;
}

/** At most so many in any window of that length. */
export interface RateLimit {
  readonly count: number;
  /** Milliseconds. */
  readonly window: number;
}

export interface RateLimits {
  readonly pings: RateLimit;
  readonly messages: RateLimit;
  /** Everything that goes out on the socket. */
  readonly requests: RateLimit;
  /** REST calls for the history. */
  readonly history: RateLimit;
  /** The shortest time between two typing frames, in ms. */
  readonly typing: number;
}

/**
 * `network`: reconnect with backoff · `token`: get a new token, then reconnect · `crowded`: wait the
 * cap first · `client-bug`: as `network`, and report a fault of our own.
 */
export type CloseMeaning = 'network' | 'token' | 'too-many-connections' | 'client-bug';
