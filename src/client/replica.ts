import type { Message } from '../protocol/message.ts';
import type { StreamMessage, TabMessage } from '../protocol/port.ts';
import type { ChatSnapshot, ConnectionSnapshot } from '../protocol/snapshot.ts';
import type { HubRpc, RpcHub } from './hub-rpc.ts';
import { isOfAnother, isUncertain } from './identity.ts';
import type { Rows } from './pagination.ts';
import { isEarlier } from './port-validators.ts';
import type { SessionHint } from './session-hint.ts';
import { applyPatch, applySnapshot, isInsertion } from './transcript.ts';
import { readAs } from './validator.ts';

/** Patches after which the hub is told how far this tab has come: a part of its credit. */
const acknowledgeEvery = 4;

export const notConnected: ConnectionSnapshot = {
  phase: 'connecting',
  attempt: 0,
  retryAt: null,
  transport: 'none',
};

const nothingYet: ChatSnapshot = {
  connection: notConnected,
  conversation: null,
  unread: 0,
  typing: null,
  draft: '',
  hub: { kind: 'shared-worker', epoch: '', build: '', tabs: 0, persistent: true },
  messages: [],
  hasEarlier: false,
};

/** The hub that a replica follows: what it can be told and asked. */
export interface FollowedHub extends RpcHub {
  post(message: TabMessage): void;
}

export interface ReplicaEvents {
  /** There is another snapshot. */
  changed(): void;
  alert(message: Message | null): void;
  /** The conversation, for a hub whose store was lost. */
  mirror(mirror: SessionHint): void;
  /** Older rows than this one were kept: the page was away, and they may be others now. */
  keptAbove(first: Message): void;
}

/**
 * What a page knows of the hub's state: whole snapshots replace it, patches carry it on, and what is
 * missed is asked for. Uses nothing of a browser: the simulation runs it as it is.
 */
export class Replica {
  readonly #caller: HubRpc;
  readonly #events: ReplicaEvents;
  #snapshot = nothingYet;
  #epoch: string | null = null;
  #revision = 0;
  #acknowledged = 0;
  /** What changed more than the end. */
  #insertions = 0;
  /** As it was written; `null`: not by this page. */
  #mirror: SessionHint | null = null;
  /** For those who ask for older rows. */
  readonly rows: Rows = {
    now: () => ({
      snapshot: this.#snapshot,
      epoch: this.#epoch,
      insertions: this.#insertions,
    }),
    read: (value) => readAs(isEarlier, value),
    update: (snapshot) => this.update(snapshot),
  };

  constructor(caller: HubRpc, events: ReplicaEvents) {
    this.#caller = caller;
    this.#events = events;
  }

  get snapshot(): ChatSnapshot {
    return this.#snapshot;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  take(hub: FollowedHub, message: StreamMessage): void {
    switch (message.type) {
      case 'snapshot': {
        const { visitor, resetCount } = message;
        const { identity } = this.#caller;
        const isSame = !isOfAnother(identity, message) && !isUncertain(identity, message);
        const wasAttached = this.#epoch !== null && isSame;
        this.#caller.meet({ visitor, resetCount });
        this.#epoch = message.epoch;
        this.#revision = message.revision;
        // It may have brought anything.
        this.#insertions += 1;
        this.update(applySnapshot(this.#snapshot, message, wasAttached));
        this.#acknowledge(hub);
        this.#caller.attached(hub);
        const [first] = message.messages;
        if (first && this.#snapshot.messages[0] !== first) this.#events.keptAbove(first);
        return;
      }
      case 'patch':
        // A late word of a former epoch.
        if (message.epoch !== this.#epoch || message.revision <= this.#revision) return;
        if (message.revision !== this.#revision + 1) {
          hub.post({ type: 'pull' });
          return;
        }
        this.#revision = message.revision;
        if (isInsertion(this.#snapshot, message)) this.#insertions += 1;
        this.update(applyPatch(this.#snapshot, message));
        if (this.#revision - this.#acknowledged >= acknowledgeEvery) this.#acknowledge(hub);
        return;
      case 'head':
        hub.post({ type: 'pull' });
        return;
      case 'alert':
        if (message.epoch === this.#epoch) this.#events.alert(message.message);
        return;
    }
  }

  update(snapshot: ChatSnapshot): void {
    this.#snapshot = snapshot;
    this.#mirrorConversation();
    this.#events.changed();
  }

  /** Storage is shared with the whole site, and slow: it is written when there is something new. */
  #mirrorConversation(): void {
    // No hub has said yet that there is none.
    if (this.#epoch === null) return;
    const conversationId = this.#snapshot.conversation?.conversationId ?? null;
    const visitor = conversationId && (this.#caller.identity?.visitor ?? null);
    if (this.#mirror?.conversationId === conversationId && this.#mirror.visitor === visitor) return;
    this.#mirror = { conversationId, visitor };
    this.#events.mirror(this.#mirror);
  }

  #acknowledge(hub: FollowedHub): void {
    this.#acknowledged = this.#revision;
    hub.post({ type: 'ack', revision: this.#revision });
  }
}
