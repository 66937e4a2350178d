import { applyAbove, applyEarlier } from '../../../src/client/above.ts';
import { repeated } from '../../../src/client/caller.ts';
import { type Identity, isOfAnother } from '../../../src/client/identity.ts';
import { applyPatch, applySnapshot, isInsertion } from '../../../src/client/transcript.ts';
import { isAnotherVisitor } from '../../../src/protocol/epoch.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { type Call, earlierSchema, type StreamMessage } from '../../../src/protocol/port.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import type { Answer } from '../../../src/worker/core/effect.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { epochOf } from '../../../src/worker/core/view.ts';
import type { HubProcess } from './hub.ts';
import type { Machine } from './machine.ts';

/** From a tab to the hub and back, in ms. */
const portDelay = 0.3;

const acknowledgeEvery = 4;

export interface PendingCall {
  readonly call: Call;
  readonly madeAt: number;
  readonly firstRow: string | null;
  /** The row above which everything is read anew; `null` for a call of somebody's. */
  readonly above: Message | null;
  /** How often until then more than the end had changed. */
  readonly insertions: number;
  wasSent: boolean;
}

export interface TabEvents {
  /** After each message from the hub was applied. */
  updated(tab: ModelTab, message: StreamMessage): void;
  answered(tab: ModelTab, call: Call, answer: Answer): void;
  /** A call arrives at a hub, which knows it by the number returned. */
  called(hub: HubProcess, tab: ModelTab, pending: PendingCall): number;
}

/** A page as src/client/ is one: snapshot, patches, credit, and calls that outlive a hub. */
export class ModelTab {
  readonly name: string;
  visible = true;
  isFrozen = false;
  /** In the back/forward cache. */
  isAway = false;
  isGone = false;
  snapshot: ChatSnapshot | null = null;
  epoch: string | null = null;
  revision = 0;
  hub: HubProcess | null = null;
  /** New at each attachment. */
  tabId = '';
  readonly pending = new Set<PendingCall>();
  /** Posts that a frozen page has not seen. */
  inbox: StreamMessage[] = [];
  isAttached = false;
  /** Answers that a frozen page has not seen. */
  #answers: (() => void)[] = [];
  #acknowledged = 0;
  #insertions = 0;
  #identity: Identity | null = null;
  readonly #machine: Machine;
  readonly #events: TabEvents;

  constructor(name: string, machine: Machine, events: TabEvents) {
    this.name = name;
    this.#machine = machine;
    this.#events = events;
  }

  /** The hub has been told of this tab. */
  attach(hub: HubProcess, tabId: string): void {
    this.hub = hub;
    this.tabId = tabId;
    this.inbox = [];
    this.isAttached = false;
    const conversationId = this.snapshot?.conversation?.conversationId ?? null;
    const { visible } = this;
    const visitor = this.#identity?.visitor ?? null;
    this.#tell({ type: 'tab-attached', tabId, visible, conversationId, visitor });
  }

  /** The hub has died, or this page goes away. */
  detach(): void {
    this.hub = null;
    this.isAttached = false;
    this.inbox = [];
    this.#answers = [];
  }

  leave(): void {
    this.#tell({ type: 'tab-left', tabId: this.tabId });
    this.detach();
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.#tell({ type: 'tab-visibility', tabId: this.tabId, visible });
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    for (const message of this.inbox.splice(0)) this.#apply(message);
    for (const settle of this.#answers.splice(0)) settle();
  }

  receive(tabId: string, message: StreamMessage): void {
    this.#machine.after(portDelay, () => {
      if (this.tabId !== tabId || !this.hub || this.isGone) return;
      if (this.isFrozen) this.inbox.push(message);
      else this.#apply(message);
    });
  }

  call(call: Call, above: Message | null = null): void {
    const firstRow = this.snapshot?.messages[0]?.messageId ?? null;
    const madeAt = this.#machine.clock().now;
    const insertions = this.#insertions;
    const pending = { call, madeAt, firstRow, above, insertions, wasSent: false };
    this.pending.add(pending);
    if (this.isAttached) this.#send(pending);
  }

  #send(pending: PendingCall): void {
    const { hub, tabId } = this;
    if (!hub) return;
    const call = pending.wasSent ? repeated(pending.call) : pending.call;
    const { epoch } = this;
    pending.wasSent = true;
    this.#machine.after(portDelay, () => {
      if (!hub.isAlive || this.hub !== hub) return;
      // As src/worker/ports.ts does.
      if (epoch && isAnotherVisitor(epoch, epochOf(hub.state)) && call.type !== 'sign-out') {
        const problem = { code: 'signed-out', message: 'The session has ended.' } as const;
        this.settle(hub, pending, { ok: false, problem });
        return;
      }
      const callId = this.#events.called(hub, this, pending);
      hub.take({ type: 'call', tabId, callId, call });
    });
  }

  settle(hub: HubProcess, pending: PendingCall, answer: Answer): void {
    this.#machine.after(portDelay, () => {
      if (this.hub !== hub) return;
      if (this.isFrozen) this.#answers.push(() => this.#settle(pending, answer));
      else this.#settle(pending, answer);
    });
  }

  #settle(pending: PendingCall, answer: Answer): void {
    if (!this.pending.delete(pending)) return;
    this.#events.answered(this, pending.call, answer);
    if (pending.call.type !== 'load-earlier' || !answer.ok || !this.snapshot) return;
    const earlier = earlierSchema.parse(answer.value);
    if (pending.insertions !== this.#insertions) {
      // Read before something came that belongs among it: asked again.
      if (pending.above) this.#refreshAbove(pending.above);
      return;
    }
    if (pending.above) {
      this.snapshot = applyAbove(this.snapshot, pending.above, earlier);
      this.#refreshAbove(earlier.messages[0]);
    } else if ((this.snapshot.messages[0]?.messageId ?? null) === pending.firstRow) {
      this.snapshot = applyEarlier(this.snapshot, earlier);
    }
  }

  /** As the client does: what it kept above a snapshot may be old. */
  #refreshAbove(first: Message | undefined): void {
    const kept =
      this.snapshot?.messages.findIndex((row) => row.messageId === first?.messageId) ?? 0;
    if (!first || kept <= 0) return;
    const before = { position: first.position, messageId: first.messageId };
    this.call({ type: 'load-earlier', before, count: Math.min(kept, 500) }, first);
  }

  #tell(input: Input): void {
    const { hub } = this;
    this.#machine.after(portDelay, () => {
      if (hub?.isBooted) hub.take(input);
    });
  }

  #apply(message: StreamMessage): void {
    const { tabId } = this;
    switch (message.type) {
      case 'snapshot': {
        const nothing = { ...message.shared, messages: [], hasEarlier: false };
        const isAnother = isOfAnother(this.#identity, message);
        this.#identity = { visitor: message.visitor, wipes: message.wipes };
        if (isAnother) this.pending.clear();
        const wasAttached = this.epoch !== null && !isAnother;
        this.snapshot = applySnapshot(this.snapshot ?? nothing, message, wasAttached);
        this.epoch = message.epoch;
        this.revision = message.revision;
        this.#insertions += 1;
        this.#acknowledge();
        if (!this.isAttached) {
          this.isAttached = true;
          for (const pending of this.pending) this.#send(pending);
        }
        this.#refreshAbove(message.messages[0]);
        break;
      }
      case 'patch':
        if (message.epoch !== this.epoch || message.revision <= this.revision) return;
        if (message.revision !== this.revision + 1 || !this.snapshot) {
          this.#tell({ type: 'tab-pull', tabId });
          return;
        }
        this.revision = message.revision;
        if (isInsertion(this.snapshot, message)) this.#insertions += 1;
        this.snapshot = applyPatch(this.snapshot, message);
        if (this.revision - this.#acknowledged >= acknowledgeEvery) this.#acknowledge();
        break;
      case 'head':
        this.#tell({ type: 'tab-pull', tabId });
        return;
    }
    this.#events.updated(this, message);
  }

  #acknowledge(): void {
    this.#acknowledged = this.revision;
    this.#tell({ type: 'tab-ack', tabId: this.tabId, revision: this.revision });
  }
}
