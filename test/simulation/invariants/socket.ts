import type { FaultKind } from '../faults.ts';
import type { Step } from '../model/hub.ts';
import type { ServerEnd } from '../model/session.ts';
import type { ModelSocket } from '../model/socket.ts';
import type { SimContext } from '../sim-context.ts';
import { check } from '../violation.ts';

/** How long a close may take before the client may open another socket. */
const patience = 2_000;

/** Faults after which a socket may be opened at once. */
const excuses: readonly FaultKind[] = [
  'worker killed',
  'power cut',
  'token expired',
  'newer build',
  'visitor changed',
];

/** At most one authenticated socket, and a limited rate of connections. */
export class SocketInvariants {
  readonly #context: SimContext;
  readonly #live = new Map<ServerEnd, ModelSocket>();
  #opens: { readonly at: number; readonly excused: number }[] = [];
  #requests: number[] = [];

  constructor(context: SimContext) {
    this.#context = context;
  }

  accepted(session: ServerEnd, socket: ModelSocket): void {
    this.#live.set(session, socket);
  }

  authenticated(session: ServerEnd): void {
    const mine = this.#live.get(session);
    // Frames sent before the process or connection ended may still arrive.
    if (mine?.isOrphaned || mine?.phase === 'closed') return;
    for (const [other, socket] of this.#live) {
      if (other.isOver) {
        this.#live.delete(other);
        continue;
      }
      if (other === session || other.phase === 'pending') continue;
      const { phase, closedByClientAt, isOrphaned } = socket;
      const hasWaited =
        closedByClientAt !== null && mine && mine.openedAt - closedByClientAt >= patience - 1;
      check(phase === 'closed' || isOrphaned || hasWaited === true, 'one socket', () => {
        return `${mine?.name} is authenticated while ${socket.name} still is (${phase})`;
      });
    }
  }

  opened(): void {
    const { now } = this.#context.scheduler;
    const { faults } = this.#context;
    const excused = excuses.reduce((sum, kind) => sum + (faults[kind] ?? 0), 0);
    this.#opens = this.#opens.filter(({ at }) => at > now - 60_000);
    this.#opens.push({ at: now, excused });
    this.#areFew(10, 10_000, excused);
    this.#areFew(31, 60_000, excused);
  }

  #areFew(most: number, window: number, excused: number): void {
    const { now } = this.#context.scheduler;
    const recent = this.#opens.filter(({ at }) => at > now - window);
    const own = recent.length - (excused - (recent[0]?.excused ?? excused));
    check(own <= most, 'connection rate', () => `${own} sockets in ${window} ms`);
  }

  #asked(): void {
    const { now } = this.#context.scheduler;
    this.#requests.push(now);
    this.#requests = this.#requests.filter((at) => at > now - 60_000);
    const { length } = this.#requests;
    check(length <= 240, 'REST rate', () => `${length} REST requests in a minute`);
  }

  step({ before, after, hub, effects }: Step): void {
    for (const effect of effects) if (effect.type === 'rest') this.#asked();
    const { connection } = after;
    if (connection.phase !== 'waiting' || before.connection === connection) return;
    const { now } = hub.clock();
    const delay = connection.retryAt - now;
    const lastTry = after.breaker.lastAttemptAt ?? Number.NEGATIVE_INFINITY;
    check(
      connection.retryAt - lastTry >= 1_999,
      'connection rate',
      () => `a retry after ${delay} ms`,
    );
    check(delay <= 45_000, 'retry delay', () => `a retry after ${delay} ms`);
  }
}
