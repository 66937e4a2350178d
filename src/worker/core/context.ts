import type { ErrorCode } from '../../protocol/errors.ts';
import type { Answer, Effect, Note } from './effect.ts';
import type { InternalEvent } from './events.ts';
import type { Clock } from './input.ts';
import { nextRandom } from './random.ts';
import type { StoreOperation } from './records.ts';
import { frameTraits, type PolicyTraits, type SessionPolicy } from './session-policy.ts';
import { type Changes, type HubState, noChanges } from './state.ts';
import type { TimerName } from './timers.ts';

/** One step under way: the state as it becomes, and the effects so far. Lives as long as one `step`. */
export class StepContext {
  state: HubState;
  /** It is a copy of this step's own, and nobody else has seen it. */
  #isOwn = false;
  readonly effects: Effect[] = [];
  readonly clock: Clock;
  readonly policy: SessionPolicy | null;
  readonly #react: (context: StepContext, event: InternalEvent) => void;

  constructor(
    state: HubState,
    clock: Clock,
    policy: SessionPolicy | null,
    react: (context: StepContext, event: InternalEvent) => void,
  ) {
    this.state = state;
    this.clock = clock;
    this.policy = policy;
    this.#react = react;
  }

  /** For the `state.ts` of each slice, which alone may write its keys. */
  write(part: Partial<HubState>): void {
    // One copy a step is enough: it has dozens of keys, and a step sets some of them many times.
    if (this.#isOwn) Object.assign(this.state, part);
    else this.state = { ...this.state, ...part };
    this.#isOwn = true;
  }

  /** Something has happened that other slices draw consequences from: see consequences.ts. */
  raise(event: InternalEvent): void {
    this.#react(this, event);
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
    if (effect.type === 'send') this.raise({ type: 'command-sent', command: effect.command });
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
    this.write({ seed });
    return value;
  }

  id(): number {
    const lastId = this.state.lastId + 1;
    this.write({ lastId });
    return lastId;
  }

  setTimer(name: TimerName, delay: number): void {
    const at = this.clock.now + delay;
    this.write({ timers: { ...this.state.timers, [name]: at } });
    this.emit({ type: 'set-timer', name, at });
  }

  clearTimer(...names: readonly TimerName[]): void {
    const timers = { ...this.state.timers };
    for (const name of names) {
      if (timers[name] === undefined) continue;
      delete timers[name];
      this.emit({ type: 'clear-timer', name });
    }
    this.write({ timers });
  }

  /** It has fired. */
  removeFiredTimer(name: TimerName): void {
    const { [name]: _, ...timers } = this.state.timers;
    this.write({ timers });
  }

  hasTimer(name: TimerName): boolean {
    return this.state.timers[name] !== undefined;
  }

  change(part: Partial<Changes>): void {
    this.write({ changes: { ...this.state.changes, ...part } });
  }

  /** What changed is written and told. */
  clearChanges(): void {
    this.write({ changes: noChanges });
  }

  store(operation: StoreOperation): void {
    this.change({ operations: [...this.state.changes.operations, operation] });
  }

  /** How this gateway's sessions differ from those of others. */
  get traits(): PolicyTraits {
    return this.policy?.traits ?? frameTraits;
  }

  /** What people see of time: the gateway's clock as far as we know it. */
  gatewayTime(): number {
    return this.clock.wall + this.state.meta.clockOffset;
  }
}
