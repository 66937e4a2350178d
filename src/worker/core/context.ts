import type { ErrorCode } from '../../protocol/errors.ts';
import { countCommand } from './connection/rate-limit.ts';
import type { Answer, Effect, Note } from './effect.ts';
import type { Clock } from './input.ts';
import { nextRandom } from './random.ts';
import type { StoreOperation } from './records.ts';
import type { SessionPolicy } from './session-policy.ts';
import type { Changes, ConnectionState, HubState } from './state.ts';
import type { TimerName } from './timers.ts';

/** One step under way: the state as it becomes, and the effects so far. Lives as long as one `step`. */
export class StepContext {
  state: HubState;
  /** It is a copy of this step's own, and nobody else has seen it. */
  #isOwn = false;
  readonly effects: Effect[] = [];
  readonly clock: Clock;
  readonly policy: SessionPolicy | null;

  constructor(state: HubState, clock: Clock, rules: SessionPolicy | null) {
    this.state = state;
    this.clock = clock;
    this.policy = rules;
  }

  set(part: Partial<HubState>): void {
    // One copy a step is enough: it has dozens of keys, and a step sets some of them many times.
    if (this.#isOwn) Object.assign(this.state, part);
    else this.state = { ...this.state, ...part };
    this.#isOwn = true;
  }

  /** A hub that has left stays so: the next one has the socket, whatever else is heard. */
  setConnection(connection: ConnectionState): void {
    if (this.state.connection.phase !== 'handed-over') this.set({ connection });
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
    if (effect.type === 'send') countCommand(this, effect.command);
  }

  note(kind: Note['kind'], detail: string): void {
    this.emit({ type: 'note', note: { kind, detail } });
  }

  answer(callId: number, answer: Answer): void {
    this.emit({ type: 'answer', callId, answer });
  }

  resolve(callId: number, value: unknown = null): void {
    this.answer(callId, { ok: true, value });
  }

  reject(callId: number, code: ErrorCode, message: string): void {
    this.answer(callId, { ok: false, problem: { code, message } });
  }

  /** In [0, 1). */
  random(): number {
    const { seed, value } = nextRandom(this.state.seed);
    this.set({ seed });
    return value;
  }

  id(): number {
    const lastId = this.state.lastId + 1;
    this.set({ lastId });
    return lastId;
  }

  setTimer(name: TimerName, delay: number): void {
    const at = this.clock.now + delay;
    this.set({ timers: { ...this.state.timers, [name]: at } });
    this.emit({ type: 'set-timer', name, at });
  }

  clearTimer(...names: readonly TimerName[]): void {
    const timers = { ...this.state.timers };
    for (const name of names) {
      if (timers[name] === undefined) continue;
      delete timers[name];
      this.emit({ type: 'clear-timer', name });
    }
    this.set({ timers });
  }

  hasTimer(name: TimerName): boolean {
    return this.state.timers[name] !== undefined;
  }

  change(part: Partial<Changes>): void {
    this.set({ changes: { ...this.state.changes, ...part } });
  }

  store(operation: StoreOperation): void {
    this.change({ operations: [...this.state.changes.operations, operation] });
  }

  /** The session on this gateway is the conversation. */
  get isSession(): boolean {
    return this.policy !== null;
  }

  /** What people see of time: the gateway's clock as far as we know it. */
  gatewayTime(): number {
    return this.clock.wall + this.state.meta.clockOffset;
  }
}
