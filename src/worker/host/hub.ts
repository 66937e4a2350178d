import { PartylineError } from '../../protocol/errors.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { ExtensionHost, GatewayExtension } from '../../protocol/gateway/extension.ts';
import type { TokenSource } from '../../protocol/gateway/tokens.ts';
import { aliveLock, hubLock, tabLock } from '../../protocol/locks.ts';
import type { Call, CallAnswer, Hello, StreamMessage } from '../../protocol/port.ts';
import { protocolVersion } from '../../protocol/version.ts';
import type { Effect } from '../core/effect.ts';
import type { Clock, Input, TabKnowledge } from '../core/input.ts';
import type { HubObserver } from '../core/observer.ts';
import type { SessionPolicy } from '../core/session-policy.ts';
import { type HubState, initialState } from '../core/state.ts';
import { step } from '../core/step.ts';
import { epochOf } from '../core/tabs/snapshot.ts';
import { Tokens } from '../edges/broker-token.ts';
import { Rest } from '../edges/rest.ts';
import { RoutingLog } from '../edges/routing-log.ts';
import { Sockets } from '../edges/socket.ts';
import type { CheckedOptions } from '../options.ts';
import { Store } from '../store/store.ts';
import { type AttributesSchema, attributeProblems } from './attributes.ts';
import { createClock } from './clock.ts';
import { holdForLife, holdLock, whenReleased } from './locks.ts';
import type { Log } from './log.ts';
import { createTimers, type Timers } from './timers.ts';

/** How a tab is reached. */
export interface TabPort {
  post(message: StreamMessage): void;
  close(): void;
}

interface AttachedTab {
  readonly port: TabPort;
  readonly stopWatching: () => void;
}

interface PendingCall {
  /** Whose answer it would be: that of the visitor at the time of the call. */
  readonly epoch: string;
  readonly settle: (answer: CallAnswer) => void;
}

export interface HubEvents {
  /** The socket and the store are this hub's. */
  holding(): void;
  /** The socket is closed, the store is written, and another hub may have both. */
  left(): void;
}

/** How long what nobody waits for may wait to be written, in ms: first the tabs have it. */
const writePause = 15;

/** The core and its edges: inputs go in one by one, effects are carried out, a tick ends in a flush. */
export class Hub implements ExtensionHost {
  #state: HubState;
  readonly #clock: () => Clock;
  readonly #timers: Timers;
  readonly #sockets: Sockets;
  readonly #rest: Rest;
  readonly #tokens: TokenSource;
  readonly #store: Store;
  readonly #routingLog: RoutingLog;
  readonly #attributes: AttributesSchema | null;
  readonly #log: Log;
  readonly #rules: SessionPolicy | null;
  readonly #inspect: HubObserver | null;
  readonly #tabs = new Map<string, AttachedTab>();
  readonly #calls = new Map<number, PendingCall>();
  /** The lock that tells tabs of this hub's death is held. */
  readonly #alive: Promise<void>;
  readonly #booted: Promise<void>;
  readonly #events: HubEvents;
  /** Only where the dialect has more than a core knows. */
  readonly answer: GatewayExtension['answer'] | undefined;
  /** Ends the wait for the hub's lock. */
  readonly #waiting = new AbortController();
  #releaseLock: () => void = () => {};
  /** Another hub has the conversation: nothing is taken in any more. */
  #isOver = false;
  readonly #tick = new MessageChannel();
  #tickPending = false;
  /** Something came since the last flush. */
  #isDirty = false;
  #lastCallId = 0;
  /** Of the last ticks, in their order, to be one transaction. Only the last may be waited for. */
  #writes: Extract<Effect, { type: 'write' }>[] = [];
  #writeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CheckedOptions, kind: 'shared-worker' | 'tab', log: Log, events: HubEvents) {
    const { gateway, timing, limits, history, routing, build } = options;
    this.#log = log;
    this.#events = events;
    this.#rules = gateway.rules ?? null;
    this.#inspect = options.inspect;
    this.#state = initialState(
      {
        timing,
        limits,
        history,
        routing,
        traits: gateway.traits,
        kind,
        build,
        epoch: crypto.randomUUID(),
      },
      crypto.getRandomValues(new Int32Array(1))[0] ?? 0,
    );
    this.#clock = createClock();
    this.#timers = createTimers(this.#clock, (name) => this.#take({ type: 'timer', name }));
    const supply = gateway.createExtension?.(this) ?? null;
    this.answer = supply?.answer;
    this.#tokens = supply?.tokens ?? new Tokens(options.tokenUrl);
    this.#attributes = options.attributes;
    this.#routingLog = new RoutingLog(options.routingLogUrl, log);
    this.#rest = new Rest(gateway, supply?.restTokens.get ?? this.#tokens.current);
    this.#store = new Store(
      log,
      {
        lost: () => this.#take({ type: 'store-changed', persistent: false }),
        emptied: () => this.#take({ type: 'store-emptied' }),
      },
      gateway,
      options.encrypted?.() ?? null,
    );
    this.#sockets = new Sockets(
      gateway,
      this.#tokens.current,
      {
        opened: (socketId) => this.#take({ type: 'socket-opened', socketId }),
        closed: (socketId, meaning) => this.#take({ type: 'socket-closed', socketId, meaning }),
        gateway: (socketId, event) => this.#take({ type: 'gateway', socketId, event }),
      },
      log,
      supply,
    );
    this.#tick.port1.onmessage = () => {
      this.#tickPending = false;
      if (this.#isDirty && !this.#isOver) this.#flush();
    };
    this.#alive = holdForLife(aliveLock(this.#state.settings.epoch));
    this.#booted = this.#boot();
  }

  get epoch(): string {
    return epochOf(this.#state);
  }

  /** Messages of one port that are taken in a second. */
  get portMessages(): number {
    return this.#state.settings.limits.portMessages;
  }

  /** The first word to a tab, which queues on our lock when it hears it: the lock must be held. */
  async hello(): Promise<Hello> {
    await this.#alive;
    return {
      type: 'partyline-hello',
      epoch: this.epoch,
      protocolVersion,
      build: this.#state.settings.build,
    };
  }

  /** A newer build is there: what is on its way is waited for, then the socket is let go. */
  stepDown(): void {
    this.#take({ type: 'step-down' });
  }

  /** Another hub has the conversation, and this one has not begun. */
  abandon(): void {
    this.#isOver = true;
    this.#waiting.abort();
  }

  async #boot(): Promise<void> {
    try {
      this.#releaseLock = await holdLock(hubLock, this.#waiting.signal);
    } catch (error) {
      if (this.#isOver) return;
      throw error;
    }
    this.#events.holding();
    const restored = await this.#store.restore(this.#state.settings.limits.page);
    addEventListener('online', () => this.#take({ type: 'online', online: true }));
    addEventListener('offline', () => this.#take({ type: 'online', online: false }));
    if (!navigator.onLine) this.#take({ type: 'online', online: false });
    this.#take({ type: 'restored', restored });
  }

  /** A tab is there; its snapshot follows as soon as the store has been read. */
  async attach(
    tabId: string,
    visible: boolean,
    { conversationId, visitor, resetCount }: TabKnowledge,
    port: TabPort,
  ): Promise<void> {
    this.#tabs.get(tabId)?.stopWatching();
    const stopWatching = whenReleased(tabLock(tabId), () => this.detach(tabId));
    const tab: AttachedTab = { port, stopWatching };
    this.#tabs.set(tabId, tab);
    await this.#booted;
    if (this.#tabs.get(tabId) === tab && !this.#isOver) {
      this.#take({ type: 'tab-attached', tabId, visible, conversationId, visitor, resetCount });
    }
  }

  detach(tabId: string): void {
    const tab = this.#tabs.get(tabId);
    if (!tab) return;
    this.#tabs.delete(tabId);
    tab.stopWatching();
    tab.port.close();
    this.#take({ type: 'tab-left', tabId });
  }

  tabInput(
    input: Extract<Input, { type: 'tab-ack' | 'tab-pull' | 'tab-visibility' | 'tab-used' }>,
  ): void {
    if (this.#tabs.has(input.tabId)) this.#take(input);
  }

  async call(tabId: string, call: Call): Promise<CallAnswer> {
    await this.#booted;
    this.#lastCallId += 1;
    const callId = this.#lastCallId;
    return new Promise((settle) => {
      this.#calls.set(callId, { epoch: epochOf(this.#state), settle });
      const routingProblems =
        call.type === 'start' ? attributeProblems(this.#attributes, call.routing) : [];
      this.#take({ type: 'call', tabId, callId, call, routingProblems });
    });
  }

  send(command: GatewayCommand): boolean {
    if (!this.#sockets.sendAnywhere(command)) return false;
    this.#take({ type: 'sent', command });
    return true;
  }

  logError(what: string, cause: unknown): void {
    this.#log.error(what, cause);
  }

  #take(input: Input): void {
    if (this.#isOver) return;
    this.#step(input);
    this.#isDirty = true;
    if (this.#tickPending || this.#isOver) return;
    // The first goes out at once, and whatever is queued behind it together, in a task of its own.
    this.#flush();
    this.#tickPending = true;
    this.#tick.port2.postMessage(null);
  }

  #flush(): void {
    this.#isDirty = false;
    this.#step({ type: 'flush' });
  }

  #step(input: Input): void {
    const before = this.#state;
    const clock = this.#clock();
    const { state, effects } = step(before, input, clock, this.#rules);
    this.#state = state;
    this.#inspect?.onStep({ input, clock, before, after: state, effects });
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'fetch-token':
        void this.#tokens
          .fetch(effect.isFresh, () => this.#state.token.requestId === effect.requestId)
          .then((result) => this.#take({ type: 'token', requestId: effect.requestId, result }));
        return;
      case 'forget-token':
        this.#tokens.forget();
        return;
      case 'end-session':
        this.#tokens.end();
        return;
      case 'open-socket':
        this.#sockets.open(effect.socketId);
        return;
      case 'send':
        this.#sockets.send(effect.socketId, effect.command);
        return;
      case 'close-socket':
        this.#sockets.close(effect.socketId);
        return;
      case 'rest':
        void this.#rest
          .call(effect.call)
          .then((result) => this.#take({ type: 'rest', requestId: effect.requestId, result }));
        return;
      case 'abort-rest':
        this.#rest.abortAll();
        return;
      case 'set-timer':
        this.#timers.set(effect.name, effect.at);
        return;
      case 'clear-timer':
        this.#timers.clear(effect.name);
        return;
      case 'write':
        this.#writes.push(effect);
        if (effect.writeId !== null) void this.#write();
        else this.#writeTimer ??= setTimeout(() => this.#write(), writePause);
        return;
      case 'read-earlier':
        void this.#write();
        void this.#store
          .readEarlier(effect.before, effect.count)
          .then(({ messages, hasEarlier }) =>
            this.#take({ type: 'earlier-read', callId: effect.callId, messages, hasEarlier }),
          );
        return;
      case 'prune':
        void this.#store.prune(effect.keep, effect.before);
        return;
      case 'post':
        this.#tabs.get(effect.tabId)?.port.post(effect.message);
        return;
      case 'answer': {
        const call = this.#calls.get(effect.callId);
        this.#calls.delete(effect.callId);
        call?.settle({ ...effect.answer, epoch: call.epoch });
        return;
      }
      case 'log-routing':
        this.#routingLog.post(effect.line);
        return;
      case 'handed-over':
        void this.#leave();
        return;
      case 'note':
        this.#log.note(effect.note);
        return;
    }
  }

  async #leave(): Promise<void> {
    // What is changed in this tick is written, and durable, before another hub reads it.
    this.#step({ type: 'flush' });
    this.#isOver = true;
    this.#timers.clearAll();
    this.#rest.abortAll();
    // Everything goes in order: behind this nothing is left to be written.
    void this.#write();
    await this.#store.write([], true);
    await this.#store.close();
    this.#releaseLock();
    this.#events.left();
    for (const tab of this.#tabs.values()) tab.stopWatching();
    this.#tabs.clear();
  }

  async #write(): Promise<void> {
    clearTimeout(this.#writeTimer);
    this.#writeTimer = undefined;
    const writes = this.#writes;
    const last = writes.at(-1);
    if (!last) return;
    this.#writes = [];
    const { durability, writeId } = last;
    const operations = writes.flatMap((write) => write.operations);
    const found = await this.#store.write(operations, durability === 'strict');
    if (writeId !== null) this.#take({ type: 'stored', writeId, ...found });
  }
}

/** For a host that is no worker: nothing here can work. */
export function unsupportedHost(): PartylineError {
  return new PartylineError(
    'invalid-option',
    'startHub must be called in the site’s own SharedWorker or Worker file.',
  );
}
