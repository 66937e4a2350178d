import { isDeepStrictEqual } from 'node:util';

export interface KeepaliveContext {
  /** Interval between pings, in ms. */
  readonly interval: number;
  /** Timeout of a pong, in ms. */
  readonly timeout: number;
  readonly clock: () => number;
  readonly ping: (payload: unknown) => void;
  readonly onMissed: () => void;
}

/** Sends the gateway's pings on one connection and waits for the pongs. */
export class Keepalive {
  readonly #context: KeepaliveContext;
  readonly #outstanding = new Map<number, { payload: unknown; timer: NodeJS.Timeout }>();
  #interval: NodeJS.Timeout | null = null;
  #count = 0;

  constructor(context: KeepaliveContext) {
    this.#context = context;
  }

  start(): void {
    this.stop();
    this.#interval = setInterval(() => this.#ping(), this.#context.interval);
  }

  /** Settles the ping with this payload. `false` if there is none. */
  pong(payload: unknown): boolean {
    for (const [count, ping] of this.#outstanding) {
      if (!isDeepStrictEqual(ping.payload, payload)) continue;
      clearTimeout(ping.timer);
      this.#outstanding.delete(count);
      return true;
    }
    return false;
  }

  stop(): void {
    if (this.#interval) clearInterval(this.#interval);
    this.#interval = null;
    for (const { timer } of this.#outstanding.values()) clearTimeout(timer);
    this.#outstanding.clear();
  }

  #ping(): void {
    this.#count += 1;
    const count = this.#count;
    // An object with a null: clients must return any JSON value unchanged.
    const payload = {
      ping: count,
      at: new Date(this.#context.clock()).toISOString(),
      via: [null, 'ü'],
    };
    const timer = setTimeout(() => this.#context.onMissed(), this.#context.timeout);
    this.#outstanding.set(count, { payload, timer });
    this.#context.ping(payload);
  }
}
