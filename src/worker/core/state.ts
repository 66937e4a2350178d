import type { Routing } from '../../protocol/conversation.ts';
import type { Problem } from '../../protocol/errors.ts';
import type { GatewayMessage, RestCall } from '../../protocol/gateway.ts';
import type { Message, Place, Position, ReadMark } from '../../protocol/message.ts';
import type { RoutingNotice } from '../../protocol/routing.ts';
import type { SharedSnapshot } from '../../protocol/snapshot.ts';
import { emptyRateLimitLog, type RateLimitLog } from './connection/rate-limit.ts';
import {
  type ConversationRecord,
  emptyMeta,
  type Meta,
  noUnread,
  type OutboxRecord,
  type StoreOperation,
  type UnreadState,
} from './records.ts';
import type { Settings } from './settings.ts';
import type { TimerName } from './timers.ts';

/** What the hub does about its one socket. */
export type ConnectionState =
  /** Nobody is there to chat. */
  | { readonly phase: 'idle' }
  /** The browser has no network; tried again now and then, since it can be wrong. */
  | { readonly phase: 'offline' }
  /** Waiting for the token broker. */
  | { readonly phase: 'token' }
  /** Waiting for the former socket's end, since never two may be authenticated. */
  | { readonly phase: 'closing' }
  | { readonly phase: 'connecting'; readonly socketId: number }
  | { readonly phase: 'authenticating'; readonly socketId: number }
  | { readonly phase: 'online'; readonly socketId: number; readonly session: Session }
  /** A controlled reconnection: the outbox is held, echoes are awaited. */
  | { readonly phase: 'draining'; readonly socketId: number }
  | { readonly phase: 'waiting'; readonly retryAt: number }
  /** Given up for a while: REST polling goes on, the socket is probed. */
  | { readonly phase: 'resting' }
  | { readonly phase: 'signed-out' }
  | { readonly phase: 'failed' }
  /** A newer build has taken over. */
  | { readonly phase: 'handed-over' };

/** Every phase of the link, for the page that describes them: tsc knows when one is missing. */
export const connectionPhases: Readonly<Record<ConnectionState['phase'], true>> = {
  idle: true,
  offline: true,
  token: true,
  closing: true,
  connecting: true,
  authenticating: true,
  online: true,
  draining: true,
  waiting: true,
  resting: true,
  'signed-out': true,
  failed: true,
  'handed-over': true,
};

/** What an authenticated socket is used for. */
export type Session =
  | { readonly stage: 'ready' }
  | { readonly stage: 'resuming'; readonly asked: number }
  /** `hasPast`: the session that answers has been used before. */
  | { readonly stage: 'routing'; readonly asked: number; readonly hasPast?: boolean }
  /** In conversation; messages go out once REST has told what was missed, or can't tell. */
  | { readonly stage: 'conversation'; readonly caughtUp: boolean };

export interface CircuitBreaker {
  /** Retries since the last authenticated socket. */
  readonly attempt: number;
  /** Open: REST polling stands in for the socket. */
  readonly isOpen: boolean;
  /** When the socket was last tried. */
  readonly lastTry: number | null;
}

export interface Token {
  readonly requestId: number | null;
  readonly requestedAt: number;
  /** On the monotonic clock; `null` without a usable token. */
  readonly expiresAt: number | null;
  /** Tokens that the gateway refused in a row. */
  readonly refusals: number;
  /** Requests for a token that failed in a row. */
  readonly failures: number;
  /** The broker is left alone until then, because it said so. */
  readonly pausedUntil: number | null;
  /** The token is asked for to replace a living socket's. */
  readonly isRenewing: boolean;
  /** The session that it was is over: the next one is another session's. */
  readonly wantsFresh: boolean;
}

/** What is known of sessions that are conversations: see guest-memory.ts. */
export interface SessionMemory {
  /** How long the session lives from the last message on, in ms; `null` when nobody says. */
  readonly life: number | null;
  /** When it ends, on the monotonic clock. */
  readonly ends: number | null;
  /** The session of the visitor's last conversation is over, and must not be opened again. */
  readonly startsNew: boolean;
  /** The message that the gateway could not take, and how often in a row. */
  readonly refused: { readonly messageId: string; readonly times: number } | null;
  /** When living lines were told that their session is not accepted, lately. */
  readonly expiries: readonly number[];
}

/** A conversation, with the frames that wait for a missing one. */
export interface ConversationState extends ConversationRecord {
  readonly reorderBuffer: readonly GatewayMessage[];
  /** Frames without a sequence that wait for one that they overtook, by arrival. */
  readonly unsequencedBuffer: readonly Unsequenced[];
  /** Timestamp of the newest message shown. */
  readonly newest: number;
  /** The message that a receipt named before its echo came. */
  readonly earlyReceipt: string | null;
  /** Ended: the number of the catch-up that must be made before another conversation is opened. */
  readonly finalCatchUp: number | null;
  /** Ended: when this hub heard of it. */
  readonly endedAt: number | null;
}

export interface Unsequenced {
  readonly message: GatewayMessage;
  readonly due: number;
}

/** Where an outgoing message stands. */
export type OutboxStage =
  /** Not durable yet. */
  | {
      readonly stage: 'storing';
      readonly writeId: number | null;
      readonly callId: number | null;
      /** The page has asked for it before, and has not heard whether it was taken in. */
      readonly isRepeat: boolean;
    }
  /** `wasSent`: it goes out again, since a history did not have it, which may have been behind. */
  | { readonly stage: 'queued'; readonly wasSent?: boolean }
  | { readonly stage: 'sent' }
  | { readonly stage: 'sending-by-rest'; readonly requestId: number }
  /** It may have arrived: a catch-up that began later must have been made first. */
  | { readonly stage: 'unconfirmed'; readonly catchUpId: number; readonly wasSent: boolean }
  /** The gateway has it; the transcript waits for a message before it. */
  | { readonly stage: 'acknowledged' }
  | { readonly stage: 'failed' };

export interface OutboxItem extends OutboxRecord {
  readonly at: OutboxStage;
}

/** The catch-up by REST. */
export interface CatchUps {
  /** Catch-ups begun. */
  readonly begun: number;
  readonly active: CatchUpRun | null;
  /** Another one is wanted as soon as this one is done. */
  readonly isWanted: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** When the last one was completed. */
  readonly completedAt: number | null;
}

export interface CatchUpRun {
  readonly requestId: number;
  readonly conversationId: string;
  readonly since: number;
  /** On the monotonic clock. */
  readonly begunAt: number;
  readonly cursor: string | null;
  readonly pages: number;
  /** Newest timestamp among what it brought. */
  readonly newest: number;
}

/** A tab wants older messages than memory has. */
export interface PaginationRequest {
  readonly callId: number;
  readonly before: Place | null;
  /** Whose oldest row the tab has; `null` when it does not say. */
  readonly conversationId: string | null;
  readonly count: number;
  /** What memory and store have given so far, ascending. */
  readonly rows: readonly Message[];
  /** The REST request that is waited for; `null` while the store is read. */
  readonly requestId: number | null;
}

export interface RestRequest {
  readonly requestId: number;
  readonly call: RestCall;
  /** Waiting for a token before it can be sent. */
  readonly isParked: boolean;
  /** It was refused once for its token. */
  readonly isRetried: boolean;
}

/** Where the check of the wanted routing stands. */
export type RoutingCheck =
  | { readonly stage: 'names'; readonly routing: Routing; readonly requestId: number }
  | { readonly stage: 'coverage'; readonly routing: Routing; readonly requestId: number }
  /** Nobody is on shift, and the visitor is asked. */
  | { readonly stage: 'asking'; readonly routing: Routing }
  /** The routing API is out of reach; asked again later. */
  | { readonly stage: 'postponed'; readonly routing: Routing }
  /** The frame may leave, and be repeated. */
  | { readonly stage: 'cleared'; readonly routing: Routing };

/** A conversation that waits for an agent. */
export interface QueueWatch {
  readonly conversationId: string;
  /** Epoch ms of the gateway. */
  readonly since: number;
  /** The question why, under way. */
  readonly requestId: number | null;
  /** A name of its routing is not one that the gateway knows. */
  readonly unmatched: boolean;
}

export interface RoutingState {
  /** The canonical names, and when they were told. */
  readonly names: { readonly names: readonly string[]; readonly at: number } | null;
  readonly check: RoutingCheck | null;
  /** Checks that failed in a row. */
  readonly tries: number;
  readonly queue: QueueWatch | null;
  /** What the visitor is told. */
  readonly notice: RoutingNotice | null;
}

export interface Tab {
  readonly tabId: string;
  readonly isVisible: boolean;
  readonly isTyping: boolean;
  /** When the visitor last did something there. */
  readonly usedAt: number;
  /** Patches posted and not acknowledged. */
  readonly unacknowledged: number;
  readonly acknowledged: number;
  /** It was told only that there is something new. */
  readonly needsPull: boolean;
}

export interface Typing {
  readonly other: { readonly id: string; readonly name: string } | null;
  /** What the gateway was told last. */
  readonly told: boolean;
  readonly toldAt: number | null;
}

/** What changed since the last flush. */
export interface Changes {
  readonly upserts: readonly Message[];
  /** Of these, the rows that stand below the hub's window; a tab may have loaded that far. */
  readonly belowWindow: readonly Message[];
  readonly removed: readonly string[];
  /** How far the others have read by now; their conversation may be over by the end of the tick. */
  readonly readMark: ReadMark | null;
  /** Messages that became unread. */
  readonly unread: number;
  /** Tabs get a whole snapshot instead of a patch. */
  readonly reset: boolean;
  readonly operations: readonly StoreOperation[];
  readonly conversation: boolean;
  readonly meta: boolean;
  readonly durable: boolean;
}

export const noChanges: Changes = {
  upserts: [],
  belowWindow: [],
  removed: [],
  readMark: null,
  unread: 0,
  reset: false,
  operations: [],
  conversation: false,
  meta: false,
  durable: false,
};

export interface HubState {
  readonly settings: Settings;
  /** Visitors that this hub has seen: part of the epoch. */
  readonly generation: number;
  readonly seed: number;
  readonly lastId: number;
  readonly timers: Readonly<Partial<Record<TimerName, number>>>;
  readonly isRestored: boolean;
  readonly isPersistent: boolean;
  /** What is kept may be shown. */
  readonly isConfirmed: boolean;
  /** What waited up to this ordinal is not shown before that. */
  readonly hiddenOutbox: number;
  readonly isOnline: boolean;
  readonly connection: ConnectionState;
  readonly breaker: CircuitBreaker;
  readonly token: Token;
  /** Sockets that we closed and whose end we have not seen. */
  readonly closingSockets: readonly number[];
  /** A controlled reconnection is under way: tabs go on seeing 'ready'. */
  readonly isRenewing: boolean;
  /** A newer build takes over: this hub's socket is its last. */
  readonly isLeaving: boolean;
  readonly problem: Problem | null;
  readonly requests: readonly RestRequest[];
  readonly meta: Meta;
  readonly unread: UnreadState;
  /** The visitor's newest conversation. */
  readonly conversation: ConversationState | null;
  /** Ended ones before it, whose last messages are still to be fetched. */
  readonly previousConversations: readonly ConversationState[];
  /** The highest conversation ordinal ever used. */
  readonly lastOrdinal: number;
  /** The newest messages in order, without the outbox. */
  readonly window: readonly Message[];
  readonly hasEarlier: boolean;
  readonly outbox: readonly OutboxItem[];
  readonly lastOutboxOrdinal: number;
  /** Nothing is sent before this, because the gateway said so, or enough has been sent. */
  readonly pausedUntil: number | null;
  /** The newest message of the others that the gateway must still be told was read. */
  readonly receiptDue: string | null;
  /** REST is left alone until then, because it said so. */
  readonly restPausedUntil: number | null;
  readonly catchUps: CatchUps;
  readonly routing: RoutingState;
  /** What was used of what may go out. */
  readonly rateLimit: RateLimitLog;
  /** Of a session that is the conversation; `null`: nothing, or there are no such sessions. */
  readonly sessionMemory: SessionMemory | null;
  readonly typing: Typing;
  readonly tabs: readonly Tab[];
  /** The tab that rang last, and when. */
  readonly alertedTab: string | null;
  readonly alertedAt: number | null;
  /** The place of the newest message that rang. */
  readonly alertedUntil: Position | null;
  /** Calls that a conversation's opening answers. */
  readonly startCalls: readonly number[];
  /** Calls that a durable write answers. */
  readonly storeCalls: readonly { readonly writeId: number | null; readonly callId: number }[];
  /** Writes of this visitor's whose answers tell of rows below the window. */
  readonly lookups: readonly number[];
  readonly paginations: readonly PaginationRequest[];
  readonly revision: number;
  readonly published: SharedSnapshot | null;
  readonly changes: Changes;
}

export function initialState(settings: Settings, seed: number): HubState {
  return {
    settings,
    generation: 0,
    seed,
    lastId: 0,
    timers: {},
    isRestored: false,
    isPersistent: true,
    isConfirmed: settings.history === 'at-once',
    hiddenOutbox: 0,
    isOnline: true,
    connection: { phase: 'idle' },
    breaker: { attempt: 0, isOpen: false, lastTry: null },
    token: initialToken,
    closingSockets: [],
    isRenewing: false,
    isLeaving: false,
    problem: null,
    requests: [],
    meta: emptyMeta,
    unread: noUnread,
    conversation: null,
    previousConversations: [],
    lastOrdinal: 0,
    window: [],
    hasEarlier: false,
    outbox: [],
    lastOutboxOrdinal: 0,
    pausedUntil: null,
    receiptDue: null,
    restPausedUntil: null,
    catchUps: initialCatchUps,
    routing: initialRouting,
    rateLimit: emptyRateLimitLog,
    sessionMemory: null,
    typing: { other: null, told: false, toldAt: null },
    tabs: [],
    alertedTab: null,
    alertedAt: null,
    alertedUntil: null,
    startCalls: [],
    storeCalls: [],
    lookups: [],
    paginations: [],
    revision: 0,
    published: null,
    changes: noChanges,
  };
}

export const initialToken: Token = {
  requestId: null,
  requestedAt: 0,
  expiresAt: null,
  refusals: 0,
  failures: 0,
  pausedUntil: null,
  isRenewing: false,
  wantsFresh: false,
};

export const initialRouting: RoutingState = {
  names: null,
  check: null,
  tries: 0,
  queue: null,
  notice: null,
};

export const initialCatchUps: CatchUps = {
  begun: 0,
  active: null,
  isWanted: false,
  failures: 0,
  completedAt: null,
};
