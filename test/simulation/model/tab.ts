import { HubRpc, type PendingCall } from '../../../src/client/calls/hub-rpc.ts';
import {
  readPendingHandoff,
  writePendingHandoff,
} from '../../../src/client/calls/pending-handoff.ts';
import { resendPending } from '../../../src/client/calls/resend-pending.ts';
import type { PageClock } from '../../../src/client/clock.ts';
import type { PageStorage } from '../../../src/client/session/page-storage.ts';
import {
  attachHint,
  readSessionHint,
  writeSessionHint,
} from '../../../src/client/session/session-hint.ts';
import { loadEarlier, refreshRows } from '../../../src/client/transcript/pagination.ts';
import { Replica } from '../../../src/client/transcript/replica.ts';
import { isStreamMessage } from '../../../src/client/validation/port-validators.ts';
import type { SideCall } from '../../../src/protocol/deployment.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Call, StreamMessage } from '../../../src/protocol/port.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import type { Answer } from '../../../src/worker/core/effect.ts';
import { epochOf } from '../../../src/worker/core/tabs/snapshot.ts';
import type { SimContext } from '../sim-context.ts';
import { check } from '../violation.ts';
import type { HubProcess } from './hub.ts';
import type { Machine } from './machine.ts';
import { ModelPort, type PortHub } from './port.ts';

/** The gateway's answer may need several connection attempts: src/client/page-chat.ts. */
const startDeadline = 60_000;

/** The kinds of work in a page. */
type Kind = 'post' | 'answer' | 'timer';

export interface TabEvents {
  /** After each change of the snapshot. */
  changed(tab: ModelTab): void;
  /** A message from the hub comes. */
  received(tab: ModelTab, message: StreamMessage): void;
  /** @param code the error code; `null` if the call succeeded */
  answered(tab: ModelTab, call: Call | SideCall, code: string | null): void;
  /** A call arrives at a hub. */
  called(hub: HubProcess, tab: ModelTab, call: Call, settle: (answer: Answer) => void): void;
}

/** A page: the parts of src/client/page-chat.ts, without a browser. */
export class ModelTab {
  readonly name: string;
  visible = true;
  isFrozen = false;
  /** In the back/forward cache. */
  isAway = false;
  isGone = false;
  hub: HubProcess | null = null;
  isAttached = false;
  /** Since when it is attached and running, in simulated ms. */
  #workingSince = 0;
  /** The origin's storage and the tab's own. */
  readonly storages: readonly [PageStorage, PageStorage];
  /** Replaced at each attachment. */
  #port: ModelPort | null = null;
  /** Work that a frozen page has not done yet. */
  #waiting: { readonly kind: Kind; readonly run: () => void }[] = [];
  readonly #caller: HubRpc;
  readonly #replica: Replica;
  readonly #context: SimContext;
  readonly #machine: Machine;
  readonly #events: TabEvents;

  constructor(
    name: string,
    context: SimContext,
    machine: Machine,
    storages: readonly [PageStorage, PageStorage],
    events: TabEvents,
  ) {
    this.name = name;
    this.storages = storages;
    this.#context = context;
    this.#machine = machine;
    this.#events = events;
    const { scheduler } = context;
    this.#caller = new ObservedRpc(
      this.#clock,
      (call, code) => events.answered(this, call, code),
      (error) => scheduler.fail(error),
    );
    this.#replica = new Replica(this.#caller, {
      changed: () => events.changed(this),
      alert: () => {},
      sessionHintChanged: (hint) => writeSessionHint('', hint, this.storages),
      olderRowsKept: (first) => this.#carryOut(this.#refreshAbove(first)),
    });
    const handoff = readPendingHandoff('', this.storages);
    if (handoff === null) return;
    const chat = {
      getSnapshot: () => this.#replica.snapshot,
      setDraft: (text: string) => this.call({ type: 'draft', text }),
    };
    writePendingHandoff('', null, storages);
    resendPending(handoff, chat, this.#caller, () => {});
    scheduler.awaitPromises();
  }

  get tabId(): string {
    return this.#port?.tabId ?? '';
  }

  /** `null` before the first one. */
  get snapshot(): ChatSnapshot | null {
    return this.#replica.epoch === null ? null : this.#replica.snapshot;
  }

  get epoch(): string | null {
    return this.#replica.epoch;
  }

  /** Calls without an answer. */
  get unsettled(): readonly PendingCall[] {
    return this.#caller.pendingCalls;
  }

  /** How long it has been able to receive from its hub without interruption, in ms. */
  get worksFor(): number {
    if (!this.isAttached || this.isFrozen || this.#machine.isAsleep) return 0;
    const since = Math.max(this.#workingSince, this.#machine.awakeSince);
    return this.#context.scheduler.now - since;
  }

  /** Posts from the hub that a frozen page has not handled. */
  get unseenPosts(): number {
    return this.#waiting.filter(({ kind }) => kind === 'post').length;
  }

  /** Connects the tab to a hub. */
  attach(hub: HubProcess, tabId: string): void {
    this.hub = hub;
    this.isAttached = false;
    const port = new ModelPort(
      (delay, work) => this.#machine.after(delay, work),
      tabId,
      this.#portHub(hub),
      {
        stream: (message) => this.#take(port, message),
        run: (work, isPost) => this.#run(work, isPost ? 'post' : 'answer'),
      },
    );
    this.#port = port;
    port.attach(
      this.visible,
      attachHint(readSessionHint('', this.storages), this.#caller.lastKnownIdentity),
    );
  }

  /** The hub has ended, or the page is unloaded. */
  detach(): void {
    this.#port?.drop();
    this.#port = null;
    this.hub = null;
    this.isAttached = false;
    this.#waiting = this.#waiting.filter(({ kind }) => kind === 'timer');
    this.#caller.onDetached();
  }

  /** Leaves pending calls to the next page of this tab. */
  leave(): void {
    this.#port?.close();
    this.detach();
    const { pendingCalls } = this.#caller;
    if (pendingCalls.length > 0) {
      writePendingHandoff('', JSON.stringify(pendingCalls), this.storages);
    }
  }

  show(visible: boolean): void {
    this.visible = visible;
    this.#port?.post({ type: 'visibility', visible });
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    this.#workingSince = this.#context.scheduler.now;
    // Answers that arrived meanwhile are handled before its timers continue.
    this.#context.scheduler.awaitPromises();
    for (const { run } of this.#waiting.splice(0)) run();
  }

  receive(tabId: string, message: StreamMessage): void {
    check(isStreamMessage(message), 'valid posts', () => {
      return `a page rejects ${JSON.stringify(message).slice(0, 200)}`;
    });
    if (this.#port?.tabId === tabId) this.#port.deliver(message);
  }

  call(call: Call): void {
    const deadline = call.type === 'start' ? startDeadline : undefined;
    this.#carryOut(this.#caller.call(call, deadline));
  }

  loadEarlier(count: number): void {
    this.#carryOut(loadEarlier(this.#caller, this.#replica.rows, count));
  }

  #refreshAbove(first: Message): Promise<void> {
    // A page of the simulation is left or dies; none is closed.
    const { signal } = new AbortController();
    return refreshRows(this.#caller, this.#replica.rows, first, signal, this.#clock);
  }

  /** Rejections with a `PartylineError` are reported by `ObservedRpc`; anything else fails the run. */
  #carryOut(work: Promise<unknown>): void {
    const { scheduler } = this.#context;
    scheduler.awaitPromises();
    work.catch((error: unknown) => {
      if (!(error instanceof PartylineError)) scheduler.fail(error);
    });
  }

  #take(port: ModelPort, message: StreamMessage): void {
    this.#events.received(this, message);
    this.#replica.receive(port, message);
    if (message.type !== 'snapshot' || this.isAttached) return;
    this.isAttached = true;
    this.#workingSince = this.#context.scheduler.now;
  }

  /** Nothing happens in a page that is frozen or gone. */
  #run(run: () => void, kind: Kind): void {
    if (this.isGone) return;
    if (this.isFrozen) {
      this.#waiting.push({ kind, run });
      return;
    }
    this.#context.scheduler.awaitPromises();
    run();
  }

  #portHub(hub: HubProcess): PortHub {
    return {
      get isAlive() {
        return hub.isAlive;
      },
      get isBooted() {
        return hub.isBooted;
      },
      get epoch() {
        return epochOf(hub.state);
      },
      take: (input) => hub.take(input),
      call: (_tabId, call, settle) => this.#events.called(hub, this, call, settle),
    };
  }

  readonly #clock: PageClock = {
    now: () => this.#machine.clock().now,
    after: (delay, work) => {
      let isOff = false;
      const run = () => {
        if (!isOff) work();
      };
      this.#machine.after(delay, () => {
        if (!isOff) this.#run(run, 'timer');
      });
      return () => {
        isOff = true;
      };
    },
  };
}

/** Reports the outcome of each call. */
class ObservedRpc extends HubRpc {
  readonly #onAnswer: (call: Call | SideCall, code: string | null) => void;

  readonly #fail: (error: unknown) => void;

  constructor(
    clock: PageClock,
    onAnswer: (call: Call | SideCall, code: string | null) => void,
    fail: (error: unknown) => void,
  ) {
    super(clock);
    this.#onAnswer = onAnswer;
    this.#fail = fail;
  }

  override call(...asked: Parameters<HubRpc['call']>): ReturnType<HubRpc['call']> {
    const [call] = asked;
    const answer = super.call(...asked);
    answer
      .then(
        () => this.#onAnswer(call, null),
        (error: unknown) =>
          this.#onAnswer(call, error instanceof PartylineError ? error.code : '?'),
      )
      .catch(this.#fail);
    return answer;
  }
}

/** `localStorage` or `sessionStorage`. */
export class ModelStorage implements PageStorage {
  readonly #items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }
}
