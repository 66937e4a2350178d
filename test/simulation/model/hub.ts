import type { GatewayTraits } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { StreamMessage } from '../../../src/protocol/port.ts';
import type { Answer, Effect } from '../../../src/worker/core/effect.ts';
import type { Clock, Input } from '../../../src/worker/core/input.ts';
import type { SessionPolicy } from '../../../src/worker/core/session-policy.ts';
import {
  defaultRoutingPolicy,
  defaultTiming,
  type Timing,
} from '../../../src/worker/core/settings.ts';
import { type HubState, initialState } from '../../../src/worker/core/state.ts';
import { step } from '../../../src/worker/core/step.ts';
import type { SimContext } from '../sim-context.ts';
import type { Edges, EdgesHub } from './edges.ts';
import type { Machine } from './machine.ts';
import type { ServerEnd } from './session.ts';
import { ModelSocket } from './socket.ts';
import { type Disk, ModelStore } from './store.ts';
import { ModelTimers } from './timers.ts';

/** Shortens what takes minutes in production. */
const hurried: Timing = { ...defaultTiming, attempts: 1, queued: 3_000, idle: 1_000 };

export interface Step {
  readonly hub: HubProcess;
  /** Counts the steps of all hubs. */
  readonly number: number;
  readonly input: Input;
  readonly before: HubState;
  readonly after: HubState;
  readonly effects: readonly Effect[];
}

export interface HubEnvironment {
  readonly context: SimContext;
  readonly machine: Machine;
  readonly disk: Disk;
  readonly traits: GatewayTraits;
  readonly policy: SessionPolicy | null;
  readonly edges: (hub: EdgesHub) => Edges;
  readonly isGatewayUp: () => boolean;
  readonly accept: (socket: ModelSocket) => ServerEnd;
  readonly onSocket: (socket: ModelSocket) => void;
  readonly post: (tabId: string, message: StreamMessage) => void;
  readonly answer: (hub: HubProcess, callId: number, answer: Answer) => void;
  readonly onBooted: (hub: HubProcess) => void;
  readonly nextStep: () => number;
  readonly onStep: (step: Step) => void;
  /** It has stepped down, and everything is written. */
  readonly onLeft: (hub: HubProcess) => void;
}

/** The core with model edges; carries out effects as src/worker/host/hub.ts does. */
export class HubProcess implements EdgesHub {
  state: HubState;
  isAlive = true;
  isBooted = false;
  readonly sockets = new Map<number, ModelSocket>();
  readonly #environment: HubEnvironment;
  readonly #store: ModelStore;
  readonly edges: Edges;
  readonly #timers: ModelTimers;
  /** As src/worker/edges/socket.ts. */
  #newestSocket = 0;
  #isTickPending = false;
  #isDirty = false;

  constructor(environment: HubEnvironment, bootId: string) {
    this.#environment = environment;
    const { context, machine, disk, traits } = environment;
    const { limits, hurries, confirms } = context.profile;
    this.state = initialState(
      {
        name: '',
        timing: hurries ? hurried : defaultTiming,
        limits,
        history: confirms ? 'confirmed' : 'at-once',
        routing: defaultRoutingPolicy,
        traits,
        kind: 'shared-worker',
        build: '1',
        bootId,
      },
      context.random.int(0, 2 ** 31 - 1),
    );
    this.edges = environment.edges(this);
    this.#timers = new ModelTimers(machine, (name) => this.take({ type: 'timer', name }));
    this.#store = new ModelStore(context, machine, disk, () =>
      this.take({ type: 'store-emptied' }),
    );
    this.#store.restore(limits.page, (restored) => {
      this.isBooted = true;
      if (!machine.isOnline) this.take({ type: 'online', isOnline: false });
      this.take({ type: 'restored', restored });
      environment.onBooted(this);
    });
  }

  clock(): Clock {
    return this.#environment.machine.clock();
  }

  get epoch(): string {
    return this.state.settings.bootId;
  }

  kill(isPowerCut: boolean): void {
    this.isAlive = false;
    this.#timers.clearAll();
    this.#store.kill();
    for (const socket of this.sockets.values()) socket.orphan(isPowerCut);
  }

  take(input: Input): void {
    if (!this.isAlive) return;
    this.#step(input);
    this.#isDirty = true;
    if (this.#isTickPending || !this.isAlive) return;
    this.#flush();
    this.#isTickPending = true;
    // After everything queued for this moment, like a MessageChannel task.
    this.#environment.machine.after(0, () => {
      this.#isTickPending = false;
      if (this.#isDirty && this.isAlive) this.#flush();
    });
  }

  #flush(): void {
    this.#isDirty = false;
    this.#step({ type: 'flush' });
  }

  #step(input: Input): void {
    const before = this.state;
    const { state, effects } = step(
      before,
      input,
      this.#environment.machine.clock(),
      this.#environment.policy,
    );
    this.state = state;
    const number = this.#environment.nextStep();
    this.#environment.onStep({ hub: this, number, input, before, after: state, effects });
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    const { post, answer } = this.#environment;
    switch (effect.type) {
      case 'fetch-token': {
        const { requestId, isFresh } = effect;
        const isWanted = () => this.isAlive && this.state.token.requestId === requestId;
        this.edges.fetch(isFresh, isWanted, (result) =>
          this.take({ type: 'token', requestId, result }),
        );
        return;
      }
      case 'discard-token':
        this.edges.discardToken();
        return;
      case 'end-session':
        this.edges.end();
        return;
      case 'open-socket':
        this.#open(effect.socketId);
        return;
      case 'send': {
        const socket = this.sockets.get(effect.socketId);
        if (socket?.phase !== 'open') return;
        const { token } = this.edges;
        if (token === null && effect.command.type === 'authenticate') socket.close();
        else if (this.edges.encodes(effect.command))
          socket.send({ command: effect.command, token });
        return;
      }
      case 'close-socket':
        this.sockets.get(effect.socketId)?.close();
        return;
      case 'rest': {
        const { requestId } = effect;
        this.edges.rest(effect.call, (result) => this.take({ type: 'rest', requestId, result }));
        return;
      }
      case 'abort-rest':
        return;
      case 'set-timer':
        this.#timers.set(effect.name, effect.at);
        return;
      case 'clear-timer':
        this.#timers.clear(effect.name);
        return;
      case 'write': {
        const { operations, durability, writeId } = effect;
        this.#store.write(operations, durability === 'strict', (found) => {
          if (writeId !== null) this.take({ type: 'stored', writeId, ...found });
        });
        return;
      }
      case 'prune':
        this.#store.prune(effect.keep, effect.before);
        return;
      case 'handed-over':
        this.#leave();
        return;
      case 'read-earlier': {
        const { callId } = effect;
        this.#store.readEarlier(effect.before, effect.count, ({ messages, hasEarlier }) =>
          this.take({ type: 'earlier-read', callId, messages, hasEarlier }),
        );
        return;
      }
      case 'post':
        post(effect.tabId, effect.message);
        return;
      case 'answer':
        answer(this, effect.callId, effect.answer);
        return;
      case 'log-routing':
      case 'note':
        return;
    }
  }

  send(command: GatewayCommand): boolean {
    const socket = this.sockets.get(this.#newestSocket);
    if (socket?.phase !== 'open' || !this.edges.encodes(command)) return false;
    socket.send({ command, token: this.edges.token });
    this.take({ type: 'command-sent', command });
    return true;
  }

  /** Its connection to the database is closed, and it opens another at once. */
  noticeDeletion(): void {
    this.#store.settled(() => {});
  }

  /** As src/worker/host/hub.ts: changes are written before the next hub reads them. */
  #leave(): void {
    this.#environment.machine.after(0, () => {
      if (!this.isAlive) return;
      this.#step({ type: 'flush' });
      this.isAlive = false;
      this.#timers.clearAll();
      this.#store.settled(() => this.#environment.onLeft(this));
    });
  }

  #open(socketId: number): void {
    const { context, machine, isGatewayUp, accept, onSocket } = this.#environment;
    const socket = new ModelSocket(context, machine, `${this.epoch}/${socketId}`, {
      opened: () => this.take({ type: 'socket-opened', socketId }),
      event: (event) => {
        const forCore = socketId === this.#newestSocket ? this.edges.onEvent(event) : event;
        if (forCore) this.take({ type: 'gateway', socketId, event: forCore });
      },
      closed: (meaning) => {
        this.sockets.delete(socketId);
        if (socketId === this.#newestSocket) this.edges.socketEnded();
        this.take({ type: 'socket-closed', socketId, meaning });
      },
    });
    this.sockets.set(socketId, socket);
    this.#newestSocket = socketId;
    this.edges.socketEnded();
    onSocket(socket);
    socket.connect(isGatewayUp, accept);
  }
}
