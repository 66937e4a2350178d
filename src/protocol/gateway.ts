import type { Conversation, Routing } from './conversation.ts';
import type { Sender } from './message.ts';
import type { SkillCoverage } from './routing.ts';

/**
 * The seam between the core, which speaks neutral commands and events, and a gateway's dialect.
 *
 * Everything here is pure: text in, events out; command in, text out. The token reaches an adapter
 * only in the moment of encoding, and is never part of a command or an event.
 */
export interface GatewayAdapter {
  /** Names the dialect in logs. */
  readonly dialect: string;
  readonly traits: GatewayTraits;
  readonly socketUrl: string;
  /** The text frames that carry a command; none when the dialect has no word for it. */
  encode(command: GatewayCommand, token: string): readonly string[];
  /** What a text frame says. Never throws: what it can't read is a `misfit`, unknown types are `[]`. */
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
}

export type GatewayCommand =
  | { readonly type: 'authenticate' }
  | { readonly type: 'open-conversation'; readonly routing: Routing }
  | { readonly type: 'resume-conversation'; readonly conversationId: string }
  | {
      readonly type: 'send-message';
      readonly conversationId: string;
      readonly messageId: string;
      readonly text: string;
    }
  | { readonly type: 'typing'; readonly conversationId: string; readonly isTyping: boolean }
  | { readonly type: 'mark-read'; readonly conversationId: string; readonly messageId: string }
  | { readonly type: 'ping' }
  | { readonly type: 'answer-ping'; readonly payload: unknown };

/** A message as the gateway tells it, live or from its history. */
export interface GatewayMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly sequence: number | null;
  readonly from: Sender;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
}

export type GatewayEvent =
  | { readonly type: 'authenticated'; readonly serverTime: number | null }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'token-expired' }
  | { readonly type: 'conversation'; readonly conversation: Conversation }
  | { readonly type: 'message'; readonly message: GatewayMessage }
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly from: Sender;
      readonly isTyping: boolean;
    }
  | {
      readonly type: 'receipt';
      readonly conversationId: string;
      readonly messageId: string;
      readonly from: Sender;
      readonly status: 'delivered' | 'read';
    }
  | { readonly type: 'ping'; readonly payload: unknown }
  | { readonly type: 'pong' }
  | { readonly type: 'problem'; readonly problem: GatewayProblem }
  | { readonly type: 'misfit'; readonly reason: string };

export type GatewayProblemKind =
  | 'invalid-frame'
  | 'conversation-not-found'
  | 'conversation-ended'
  | 'message-too-long'
  | 'rate-limited'
  | 'other';

export interface GatewayProblem {
  readonly kind: GatewayProblemKind;
  /** For people; the gateway's own words. */
  readonly message: string;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  /** Milliseconds. */
  readonly retryAfter: number | null;
}

/**
 * `network`: reconnect with backoff · `token`: get a new token, then reconnect · `crowded`: wait the
 * cap first · `client-bug`: as `network`, and report a fault of our own.
 */
export type CloseMeaning = 'network' | 'token' | 'crowded' | 'client-bug';

export type RestCall =
  | {
      readonly type: 'history-since';
      readonly conversationId: string;
      /** Inclusive, epoch ms. */
      readonly since: number;
      readonly cursor: string | null;
    }
  /** The newest messages before that one, exclusive, ascending. */
  | {
      readonly type: 'history-before';
      readonly conversationId: string;
      /** Its sequence, or its instant in epoch ms where there are no sequences. */
      readonly before: { readonly sequence: number } | { readonly instant: number };
    }
  | {
      readonly type: 'send-message';
      readonly conversationId: string;
      readonly messageId: string;
      readonly text: string;
    }
  | { readonly type: 'conversation'; readonly conversationId: string }
  /** The canonical names. Only where `traits.routingApi` says so, as the next. */
  | { readonly type: 'skill-groups' }
  | { readonly type: 'skill-coverage'; readonly skillGroups: readonly string[] };

export type RestValue =
  | {
      readonly type: 'history';
      readonly messages: readonly GatewayMessage[];
      readonly nextCursor: string | null;
      /** Entries that could not be read. */
      readonly misfits: number;
    }
  | { readonly type: 'message'; readonly message: GatewayMessage }
  | { readonly type: 'conversation'; readonly conversation: Conversation }
  | { readonly type: 'skill-groups'; readonly names: readonly string[] }
  | { readonly type: 'skill-coverage'; readonly coverage: readonly SkillCoverage[] };

export type RestFailureKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'ended'
  | 'too-long'
  | 'rejected'
  | 'rate-limited'
  | 'unavailable'
  | 'network'
  | 'misfit';

export interface RestFailure {
  readonly kind: RestFailureKind;
  readonly message: string;
  /** Milliseconds. */
  readonly retryAfter: number | null;
}

export type RestResult =
  | { readonly ok: true; readonly value: RestValue }
  | { readonly ok: false; readonly failure: RestFailure };

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpResponse {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}
