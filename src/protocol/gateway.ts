import type { CarriedReply, Content } from './content.ts';
import type { Conversation, Routing } from './conversation.ts';
import type { Sender } from './message.ts';
import type { Call, CallAnswer } from './port.ts';
import type { SkillCoverage } from './routing.ts';

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
  readonly pace?: Pace;
}

/** At most so many in any window of that length. */
export interface Rate {
  readonly count: number;
  /** Milliseconds. */
  readonly window: number;
}

export interface Pace {
  readonly pings: Rate;
  readonly messages: Rate;
  /** Everything that goes out on the socket. */
  readonly requests: Rate;
  /** REST calls for the history. */
  readonly history: Rate;
  /** The shortest time between two typing frames, in ms. */
  readonly typing: number;
}

/** A gateway on which the client makes the session's secret itself. */
export interface SessionSettings {
  /** What the sessions are kept under: another deployment has others. */
  readonly deploymentId: string;
  /** The site's endpoint that says who the visitor is; `null`: whoever uses this browser. */
  readonly visitorUrl: string | null;
  /** `null` for guests. */
  readonly authentication: {
    /** The site's endpoint that gives the identity provider's code. */
    readonly codeUrl: string;
    readonly exchangeUrl: string;
    readonly refreshUrl: string;
    readonly revokeUrl: string;
  } | null;
  /** The one string that `encode` is given. */
  credential(token: string, jwt: string | null): string;
}

export type TokenResult =
  | {
      readonly ok: true;
      /** Seconds; `null`: it ends only when the gateway says so. */
      readonly expiresIn: number | null;
      readonly subject: string;
      /** It is the one that was there before: a living socket can stay. */
      readonly isSame?: boolean;
    }
  | {
      readonly ok: false;
      readonly kind: 'signed-out' | 'forbidden' | 'rate-limited' | 'unavailable' | 'network';
      readonly message: string;
      /** Milliseconds. */
      readonly retryAfter: number | null;
    };

/** Where the tokens of a hub come from. */
export interface TokenSource {
  readonly current: () => string | null;
  forget(): void;
  /**
   * Never rejects.
   *
   * @param isFresh of a new session, where the token is one
   * @param isWanted whether the core still waits for this one: a late answer may be a former visitor's,
   *   and changes nothing here
   */
  fetch(isFresh: boolean, isWanted: () => boolean): Promise<TokenResult>;
  /** The visitor has signed out. */
  end(): void;
}

/** Where the tokens for REST come from, when the gateway gives them on the socket. */
export interface RestTokenSource {
  /** `null` when there is no line, or no answer on it. Never rejects. */
  readonly get: (isRefused: boolean) => Promise<string | null>;
}

/** What a dialect's hubs have besides the core. */
export interface GatewayExtension {
  readonly tokens: TokenSource;
  readonly restTokens: RestTokenSource;
  /** Answers what is outside of the core: files, the platform's settings; `null`: it is another call. */
  readonly answer: (tabId: string, call: unknown) => Promise<CallAnswer> | null;
  /** Whether a command is to leave at all: what a deployment does not want is not sent. */
  readonly shouldSend: (command: GatewayCommand) => boolean;
  /** Hears what the gateway tells before the core does; returns what of it is the core's business. */
  onEvent(event: GatewayEvent): GatewayEvent | null;
  /** The line has ended: another one may be another session's. */
  forget(): void;
}

/** What a supply wants of the hub that it works for. */
export interface ExtensionHost {
  /** Changes with the visitor. */
  readonly epoch: string;
  /** On the line that there is; returns whether there is one. */
  send(command: GatewayCommand): boolean;
  call(tabId: string, call: Call): Promise<CallAnswer>;
  logError(what: string, cause: unknown): void;
}

export type GatewayCommand =
  /** `startsNew`: where the token is a session, another conversation than the visitor's last. */
  | { readonly type: 'authenticate'; readonly startsNew?: boolean }
  | { readonly type: 'open-conversation'; readonly routing: Routing }
  | { readonly type: 'resume-conversation'; readonly conversationId: string }
  | {
      readonly type: 'send-message';
      readonly conversationId: string;
      readonly messageId: string;
      readonly text: string;
      /** For a gateway that learns it from the messages. */
      readonly routing?: Routing;
      /** What of the other side's offers the visitor has chosen. */
      readonly reply?: CarriedReply;
      /** Files, uploaded before. */
      readonly content?: readonly Content[];
    }
  | { readonly type: 'typing'; readonly conversationId: string; readonly isTyping: boolean }
  | { readonly type: 'mark-read'; readonly conversationId: string; readonly messageId: string }
  | { readonly type: 'ping' }
  | { readonly type: 'answer-ping'; readonly payload: unknown }
  | SessionCommand;

/** What only gateways with `authentication: 'session'` understand; others have no frame for it. */
export type SessionCommand =
  /** The visitor opens a new conversation without having said anything yet. */
  | { readonly type: 'join'; readonly routing: Routing }
  | { readonly type: 'end-conversation' }
  | { readonly type: 'clear-conversation' }
  | { readonly type: 'close-session'; readonly closesAll: boolean }
  | { readonly type: 'rest-token' }
  | { readonly type: 'resume-token' }
  | { readonly type: 'configuration' }
  | {
      readonly type: 'request-upload';
      readonly attachmentId: string;
      readonly name: string;
      readonly mime: string;
      /** Bytes. */
      readonly size: number;
    }
  | { readonly type: 'refresh-attachment'; readonly attachmentId: string }
  | { readonly type: 'delete-attachment'; readonly attachmentId: string };

/** A message as the gateway tells it, live or from its history. */
export interface GatewayMessage {
  readonly conversationId: string;
  readonly messageId: string;
  readonly sequence: number | null;
  readonly from: Sender;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly content?: readonly Content[];
  /** Other ids under which the gateway may show the same message. */
  readonly aliases?: readonly string[];
}

/**
 * A message as it is told. `conversationId: null`: of the one conversation that the session is;
 * `timestamp: null`: the gateway does not say when, and its arrival counts.
 */
export interface PartialMessage extends Omit<GatewayMessage, 'conversationId' | 'timestamp'> {
  readonly conversationId: string | null;
  readonly timestamp: number | null;
}

/** `conversationId: null`: the one that the session is. */
export interface PartialConversation extends Omit<Conversation, 'conversationId'> {
  readonly conversationId: string | null;
}

export type GatewayEvent =
  | { readonly type: 'authenticated'; readonly serverTime: number | null }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'token-expired' }
  | { readonly type: 'conversation'; readonly conversation: PartialConversation }
  | { readonly type: 'message'; readonly message: PartialMessage }
  | {
      readonly type: 'typing';
      readonly conversationId: string | null;
      readonly from: Sender;
      readonly isTyping: boolean;
      /** How long it is to be shown, in ms. */
      readonly duration?: number;
    }
  | {
      readonly type: 'receipt';
      readonly conversationId: string | null;
      readonly messageId: string;
      readonly from: Sender;
      readonly status: 'delivered' | 'read';
    }
  | { readonly type: 'ping'; readonly payload: unknown }
  | { readonly type: 'pong' }
  | { readonly type: 'problem'; readonly problem: GatewayProblem }
  | { readonly type: 'invalid'; readonly reason: string }
  | SessionEvent;

/** What only gateways with `authentication: 'session'` tell. */
export type SessionEvent =
  /** The answer to a configured session; `authenticated` and `conversation` come with it. */
  | {
      readonly type: 'session';
      readonly isConnected: boolean;
      /** Nothing was said in it before. */
      readonly isNew: boolean;
      readonly isReadOnly: boolean;
      /** The platform has begun the conversation by itself. */
      readonly isAutoStarted: boolean;
      /** The visitor's other sessions were cleared when this one became theirs. */
      readonly hasClearedOthers: boolean;
      readonly life: SessionLife;
      readonly uploads: UploadRules | null;
    }
  /** How long the session lives, told again with a pong. */
  | { readonly type: 'session-life'; readonly life: SessionLife }
  /** The session is no more; the next conversation needs another one. */
  | {
      readonly type: 'session-over';
      readonly reason: 'expired' | 'not-found' | 'cleared' | 'signed-in';
      readonly message: string;
    }
  /** The gateway lets this connection go in favour of another one: to come back would evict that. */
  | { readonly type: 'evicted'; readonly reason: string | null }
  | { readonly type: 'signed-out'; readonly message: string }
  | {
      readonly type: 'presence';
      readonly presence: 'join' | 'disconnect' | 'clear' | 'sign-in' | 'expired' | 'other';
      readonly from: 'visitor' | 'other';
      /** Epoch ms by the gateway's clock; `null`: it has not said. */
      readonly at: number | null;
      readonly isReadOnly: boolean;
      /** In the gateway's words. */
      readonly name: string;
    }
  | {
      readonly type: 'upload-target';
      readonly attachmentId: string;
      readonly url: string;
      /** To be sent exactly so. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly type: 'attachment-url'; readonly attachmentId: string; readonly url: string }
  | { readonly type: 'attachment-uploaded'; readonly attachmentId: string; readonly url: string }
  | {
      readonly type: 'attachment-failed';
      readonly attachmentId: string | null;
      readonly problem: GatewayProblem;
    }
  | { readonly type: 'attachment-deleted'; readonly attachmentId: string }
  | {
      readonly type: 'configuration';
      readonly life: SessionLife;
      readonly uploads: UploadRules | null;
    }
  /** For the edge alone. `expiresAt` in epoch ms by the gateway's clock. */
  | { readonly type: 'rest-token'; readonly token: string; readonly expiresAt: number | null }
  /** Something that is understood by nobody here, and harmless. */
  | { readonly type: 'unknown'; readonly what: string };

export interface SessionLife {
  /** From the last message on, in ms; `null` when it is not told. */
  readonly duration: number | null;
  /** Epoch milliseconds by the gateway's clock. */
  readonly expiresAt: number | null;
}

export interface UploadRules {
  /** MIME types; `*\/*` for any. Empty: no files. */
  readonly mimeTypes: readonly string[];
  /** With their dot. */
  readonly blockedExtensions: readonly string[];
  /** Bytes; `null` when it is not told. */
  readonly maximumSize: number | null;
}

export type GatewayProblemKind =
  | 'invalid-frame'
  | 'conversation-not-found'
  | 'conversation-ended'
  | 'message-too-long'
  | 'rate-limited'
  /** The message can't be taken as it is. */
  | 'rejected'
  /** The deployment does not allow it. */
  | 'forbidden'
  | 'attachment'
  /** The gateway can't at the moment. */
  | 'unavailable'
  | 'other';

export interface GatewayProblem {
  readonly kind: GatewayProblemKind;
  /** The gateway's own. */
  readonly code?: string;
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
export type CloseMeaning = 'network' | 'token' | 'too-many-connections' | 'client-bug';

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
      /** Where only the newest can be asked for, the page to go on with. */
      readonly cursor?: string;
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
      readonly messages: readonly PartialMessage[];
      readonly nextCursor: string | null;
      /** Entries that could not be read. */
      readonly invalidCount: number;
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
  | 'invalid';

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
