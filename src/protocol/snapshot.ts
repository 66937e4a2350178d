import type { Conversation } from './conversation.ts';
import type { Problem } from './errors.ts';
import type { Message, Role } from './message.ts';
import type { RoutingNotice } from './routing.ts';

/**
 * - `offline`: the browser has no network.
 * - `connecting`: getting a token and opening the socket.
 * - `authenticating`: the socket is open; the gateway has not accepted the token yet.
 * - `ready`: connected, and the conversation, if any, is resumed.
 * - `routing`: waiting for the gateway to open a conversation.
 * - `waiting`: the last attempt failed; the next one is at `retryAt`.
 * - `polling`: five retries failed; messages are sent and received by REST.
 * - `signed-out`: the visitor's session has ended.
 * - `failed`: no further attempt unless `reconnect()` is called.
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
  /** Time of the next attempt, in epoch ms by the local clock; `null` if none is scheduled. */
  readonly retryAt: number | null;
  readonly transport: 'websocket' | 'rest' | 'none';
  readonly problem?: Problem;
}

export interface HubSnapshot {
  readonly kind: 'shared-worker' | 'tab';
  /** Identifies the hub and the visitor; changes with either. */
  readonly epoch: string;
  readonly build: string;
  /** Number of attached tabs. */
  readonly tabs: number;
  /** `false` while the browser can't store the history (quota, private mode, corrupted database). */
  readonly persistent: boolean;
}

/** The part of a snapshot that is the same in every tab. */
export interface SharedSnapshot {
  readonly connection: ConnectionSnapshot;
  readonly conversation: Conversation | null;
  readonly unread: number;
  /** The agent or bot who is typing. The name is empty if the gateway has not said it. */
  readonly typing: {
    readonly id: string;
    readonly name: string;
    readonly role?: Role;
  } | null;
  /** Text in the composer, the same in all tabs. */
  readonly draft: string;
  readonly hub: HubSnapshot;
  /** A notice about the routing; `null` or absent: none. */
  readonly routing?: RoutingNotice | null;
}

/** The state of the chat in a page. Immutable: the same reference until something changes. */
export interface ChatSnapshot extends SharedSnapshot {
  /** A window of the transcript, in order: the newest 50, newer ones since then, and those loaded earlier. */
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
}
