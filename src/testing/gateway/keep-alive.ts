import { isDeepStrictEqual } from 'node:util';

export interface KeepaliveContext {
  /** From one ping to the next, in ms. */
  readonly interval: number;
  /** How long a pong may take, in ms. */
  readonly timeout: number;
  readonly clock: () => number;
  readonly ping: (payload: unknown) => void;
  readonly onMissed: () => void;
}

/** The gateway's own pings on one connection, and the wait for their pongs. */
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

  /** Resolves the ping that this pong answers. `false` where no outstanding ping has that payload. */
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
    // Structured, with a null in it: a client has to send back any JSON value as it came.
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
