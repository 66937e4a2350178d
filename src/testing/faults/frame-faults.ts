import { type Chance, FaultRules } from './fault-rules.ts';

/** `to-client`: what the gateway sends. `from-client`: what it receives. */
export type Direction = 'to-client' | 'from-client';

/** Which frames a fault meets. Without anything: the next frame of that direction. */
export interface FrameMatch extends Chance {
  /** The frame's type, or any of several. */
  readonly type?: string | readonly string[];
  /** Only frames of this visitor. */
  readonly subject?: string;
  /** Only frames for which this holds. */
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

export interface FrameOnItsWay {
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

/** Loses, doubles, swaps and delays frames, by rules in the order of their making. */
export class FrameFaults {
  readonly #rules: FaultRules<Rule>;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #held = new Map<string, Held>();

  constructor(random: () => number) {
    this.#rules = new FaultRules(random);
  }

  /** Returns what takes the rule back. */
  add(direction: Direction, action: Action, match: FrameMatch = {}): () => void {
    return this.#rules.add({ direction, action, match }, match);
  }

  /** Lets a frame through as the rules say: not at all, once, twice, or later. */
  pass(onItsWay: FrameOnItsWay, deliver: () => void): void {
    const action = this.#rules.isEmpty ? null : this.#take(onItsWay);
    const lane = `${onItsWay.direction} ${onItsWay.connection}`;
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

  /** Forgets the rules and lets go what is held or late. */
  clear(): void {
    this.#rules.clear();
    for (const lane of [...this.#held.keys()]) this.#release(lane);
  }

  /** As `clear`, and delivers nothing any more. */
  close(): void {
    this.#rules.clear();
    this.#held.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #take({ direction, subject, type, frame }: FrameOnItsWay): Action | null {
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
