import type { Step } from '../model/hub.ts';
import type { Line } from '../model/line.ts';
import type { ServerEnd } from '../model/session.ts';
import { check } from '../violation.ts';
import type { World } from '../world.ts';

/** How long a close may take before the client may open another socket. */
const patience = 2_000;

/** One authenticated socket, and no hurry in making it. */
export class SocketInvariants {
  readonly #world: World;
  readonly #live = new Map<ServerEnd, Line>();
  #opens: number[] = [];
  #requests: number[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  accepted(session: ServerEnd, line: Line): void {
    this.#live.set(session, line);
  }

  authenticated(session: ServerEnd): void {
    const mine = this.#live.get(session);
    // What was sent before the end, of a process or of a connection, may still arrive.
    if (mine?.isOrphaned || mine?.phase === 'closed') return;
    for (const [other, line] of this.#live) {
      if (other.isOver) {
        this.#live.delete(other);
        continue;
      }
      if (other === session || other.phase === 'pending') continue;
      const { phase, closedByClientAt, isOrphaned } = line;
      const hasWaited =
        closedByClientAt !== null && mine && mine.openedAt - closedByClientAt >= patience - 1;
      check(phase === 'closed' || isOrphaned || hasWaited === true, 'one socket', () => {
        return `${mine?.name} is authenticated while ${line.name} still is (${phase})`;
      });
    }
  }

  opened(): void {
    const { now } = this.#world.scheduler;
    this.#opens.push(now);
    this.#opens = this.#opens.filter((at) => at > now - 60_000);
    const recent = this.#opens.filter((at) => at > now - 10_000).length;
    check(recent <= 10, 'no hurry', () => `${recent} sockets in 10 s`);
    check(this.#opens.length <= 31, 'no hurry', () => `${this.#opens.length} sockets in a minute`);
  }

  #asked(): void {
    const { now } = this.#world.scheduler;
    this.#requests.push(now);
    this.#requests = this.#requests.filter((at) => at > now - 60_000);
    const { length } = this.#requests;
    check(length <= 240, 'no hurry with REST', () => `${length} REST requests in a minute`);
  }

  step({ before, after, hub, effects }: Step): void {
    for (const effect of effects) if (effect.type === 'rest') this.#asked();
    const { link } = after;
    if (link.phase !== 'waiting' || before.link === link) return;
    const { now } = hub.clock();
    const delay = link.retryAt - now;
    const lastTry = after.breaker.lastTry ?? Number.NEGATIVE_INFINITY;
    check(link.retryAt - lastTry >= 1_999, 'no hurry', () => `a retry after ${delay} ms`);
    check(delay <= 45_000, 'no sloth', () => `a retry after ${delay} ms`);
  }
}
