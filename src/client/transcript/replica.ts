import type { Message } from '../../protocol/message.ts';
import type { StreamMessage, TabMessage } from '../../protocol/port.ts';
import type { ChatSnapshot, ConnectionSnapshot } from '../../protocol/snapshot.ts';
import type { CallTarget, HubRpc } from '../calls/hub-rpc.ts';
import { isOtherIdentity, isVisitorUncertain } from '../session/identity.ts';
import type { SessionHint } from '../session/session-hint.ts';
import type { TranscriptRows } from './pagination.ts';
import { applyPatch, applySnapshot, isInsertion } from './transcript.ts';

/** Patches between acknowledgements. Fewer than `patchCredit`, so that the hub keeps sending. */
const acknowledgeEvery = 4;

export const notConnected: ConnectionSnapshot = {
  phase: 'connecting',
  attempt: 0,
  retryAt: null,
  transport: 'none',
};

const initialSnapshot: ChatSnapshot = {
  connection: notConnected,
  conversation: null,
  unread: 0,
  typing: null,
  draft: '',
  hub: { kind: 'shared-worker', epoch: '', build: '', tabs: 0, persistent: true },
  messages: [],
  hasEarlier: false,
};

/** The hub whose state a replica follows. */
export interface FollowedHub extends CallTarget {
  post(message: TabMessage): void;
}

export interface ReplicaEvents {
  /** `snapshot` is another object. */
  changed(): void;
  /** @param message `null`: another tab alerts from now on */
  alert(message: Message | null): void;
  /** Store the hint: a hub whose own store is lost needs it. */
  sessionHintChanged(hint: SessionHint): void;
  /** Rows above `first` were kept from an earlier attachment, and may be out of date. */
  olderRowsKept(first: Message): void;
}

/**
 * A page's copy of the hub's state. Snapshots replace it, patches update it, and after a missed patch
 * it asks for a snapshot. Uses no browser API, so that the simulation can run it.
 */
export class Replica {
  readonly #rpc: HubRpc;
  readonly #events: ReplicaEvents;
  #snapshot = initialSnapshot;
  #epoch: string | null = null;
  #revision = 0;
  #acknowledged = 0;
  /** Changes above the last row: older rows that were read before one may be incomplete. */
  #insertions = 0;
  #snapshots = 0;
  /** The last hint that was reported; `null`: none yet. */
  #sessionHint: SessionHint | null = null;
  /** For pagination. */
  readonly rows: TranscriptRows = {
    current: () => ({
      snapshot: this.#snapshot,
      epoch: this.#epoch,
      insertions: this.#insertions,
      snapshots: this.#snapshots,
    }),
    update: (snapshot) => this.update(snapshot),
  };

  constructor(rpc: HubRpc, events: ReplicaEvents) {
    this.#rpc = rpc;
    this.#events = events;
  }

  get snapshot(): ChatSnapshot {
    return this.#snapshot;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  receive(hub: FollowedHub, message: StreamMessage): void {
    switch (message.type) {
      case 'snapshot': {
        const { visitor, resetCount } = message;
        const { identity } = this.#rpc;
        const isSame =
          !isOtherIdentity(identity, message) && !isVisitorUncertain(identity, message);
        const wasAttached = this.#epoch !== null && isSame;
        // A hub gives each visitor another epoch.
        const isDeletion = this.#epoch === message.epoch && identity?.visitor === visitor;
        this.#rpc.onVisitor({ visitor, resetCount }, isDeletion);
        this.#epoch = message.epoch;
        this.#revision = message.revision;
        // Any row may differ.
        this.#insertions += 1;
        this.#snapshots += 1;
        this.update(applySnapshot(this.#snapshot, message, wasAttached));
        this.#acknowledge(hub);
        this.#rpc.onAttached(hub);
        const [first] = message.messages;
        if (first && this.#snapshot.messages[0] !== first) this.#events.olderRowsKept(first);
        return;
      }
      case 'patch':
        // From an earlier epoch, or a repeat.
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
    this.#updateSessionHint();
    this.#events.changed();
  }

  /** Reports changes only: the page's storage is slow. */
  #updateSessionHint(): void {
    // Before the first snapshot, the stored hint is all that is known.
    if (this.#epoch === null) return;
    const conversationId = this.#snapshot.conversation?.conversationId ?? null;
    const visitor = conversationId && (this.#rpc.identity?.visitor ?? null);
    const before = this.#sessionHint;
    if (before?.conversationId === conversationId && before.visitor === visitor) return;
    this.#sessionHint = { conversationId, visitor };
    this.#events.sessionHintChanged(this.#sessionHint);
  }

  #acknowledge(hub: FollowedHub): void {
    this.#acknowledged = this.#revision;
    hub.post({ type: 'ack', revision: this.#revision });
  }
}
