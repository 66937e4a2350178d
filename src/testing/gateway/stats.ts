/** Kinds of protocol violations by a client. */
export const violationKinds = [
  'frame-before-auth',
  'second-auth',
  'invalid-frame',
  'frame-too-big',
  'message-before-resume',
  'two-in-flight',
  'resend-without-asking',
  'ping-too-often',
  'wrong-pong',
  'missed-pong',
  'query-parameters',
  'subprotocol',
  'over-the-limit',
] as const;
export type ViolationKind = (typeof violationKinds)[number];

export type StatsEvent = { readonly at: number } & (
  | { readonly kind: 'open'; readonly connection: number }
  | { readonly kind: 'authenticated'; readonly connection: number; readonly subject: string }
  | { readonly kind: 'auth-failed'; readonly connection: number; readonly code: string }
  | {
      readonly kind: 'close';
      readonly connection: number;
      readonly subject: string | null;
      /** The close code as the gateway saw it; 1006 without a close frame. */
      readonly code: number;
    }
  | {
      readonly kind: 'received' | 'sent';
      readonly connection: number;
      readonly subject: string | null;
      /** The frame's type; `?` for an invalid frame. */
      readonly type: string;
    }
  | {
      readonly kind: 'rest';
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly subject: string | null;
    }
  /** The journey context of a session (`genesys-cloud`), from its opening or the exchange of an identity. */
  | { readonly kind: 'journey'; readonly subject: string | null; readonly context: unknown }
  | { readonly kind: 'token'; readonly status: number; readonly subject: string | null }
  | {
      readonly kind: 'repeated-message';
      readonly subject: string;
      readonly messageId: string;
      readonly by: 'socket' | 'rest';
    }
  | {
      readonly kind: 'violation';
      readonly connection: number;
      readonly subject: string | null;
      readonly violation: ViolationKind;
      readonly detail: string;
    }
);

type Unstamped<Event> = Event extends StatsEvent ? Omit<Event, 'at'> : never;

/** A socket, as the counters need it. */
export interface CountedSocket {
  readonly connection: number;
  readonly isOpen: boolean;
  readonly bytes: { readonly in: number; readonly out: number };
}

const eventLimit = 20_000;

/**
 * Exact counters of one gateway, for assertions in tests. They are live.
 *
 * A socket counts as authenticated from when auth success is sent until its close event, when its TCP
 * connection is closed.
 */
export class GatewayStats {
  readonly #clock: () => number;
  readonly #open = new Map<number, CountedSocket>();
  readonly #authenticated = new Map<number, { subject: string; socket: CountedSocket }>();
  readonly #peakOf = new Map<string, number>();
  readonly #peakOpenOf = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #events: StatsEvent[] = [];
  #opened = 0;
  #peak = 0;
  #closedBytes = { in: 0, out: 0 };

  /** Frames from clients by type, before faults apply. */
  readonly received: Record<string, number> = Object.create(null);
  /** Frames sent to clients by type, after faults apply. */
  readonly sent: Record<string, number> = Object.create(null);
  /** REST calls by `METHOD /path`, with the conversation's id as `{id}`. */
  readonly rest: Record<string, number> = Object.create(null);
  /** Tokens that the OAuth server issued. */
  tokensIssued = 0;
  /** Messages with a known id, by socket or REST. */
  repeatedMessages = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Visitor sockets accepted so far. */
  get connectionsOpened(): number {
    return this.#opened;
  }

  /** Visitor sockets now, authenticated or not. */
  get connections(): number {
    return this.#open.size;
  }

  /** Authenticated sockets now. */
  get authenticated(): number {
    return this.#authenticated.size;
  }

  /** Maximum number of authenticated sockets at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** The newest 20,000 events, oldest first. */
  get events(): readonly StatsEvent[] {
    return this.#events.slice(-eventLimit);
  }

  /** Protocol violations in `events`. */
  get violations(): readonly Extract<StatsEvent, { kind: 'violation' }>[] {
    return this.events.filter((event) => event.kind === 'violation');
  }

  /** Bytes on the visitors' TCP connections after the upgrade request, from the client. */
  get bytesIn(): number {
    return this.#bytes('in');
  }

  /** Bytes on the visitors' TCP connections to the client, including the upgrade response. */
  get bytesOut(): number {
    return this.#bytes('out');
  }

  authenticatedOf(subject: string): number {
    return this.#count(subject, () => true);
  }

  /** Maximum number of authenticated sockets of this subject at one time. */
  peakOf(subject: string): number {
    return this.#peakOf.get(subject) ?? 0;
  }

  /**
   * Like `peakOf`, without sockets that are closing. A browser that closes a silent connection sends a
   * close frame and waits, so the TCP connection stays open for a while without any messages.
   */
  peakOpenOf(subject: string): number {
    return this.#peakOpenOf.get(subject) ?? 0;
  }

  /**
   * Resolves once the predicate returns `true`; it is called now and after every change.
   *
   * @param options.timeout in ms, 5,000 by default
   * @param options.what description for the error message
   * @throws {Error} after the timeout
   */
  waitFor(
    predicate: (stats: GatewayStats) => boolean,
    options: { readonly timeout?: number; readonly what?: string } = {},
  ): Promise<void> {
    const { timeout = 5_000, what = predicate.toString() } = options;
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        finish();
      };
      const look = () => {
        try {
          if (predicate(this)) settle(resolve);
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`Timed out after ${timeout} ms: ${what}`)));
      }, timeout);
      this.#waiting.add(look);
      look();
    });
  }

  /** @internal */
  opened(socket: CountedSocket): void {
    this.#opened += 1;
    this.#open.set(socket.connection, socket);
    this.record({ kind: 'open', connection: socket.connection });
  }

  /** @internal */
  authenticatedNow(socket: CountedSocket, subject: string): void {
    this.#authenticated.set(socket.connection, { subject, socket });
    this.#peak = Math.max(this.#peak, this.#authenticated.size);
    this.#peakOf.set(subject, Math.max(this.peakOf(subject), this.authenticatedOf(subject)));
    const open = this.#count(subject, (each) => each.isOpen);
    this.#peakOpenOf.set(subject, Math.max(this.peakOpenOf(subject), open));
    this.record({ kind: 'authenticated', connection: socket.connection, subject });
  }

  /** @internal */
  closed(socket: CountedSocket, code: number): void {
    const subject = this.#authenticated.get(socket.connection)?.subject ?? null;
    this.#open.delete(socket.connection);
    this.#authenticated.delete(socket.connection);
    this.#closedBytes = {
      in: this.#closedBytes.in + socket.bytes.in,
      out: this.#closedBytes.out + socket.bytes.out,
    };
    this.record({ kind: 'close', connection: socket.connection, subject, code });
  }

  /** @internal */
  record(event: Unstamped<StatsEvent>): void {
    this.#events.push({ ...event, at: this.#clock() });
    // Cut at double length, because a shift per event would be slow.
    if (this.#events.length >= 2 * eventLimit) this.#events = this.#events.slice(-eventLimit);
    switch (event.kind) {
      case 'received':
        increment(this.received, event.type);
        break;
      case 'sent':
        increment(this.sent, event.type);
        break;
      case 'rest':
        increment(this.rest, `${event.method} ${withoutId(event.path)}`);
        break;
      case 'token':
        if (event.status === 200) this.tokensIssued += 1;
        break;
      case 'repeated-message':
        this.repeatedMessages += 1;
        break;
      default:
        break;
    }
    for (const look of this.#waiting) look();
  }

  #count(subject: string, where: (socket: CountedSocket) => boolean): number {
    let count = 0;
    for (const each of this.#authenticated.values()) {
      if (each.subject === subject && where(each.socket)) count += 1;
    }
    return count;
  }

  #bytes(direction: 'in' | 'out'): number {
    let sum = this.#closedBytes[direction];
    for (const socket of this.#open.values()) sum += socket.bytes[direction];
    return sum;
  }
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function withoutId(path: string): string {
  return path.replace(/^(\/api\/v2\/conversations\/)(?!messages$)[^/]+$/, '$1{id}');
}
