import type { Conversation } from './conversation.ts';
import type { Problem } from './errors.ts';
import type { Message } from './message.ts';
import type { RoutingNotice } from './routing.ts';

/**
 * - `offline`: the browser has no network.
 * - `connecting`: asking for a token, opening the socket.
 * - `authenticating`: the socket is open, the gateway has not accepted the token yet.
 * - `ready`: connected; with a conversation, it is resumed.
 * - `routing`: the gateway is asked for a conversation.
 * - `waiting`: the last try failed; the next one is at `retryAt`.
 * - `polling`: five retries failed; messages go and come by REST.
 * - `signed-out`: the visitor's session has ended.
 * - `failed`: nothing more will be tried by itself.
 */
export const phases = [
  'offline',
  'connecting',
  'authenticating',
  'ready',
  'routing',
  'waiting',
  'polling',
  'signed-out',
  'failed',
] as const;
export type Phase = (typeof phases)[number];

export interface ConnectionSnapshot {
  readonly phase: Phase;
  /** Retries since the last successful connection. */
  readonly attempt: number;
  /** Epoch milliseconds, by this machine's clock, of the next try; `null` when none is planned. */
  readonly retryAt: number | null;
  readonly transport: 'websocket' | 'rest' | 'none';
  readonly problem?: Problem;
}

export interface HubSnapshot {
  readonly kind: 'shared-worker' | 'tab';
  /** Minted at each boot of a hub. */
  readonly epoch: string;
  readonly build: string;
  /** Attached tabs. */
  readonly tabs: number;
  /** `false` when the browser keeps no history at the moment (quota, private mode, damage). */
  readonly persistent: boolean;
}

/** The part of a snapshot that is the same in every tab. */
export interface SharedSnapshot {
  readonly connection: ConnectionSnapshot;
  readonly conversation: Conversation | null;
  readonly unread: number;
  /** Who on the other side is typing. */
  readonly typing: { readonly id: string; readonly name: string } | null;
  /** What stands in the composer, the same in all tabs. */
  readonly draft: string;
  readonly hub: HubSnapshot;
  /** What there is to say of the routing; `null` or absent: nothing. */
  readonly routing?: RoutingNotice | null;
}

/** What a page sees: immutable, the same reference until something changes. */
export interface ChatSnapshot extends SharedSnapshot {
  /** A window of the transcript in order: the newest 50, what came since, and what was loaded above. */
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
}
