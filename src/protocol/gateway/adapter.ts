import type { GatewayCommand } from './commands.ts';
import type { GatewayEvent } from './events.ts';
import type { ExtensionHost, GatewayExtension } from './extension.ts';
import type { HttpRequest, HttpResponse, RestCall, RestResult } from './rest.ts';
import type { SessionSettings } from './tokens.ts';

/**
 * Translates between the core's commands and events and one gateway's dialect.
 *
 * All methods are pure: text in, events out; command in, text out. Commands hold no token: an adapter
 * receives it as an argument when it encodes. The only event with a secret, `rest-token`, is handled by
 * the edge and does not reach the core.
 */
export interface GatewayAdapter {
  /** The dialect's name in logs. */
  readonly dialect: string;
  readonly traits: GatewayTraits;
  readonly socketUrl: string;
  /** How to get a session (`authentication: 'session'`). Without it, tokens come from the site's broker. */
  readonly sessions?: SessionSettings;
  /** Comes with `sessions`. Other dialects' hubs do not load the code for sessions and files. */
  readonly createExtension?: (hub: ExtensionHost, hubName: string) => GatewayExtension;
  /**
   * The text frames for a command; empty when the dialect has no such command, or when there is no token
   * (`null`) and its frame needs one.
   */
  encode(command: GatewayCommand, token: string | null): readonly string[];
  /** The events in a text frame. Never throws: an invalid frame is one `invalid` event. */
  decode(text: string): readonly GatewayEvent[];
  /** How to react to a close code. */
  closeMeaning(code: number): CloseMeaning;
  request(call: RestCall, token: string): HttpRequest;
  /** The result of a call. Never throws. */
  response(call: RestCall, response: HttpResponse): RestResult;
}

/**
 * What a gateway supports and guarantees. The core depends on these, never on the dialect's name.
 * `sequences` and `idempotentSend` only document the dialect: the core checks the history before every
 * resend, and looks at each message's own sequence.
 */
export interface GatewayTraits {
  /** `frame`: the gateway must accept an auth frame. `session`: opening a session authenticates. */
  readonly authentication: 'frame' | 'session';
  /** Whether a visitor can use the same session in another browser at the same time. @default false */
  readonly isShared?: boolean;
  /** Whether a visitor's next conversation is opened with the same token, where it stands for one. @default false */
  readonly reusesToken?: boolean;
  /** Whether a guest who signs in can take the open conversation along. @default false */
  readonly allowsStepUp?: boolean;
  /** Whether messages have sequence numbers, even if some lack one. `false`: order by timestamp, then id. */
  readonly sequences: boolean;
  /** Whether resending a message is safe. `false`: it would duplicate; the history must be checked first. */
  readonly idempotentSend: boolean;
  /** Whether messages can be sent by REST while the socket is down. */
  readonly restSend: boolean;
  /** `since`: ascending from a point in time. `newest`: in pages, newest first. */
  readonly history: 'since' | 'newest';
  /** Minimum interval between two pings that the gateway allows, in ms. */
  readonly minimumPingInterval: number;
  /** Whether skill groups and their coverage can be queried before routing. @default false */
  readonly routingApi?: boolean;
  /** UTF-16 code units. */
  readonly maximumTextLength: number;
  /** UTF-8 bytes, for gateways that limit those as well. */
  readonly maximumTextBytes?: number;
  /** Of all attributes of a visitor as JSON, in bytes. @default 16,384 */
  readonly maximumAttributeBytes?: number;
  /** The gateway's limits, which the hub stays within. @default none */
  readonly rateLimits?: RateLimits;
}

/** At most `count` in any `window`. */
export interface RateLimit {
  readonly count: number;
  /** Milliseconds. */
  readonly window: number;
  /** How many more the gateway allows, which are kept for what can't wait. */
  readonly reserve?: number;
}

export interface RateLimits {
  readonly pings: RateLimit;
  readonly messages: RateLimit;
  /** All frames sent on the socket. */
  readonly requests: RateLimit;
  /** REST calls for the history. */
  readonly history: RateLimit;
  /** Minimum interval between two typing frames, in ms. */
  readonly typing: number;
}

/**
 * `network`: reconnect with backoff · `token`: get a new token, then reconnect ·
 * `too-many-connections`: wait the maximum backoff, then reconnect · `client-bug`: as `network`, and log
 * a bug of partyline.
 */
export type CloseMeaning = 'network' | 'token' | 'too-many-connections' | 'client-bug';

/**
 * Retries are useless. `origin-refused`: the gateway does not accept this site · `inactive`: the deployment is
 * switched off.
 */
export type ConnectionEnd = CloseMeaning | 'origin-refused' | 'inactive';
