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
import type { World } from '../world.ts';
import type { Edges, EdgesHub } from './edges.ts';
import { Line } from './line.ts';
import type { Machine } from './machine.ts';
import type { ServerEnd } from './session.ts';
import { type Disk, ModelStore } from './store.ts';
import { ModelTimers } from './timers.ts';

/** What takes minutes in life. */
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

export interface HubSurroundings {
  readonly world: World;
  readonly machine: Machine;
  readonly disk: Disk;
  readonly traits: GatewayTraits;
  readonly rules: SessionPolicy | null;
  readonly edges: (hub: EdgesHub) => Edges;
  readonly isGatewayUp: () => boolean;
  readonly accept: (line: Line) => ServerEnd;
  readonly onLine: (line: Line) => void;
  readonly post: (tabId: string, message: StreamMessage) => void;
  readonly answer: (hub: HubProcess, callId: number, answer: Answer) => void;
  readonly onBooted: (hub: HubProcess) => void;
  readonly nextStep: () => number;
  readonly onStep: (step: Step) => void;
  /** It has stepped down, and everything is written. */
  readonly onLeft: (hub: HubProcess) => void;
}

/** The core with model edges, carried out as src/worker/host/hub.ts does. */
export class HubProcess implements EdgesHub {
  state: HubState;
  isAlive = true;
  isBooted = false;
  readonly lines = new Map<number, Line>();
  readonly #around: HubSurroundings;
  readonly #store: ModelStore;
  readonly edges: Edges;
  readonly #timers: ModelTimers;
  /** As src/worker/edges/socket.ts. */
  #newestLine = 0;
  #isTickPending = false;
  #isDirty = false;

  constructor(around: HubSurroundings, epoch: string) {
    this.#around = around;
    const { world, machine, disk, traits } = around;
    const { limits, hurries, confirms } = world.profile;
    this.state = initialState(
      {
        timing: hurries ? hurried : defaultTiming,
        limits,
        history: confirms ? 'confirmed' : 'at-once',
        routing: defaultRoutingPolicy,
        traits,
        kind: 'shared-worker',
        build: '1',
        epoch,
      },
      world.random.int(0, 2 ** 31 - 1),
    );
    this.edges = around.edges(this);
    this.#timers = new ModelTimers(machine, (name) => this.take({ type: 'timer', name }));
    this.#store = new ModelStore(world, machine, disk, () => this.take({ type: 'store-emptied' }));
    this.#store.restore(limits.page, (restored) => {
      this.isBooted = true;
      if (!machine.isOnline) this.take({ type: 'online', online: false });
      this.take({ type: 'restored', restored });
      around.onBooted(this);
    });
  }

  clock(): Clock {
    return this.#around.machine.clock();
  }

  get epoch(): string {
    return this.state.settings.epoch;
  }

  kill(isPowerCut: boolean): void {
    this.isAlive = false;
    this.#timers.clearAll();
    this.#store.kill();
    for (const line of this.lines.values()) line.orphan(isPowerCut);
  }

  take(input: Input): void {
    if (!this.isAlive) return;
    this.#step(input);
    this.#isDirty = true;
    if (this.#isTickPending || !this.isAlive) return;
    this.#flush();
    this.#isTickPending = true;
    // Behind what is queued for this very moment, as a task of a MessageChannel is.
    this.#around.machine.after(0, () => {
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
      this.#around.machine.clock(),
      this.#around.rules,
    );
    this.state = state;
    const number = this.#around.nextStep();
    this.#around.onStep({ hub: this, number, input, before, after: state, effects });
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    const { post, answer } = this.#around;
    switch (effect.type) {
      case 'fetch-token': {
        const { requestId, isFresh } = effect;
        const isWanted = () => this.isAlive && this.state.token.requestId === requestId;
        this.edges.fetch(isFresh, isWanted, (result) =>
          this.take({ type: 'token', requestId, result }),
        );
        return;
      }
      case 'forget-token':
        this.edges.forget();
        return;
      case 'end-session':
        this.edges.end();
        return;
      case 'open-socket':
        this.#open(effect.socketId);
        return;
      case 'send': {
        const line = this.lines.get(effect.socketId);
        if (line?.phase !== 'open') return;
        const { token } = this.edges;
        if (token === null && effect.command.type === 'authenticate') line.close();
        else if (this.edges.encodes(effect.command)) line.send({ command: effect.command, token });
        return;
      }
      case 'close-socket':
        this.lines.get(effect.socketId)?.close();
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
    const line = this.lines.get(this.#newestLine);
    if (line?.phase !== 'open' || !this.edges.encodes(command)) return false;
    line.send({ command, token: this.edges.token });
    this.take({ type: 'sent', command });
    return true;
  }

  /** Its connection to the database is closed, and it opens another at once. */
  noticeDeletion(): void {
    this.#store.settled(() => {});
  }

  /** As src/worker/host/hub.ts: what is changed is written before anybody else reads it. */
  #leave(): void {
    this.#around.machine.after(0, () => {
      if (!this.isAlive) return;
      this.#step({ type: 'flush' });
      this.isAlive = false;
      this.#timers.clearAll();
      this.#store.settled(() => this.#around.onLeft(this));
    });
  }

  #open(socketId: number): void {
    const { world, machine, isGatewayUp, accept, onLine } = this.#around;
    const line = new Line(world, machine, `${this.epoch}/${socketId}`, {
      opened: () => this.take({ type: 'socket-opened', socketId }),
      event: (event) => {
        const heard = socketId === this.#newestLine ? this.edges.hear(event) : event;
        if (heard) this.take({ type: 'gateway', socketId, event: heard });
      },
      closed: (meaning) => {
        this.lines.delete(socketId);
        if (socketId === this.#newestLine) this.edges.lineEnded();
        this.take({ type: 'socket-closed', socketId, meaning });
      },
    });
    this.lines.set(socketId, line);
    this.#newestLine = socketId;
    this.edges.lineEnded();
    onLine(line);
    line.connect(isGatewayUp, accept);
  }
}
