import { PartylineError } from '../../protocol/errors.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { ExtensionHost, GatewayExtension } from '../../protocol/gateway/extension.ts';
import type { TokenSource } from '../../protocol/gateway/tokens.ts';
import { aliveLock, hubLock, tabLock } from '../../protocol/locks.ts';
import type { Call, CallAnswer, Hello, StreamMessage } from '../../protocol/port.ts';
import { protocolVersion } from '../../protocol/version.ts';
import type { Answer, Effect } from '../core/effect.ts';
import type { AttachHint, Clock, Input } from '../core/input.ts';
import type { HubObserver } from '../core/observer.ts';
import type { SessionPolicy } from '../core/session-policy.ts';
import { type HubState, initialState } from '../core/state.ts';
import { step } from '../core/step.ts';
import { epochOf } from '../core/tabs/snapshot.ts';
import { BrokerTokens } from '../edges/broker-token.ts';
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

/** The stream from the hub to one tab. */
export interface TabStream {
  post(message: StreamMessage): void;
  close(): void;
}

interface AttachedTab {
  readonly stream: TabStream;
  readonly stopWatching: () => void;
}

interface PendingCall {
  /** The epoch when the call arrived: its answer must not count for a later visitor. */
  readonly epoch: string;
  readonly isSignOut: boolean;
  readonly settle: (answer: CallAnswer) => void;
}

export interface HubEvents {
  /** This hub may use the socket and the store. */
  lockAcquired(): void;
  /** The socket is closed and the store written: another hub may use both. */
  handedOver(): void;
}

/** Delay of writes that nothing waits for, in ms, so that tabs get their updates first. */
const writePause = 15;

/** Runs the core: passes it inputs one by one, performs its effects, and flushes at the end of a tick. */
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
  readonly #policy: SessionPolicy | null;
  readonly #observer: HubObserver | null;
  readonly #tabs = new Map<string, AttachedTab>();
  readonly #calls = new Map<number, PendingCall>();
  /** Resolves once this hub holds the lock that tabs watch to notice its death. */
  readonly #alive: Promise<void>;
  readonly #booted: Promise<void>;
  readonly #events: HubEvents;
  /** Answers the calls of the dialect's own extension. */
  readonly answerExtensionCall: GatewayExtension['answer'] | undefined;
  readonly #extension: GatewayExtension | null;
  /** Resolves once the credentials of the last visitor who signed out are deleted. */
  #credentialsDeleted: Promise<void> = Promise.resolve();
  /** Ends the wait for the hub's lock. */
  readonly #lockRequest = new AbortController();
  #releaseLock: () => void = () => {};
  /** Another hub has the conversation: inputs are ignored. */
  #isStopped = false;
  readonly #tick = new MessageChannel();
  #tickPending = false;
  /** There was an input since the last flush. */
  #isDirty = false;
  #lastCallId = 0;
  /** Writes of the last ticks, in order, for one transaction. Only the last one may have a `writeId`. */
  #writes: Extract<Effect, { type: 'write' }>[] = [];
  #writeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CheckedOptions, kind: 'shared-worker' | 'tab', log: Log, events: HubEvents) {
    const { name, gateway, timing, limits, history, routing, build } = options;
    this.#log = log;
    this.#events = events;
    this.#policy = gateway.sessionPolicy ?? null;
    this.#observer = options.inspect;
    this.#state = initialState(
      {
        name,
        timing,
        limits,
        history,
        routing,
        traits: gateway.traits,
        kind,
        build,
        bootId: crypto.randomUUID(),
      },
      crypto.getRandomValues(new Int32Array(1))[0] ?? 0,
    );
    this.#clock = createClock();
    this.#timers = createTimers(this.#clock, (name) => this.#dispatch({ type: 'timer', name }));
    const extension = gateway.createExtension?.(this, name) ?? null;
    this.#extension = extension;
    this.answerExtensionCall = extension?.answer;
    this.#tokens = extension?.tokens ?? new BrokerTokens(options.tokenUrl);
    this.#attributes = options.attributes;
    this.#routingLog = new RoutingLog(options.routingLogUrl, log);
    this.#rest = new Rest(gateway, extension?.restTokens.get ?? this.#tokens.current);
    this.#store = new Store(
      log,
      {
        lost: () => this.#dispatch({ type: 'store-lost' }),
        emptied: () => this.#dispatch({ type: 'store-emptied' }),
      },
      gateway,
      { hubName: name, cipher: options.encrypted?.() ?? null },
    );
    this.#sockets = new Sockets(
      gateway,
      this.#tokens.current,
      {
        opened: (socketId) => this.#dispatch({ type: 'socket-opened', socketId }),
        closed: (socketId, meaning) => this.#dispatch({ type: 'socket-closed', socketId, meaning }),
        gateway: (socketId, event) => this.#dispatch({ type: 'gateway', socketId, event }),
      },
      log,
      extension,
    );
    this.#tick.port1.onmessage = () => {
      this.#tickPending = false;
      if (this.#isDirty && !this.#isStopped) this.#flush();
    };
    this.#alive = holdForLife(aliveLock(this.#state.settings.bootId));
    this.#booted = this.#boot();
  }

  get epoch(): string {
    return epochOf(this.#state);
  }

  get name(): string {
    return this.#state.settings.name;
  }

  /** Limit of messages from one port, per second. */
  get portMessages(): number {
    return this.#state.settings.limits.portMessages;
  }

  /** The first message to a tab. The tab then queues for our lock, so we must hold it by then. */
  async hello(): Promise<Hello> {
    await this.#alive;
    return {
      type: 'partyline-hello',
      epoch: this.epoch,
      protocolVersion,
      build: this.#state.settings.build,
      name: this.name,
    };
  }

  /** Hands over to a newer build: completes what is in flight, then closes the socket. */
  stepDown(): void {
    this.#dispatch({ type: 'step-down' });
  }

  /** Gives up before the start, because another hub has the conversation. */
  abandon(): void {
    this.#isStopped = true;
    this.#lockRequest.abort();
  }

  async #boot(): Promise<void> {
    try {
      this.#releaseLock = await holdLock(hubLock(this.name), this.#lockRequest.signal);
    } catch (error) {
      if (this.#isStopped) return;
      throw error;
    }
    this.#events.lockAcquired();
    const restored = await this.#store.restore(this.#state.settings.limits.page);
    addEventListener('online', () => this.#dispatch({ type: 'online', isOnline: true }));
    addEventListener('offline', () => this.#dispatch({ type: 'online', isOnline: false }));
    if (!navigator.onLine) this.#dispatch({ type: 'online', isOnline: false });
    this.#dispatch({ type: 'restored', restored });
  }

  /** Adds a tab. Its snapshot follows once the store has been read. */
  async attach(
    tabId: string,
    isVisible: boolean,
    { conversationId, visitor, resetCount }: AttachHint,
    stream: TabStream,
  ): Promise<void> {
    this.#tabs.get(tabId)?.stopWatching();
    const stopWatching = whenReleased(tabLock(tabId), () => this.detach(tabId));
    const tab: AttachedTab = { stream, stopWatching };
    this.#tabs.set(tabId, tab);
    await this.#booted;
    if (this.#tabs.get(tabId) === tab && !this.#isStopped) {
      this.#dispatch({
        type: 'tab-attached',
        tabId,
        isVisible,
        conversationId,
        visitor,
        resetCount,
      });
    }
  }

  detach(tabId: string): void {
    const tab = this.#tabs.get(tabId);
    if (!tab) return;
    this.#tabs.delete(tabId);
    tab.stopWatching();
    tab.stream.close();
    this.#dispatch({ type: 'tab-left', tabId });
  }

  tabInput(
    input: Extract<Input, { type: 'tab-ack' | 'tab-pull' | 'tab-visibility' | 'tab-used' }>,
  ): void {
    if (this.#tabs.has(input.tabId)) this.#dispatch(input);
  }

  async call(tabId: string, call: Call): Promise<CallAnswer> {
    const { epoch } = this;
    const isSignOut = call.type === 'sign-out';
    await this.#booted;
    if (this.epoch !== epoch && !isSignOut) {
      const problem = {
        code: 'signed-out',
        message: 'The session has ended. Sign in again.',
      } as const;
      return { ok: false, epoch, problem };
    }
    this.#lastCallId += 1;
    const callId = this.#lastCallId;
    return new Promise((settle) => {
      this.#calls.set(callId, { epoch: this.epoch, isSignOut, settle });
      const routingProblems = this.#attributeProblems(call);
      this.#dispatch({ type: 'call', tabId, callId, call, routingProblems });
    });
  }

  #attributeProblems(call: Call): readonly string[] {
    if (call.type === 'start') return attributeProblems(this.#attributes, call.routing);
    if (call.type !== 'set-attributes') return [];
    const { lastRouting, attributes } = this.#state.meta;
    const merged = { ...lastRouting?.attributes, ...attributes, ...call.attributes };
    return attributeProblems(this.#attributes, { skillGroups: [], attributes: merged });
  }

  send(command: GatewayCommand): boolean {
    if (!this.#sockets.sendOnNewest(command)) return false;
    this.#dispatch({ type: 'command-sent', command });
    return true;
  }

  logError(what: string, cause: unknown): void {
    this.#log.error(what, cause);
  }

  #dispatch(input: Input): void {
    if (this.#isStopped) return;
    this.#step(input);
    this.#isDirty = true;
    if (this.#tickPending || this.#isStopped) return;
    // The first input is flushed at once; those queued behind it share the flush of a later task.
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
    const { state, effects } = step(before, input, clock, this.#policy);
    this.#state = state;
    this.#observer?.onStep({ input, clock, before, after: state, effects });
    if (state.generation !== before.generation) this.#extension?.onVisitorChange();
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'fetch-token':
        void this.#tokens
          .fetch(
            effect.isFresh,
            () => this.#state.token.requestId === effect.requestId,
            effect.guest,
          )
          .then((result) => this.#dispatch({ type: 'token', requestId: effect.requestId, result }));
        return;
      case 'discard-token':
        this.#tokens.drop(effect.isRefused);
        return;
      case 'end-session':
        this.#credentialsDeleted = this.#tokens.endSession();
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
          .then((result) => this.#dispatch({ type: 'rest', requestId: effect.requestId, result }));
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
            this.#dispatch({ type: 'earlier-read', callId: effect.callId, messages, hasEarlier }),
          );
        return;
      case 'prune':
        void this.#store.prune(effect.keep, effect.before);
        return;
      case 'post':
        this.#tabs.get(effect.tabId)?.stream.post(effect.message);
        return;
      case 'answer': {
        const call = this.#calls.get(effect.callId);
        this.#calls.delete(effect.callId);
        if (call) void this.#settle(call, effect.answer);
        return;
      }
      case 'log-routing':
        this.#routingLog.post(effect.line);
        return;
      case 'handed-over':
        void this.#handOver();
        return;
      case 'note':
        this.#log.note(effect.note);
        return;
    }
  }

  async #settle({ epoch, isSignOut, settle }: PendingCall, answer: Answer): Promise<void> {
    // A page may end the site's session next, or leave: everything must be deleted by then.
    if (isSignOut) await this.#credentialsDeleted;
    settle({ ...answer, epoch });
  }

  async #handOver(): Promise<void> {
    // The changes of this tick must be durable before another hub reads them.
    this.#step({ type: 'flush' });
    this.#isStopped = true;
    this.#timers.clearAll();
    this.#rest.abortAll();
    // The store works in order: after the last of these, nothing is left to write.
    void this.#write();
    await this.#store.write([], true);
    await this.#store.close();
    this.#releaseLock();
    this.#events.handedOver();
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
    if (writeId !== null) this.#dispatch({ type: 'stored', writeId, ...found });
  }
}

/** Thrown outside of workers. */
export function unsupportedHost(): PartylineError {
  return new PartylineError(
    'invalid-option',
    'startHub must be called in the site’s own SharedWorker or Worker file.',
  );
}
