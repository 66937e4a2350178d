import type { CloseMeaning } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import { count, latency, type SimContext, strikes } from '../sim-context.ts';
import type { Machine } from './machine.ts';
import type { ClientFrame, ServerEnd, SessionSocket } from './session.ts';

export interface SocketClient {
  opened(): void;
  event(event: GatewayEvent): void;
  closed(meaning: CloseMeaning): void;
}

/** The ends that notice a cut; the others find out by a timeout. */
export type Cut = 'both' | 'client' | 'gateway' | 'none';

/** A WebSocket with both ends and the network between them. */
export class ModelSocket implements SessionSocket {
  readonly name: string;
  /** As the browser sees it. */
  phase: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  /** When the client asked for the close. */
  closedByClientAt: number | null = null;
  /** The process at the client's end was killed. */
  isOrphaned = false;
  readonly openedAt: number;
  session: ServerEnd | null = null;
  readonly #context: SimContext;
  readonly #machine: Machine;
  readonly #client: SocketClient;
  #isDead = false;
  #lastUp = 0;
  #lastDown = 0;

  constructor(context: SimContext, machine: Machine, name: string, client: SocketClient) {
    this.#context = context;
    this.#machine = machine;
    this.#client = client;
    this.name = name;
    this.openedAt = context.scheduler.now;
  }

  connect(isReachable: () => boolean, accept: (socket: ModelSocket) => ServerEnd): void {
    const { random, profile } = this.#context;
    const way = latency(this.#context);
    if (strikes(this.#context, 'connect failed', profile.connectFails)) {
      // No answer: the browser gives up at once or after 30 s.
      this.#close('network', random.chance(0.3) ? 30_000 : way);
      return;
    }
    this.#context.scheduler.after(way, () => {
      if (!isReachable() || !this.#machine.isOnline) {
        this.#close('network', way);
        return;
      }
      if (this.phase !== 'connecting') return;
      const session = accept(this);
      this.session = session;
      this.#lastDown = this.#context.scheduler.now + way;
      this.#machine.after(way, () => {
        if (this.phase !== 'connecting' || this.isOrphaned) return;
        this.phase = 'open';
        this.#client.opened();
      });
    });
  }

  // --- the client's end ---

  send({ command, token }: Omit<ClientFrame, 'sentAt'>): void {
    if (this.phase !== 'open' || this.#isDead) return;
    const frame = { command, token, sentAt: this.#context.scheduler.now };
    const arrivals = this.#arrivals('up');
    // The network must not duplicate an auth frame, since a second one is a protocol violation, nor a frame
    // of a dialect that does not deduplicate.
    if (command.type === 'authenticate' || this.#context.profile.dialect !== 'webchat') {
      arrivals.splice(1);
    }
    for (const at of arrivals) {
      this.#context.scheduler.after(at - this.#context.scheduler.now, () => {
        if (!this.#isDead || this.#context.random.chance(0.5)) this.session?.take(frame);
      });
    }
  }

  close(): void {
    if (this.phase === 'closing' || this.phase === 'closed') return;
    this.phase = 'closing';
    this.closedByClientAt = this.#context.scheduler.now;
    if (this.#isDead) {
      this.#close('network', this.#context.random.between(1_000, 60_000));
      return;
    }
    const arrival = Math.max(this.#lastUp, this.#context.scheduler.now + latency(this.#context));
    this.#context.scheduler.after(arrival - this.#context.scheduler.now, () => {
      if (this.#isDead) return;
      this.session?.end();
      this.#close('network', latency(this.#context));
    });
  }

  /** The process was killed, and its sockets with it. */
  orphan(isSilent: boolean): void {
    this.isOrphaned = true;
    this.phase = 'closed';
    this.#isDead = true;
    if (!isSilent) this.#context.scheduler.after(latency(this.#context), () => this.session?.end());
  }

  // --- the gateway's end ---

  push(...events: readonly GatewayEvent[]): void {
    if (this.#isDead) return;
    for (const at of this.#arrivals('down')) {
      this.#machine.after(at - this.#context.scheduler.now, () => {
        for (const event of events) {
          if (this.phase === 'open' && !this.#isDead) this.#client.event(event);
        }
      });
    }
  }

  hangUp(meaning: CloseMeaning): void {
    if (this.#isDead) return;
    const arrival = Math.max(this.#lastDown, this.#context.scheduler.now + latency(this.#context));
    this.#close(meaning, arrival - this.#context.scheduler.now);
  }

  // --- the network ---

  cut(cut: Cut): void {
    if (this.#isDead || this.phase === 'closed') return;
    this.#context.trace.add('network', `${this.name} is cut, seen by ${cut}`);
    this.#isDead = true;
    count(this.#context, 'connection cut');
    if (cut === 'both' || cut === 'client') this.#close('network', latency(this.#context));
    if (cut === 'both' || cut === 'gateway') {
      this.#context.scheduler.after(latency(this.#context), () => this.session?.end());
    }
    // A browser does not wait for the closing handshake for ever.
    if (this.phase === 'closing')
      this.#close('network', this.#context.random.between(1_000, 60_000));
  }

  #close(meaning: CloseMeaning, delay: number): void {
    this.#machine.after(delay, () => {
      if (this.phase === 'closed') return;
      this.phase = 'closed';
      // A browser that gave up closes the peer's end if it can be reached.
      if (!this.#isDead)
        this.#context.scheduler.after(latency(this.#context), () => this.session?.end());
      this.#isDead = true;
      this.#client.closed(meaning);
    });
  }

  /** When a frame arrives: never, once or twice; in order or reordered. */
  #arrivals(direction: 'up' | 'down'): number[] {
    const { scheduler, random, profile } = this.#context;
    if (strikes(this.#context, 'frame lost', profile.loss)) return [];
    const last = direction === 'up' ? this.#lastUp : this.#lastDown;
    const arrival = Math.max(last, scheduler.now + latency(this.#context));
    if (strikes(this.#context, 'frame reordered', profile.swap)) {
      return [arrival + random.between(0, random.chance(0.2) ? 6_000 : 500)];
    }
    if (direction === 'up') this.#lastUp = arrival;
    else this.#lastDown = arrival;
    if (strikes(this.#context, 'frame duplicated', profile.double)) {
      return [arrival, arrival + random.between(0, 3_000)];
    }
    return [arrival];
  }
}
