import type { ErrorCode } from '../../protocol/errors.ts';
import type { Answer, Effect, Note } from './effect.ts';
import type { InternalEvent } from './events.ts';
import type { Clock } from './input.ts';
import { nextRandom } from './random.ts';
import type { StoreOperation } from './records.ts';
import { frameTraits, type PolicyTraits, type SessionPolicy } from './session-policy.ts';
import { type Changes, type HubState, noChanges } from './state.ts';
import type { TimerName } from './timers.ts';

/** The work of one `step`: the current state and the effects so far. */
export class StepContext {
  state: HubState;
  /** Whether `state` is this step's own copy, which may be changed in place. */
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

  /** Only the `state.ts` of a slice may call this, for its own keys. */
  write(part: Partial<HubState>): void {
    // The state has dozens of keys and a step sets some of them often, so it is copied once.
    if (this.#isOwn) Object.assign(this.state, part);
    else this.state = { ...this.state, ...part };
    this.#isOwn = true;
  }

  /** Reports an event that other slices react to: see consequences.ts. */
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

  /** Returns a number in [0, 1). */
  random(): number {
    const { seed, value } = nextRandom(this.state.seed);
    this.write({ seed });
    return value;
  }

  nextId(): number {
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

  /** Removes a timer that has fired. */
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

  /** The changes have been written and posted. */
  clearChanges(): void {
    this.write({ changes: noChanges });
  }

  store(operation: StoreOperation): void {
    this.change({ operations: [...this.state.changes.operations, operation] });
  }

  get policyTraits(): PolicyTraits {
    return this.policy?.traits ?? frameTraits;
  }

  /** Epoch ms by the gateway's clock, as far as it is known. For display only. */
  gatewayTime(): number {
    return this.clock.wall + this.state.meta.clockOffset;
  }
}
