import { type Chance, FaultRules } from './fault-rules.ts';

/** `to-client`: sent by the gateway. `from-client`: received by it. */
export type Direction = 'to-client' | 'from-client';

/** Selects the frames of a fault. @default the next frame in that direction */
export interface FrameMatch extends Chance {
  /** The frame's type, or any of several. */
  readonly type?: string | readonly string[];
  /** Only frames of this visitor. */
  readonly subject?: string;
  /** Only frames for which it returns `true`. */
  readonly where?: (frame: Readonly<Record<string, unknown>>) => boolean;
}

type Action =
  | { readonly kind: 'lose' }
  | { readonly kind: 'duplicate' }
  /** Held until the next frame of the same direction and connection has passed. */
  | { readonly kind: 'swap'; readonly holdAtMost: number }
  | { readonly kind: 'delay'; readonly ms: number };

interface Rule {
  readonly direction: Direction;
  readonly action: Action;
  readonly match: FrameMatch;
}

export interface PendingFrame {
  readonly direction: Direction;
  readonly connection: number;
  readonly subject: string | null;
  readonly type: string;
  readonly frame: Readonly<Record<string, unknown>>;
}

interface Held {
  readonly deliver: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Drops, duplicates, swaps and delays frames, by rules in order of creation. */
export class FrameFaults {
  readonly #rules: FaultRules<Rule>;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #held = new Map<string, Held>();

  constructor(random: () => number) {
    this.#rules = new FaultRules(random);
  }

  /** Returns a function that removes the rule. */
  add(direction: Direction, action: Action, match: FrameMatch = {}): () => void {
    return this.#rules.add({ direction, action, match }, match);
  }

  /** Delivers a frame as the rules say: never, once, twice, or later. */
  pass(pending: PendingFrame, deliver: () => void): void {
    const action = this.#rules.isEmpty ? null : this.#take(pending);
    const lane = `${pending.direction} ${pending.connection}`;
    switch (action?.kind) {
      case 'lose':
        return;
      case 'delay':
        this.#later(deliver, action.ms);
        return;
      case 'swap':
        if (!this.#held.has(lane)) {
          const timer = this.#later(() => this.#release(lane), action.holdAtMost);
          this.#held.set(lane, { deliver, timer });
          return;
        }
        deliver();
        break;
      case 'duplicate':
        deliver();
        deliver();
        break;
      case undefined:
        deliver();
        break;
    }
    if (this.#held.size > 0) this.#release(lane);
  }

  /** Removes the rules and delivers held frames; delayed ones are still delivered in time. */
  clear(): void {
    this.#rules.clear();
    for (const lane of [...this.#held.keys()]) this.#release(lane);
  }

  /** Like `clear`, but drops held and delayed frames. */
  close(): void {
    this.#rules.clear();
    this.#held.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #take({ direction, subject, type, frame }: PendingFrame): Action | null {
    const rule = this.#rules.take(
      ({ direction: towards, match }) =>
        towards === direction &&
        (match.type === undefined || [match.type].flat().includes(type)) &&
        (match.subject === undefined || match.subject === subject) &&
        (match.where === undefined || match.where(frame)),
    );
    return rule?.action ?? null;
  }

  #release(lane: string): void {
    const held = this.#held.get(lane);
    if (!held) return;
    this.#held.delete(lane);
    clearTimeout(held.timer);
    this.#timers.delete(held.timer);
    held.deliver();
  }

  #later(task: () => void, ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
}
