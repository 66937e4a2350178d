import type { HttpResponse } from '../../../../src/protocol/gateway/rest.ts';
import { historyBody } from '../../../../src/testing/genesys-cloud/frames.ts';
import { count, latency, type SimContext, strikes } from '../../sim-context.ts';
import { epochTime, type Machine } from '../machine.ts';
import type { GenesysPlatform, GenesysSession } from './platform.ts';
import { extrasOf, storedMessage } from './transcript.ts';

const deadline = 15_000;

/** `null`: no response. */
type Done = (response: HttpResponse | null) => void;

/** The history by REST: newest first, by page, with a token from the socket. */
export class GenesysHistory {
  readonly #context: SimContext;
  readonly #machine: Machine;
  readonly #platform: GenesysPlatform;

  constructor(context: SimContext, machine: Machine, platform: GenesysPlatform) {
    this.#context = context;
    this.#machine = machine;
    this.#platform = platform;
  }

  /** @param isAlive whether the hub that sent the request still runs; only then the page counts as read */
  get(url: string, jwt: string, isAlive: () => boolean, done: Done): void {
    const { random, profile, scheduler } = this.#context;
    const there = latency(this.#context);
    const back = latency(this.#context);
    if (!this.#machine.isOnline) {
      this.#machine.after(1, () => done(null));
      return;
    }
    const isHanging = strikes(this.#context, 'REST hung', profile.restHangs);
    if (strikes(this.#context, 'REST failed', profile.restFails / 2)) {
      this.#machine.after(isHanging ? deadline : there, () => done(null));
      return;
    }
    scheduler.after(there, () => {
      const { response, onRead } = this.#serve(new URL(url), jwt);
      const isLost = strikes(this.#context, 'REST answer lost', profile.restFails / 4);
      const wait = isHanging ? random.between(0, 2 * deadline) : back;
      if (isLost) this.#machine.after(back, () => done(null));
      else if (there + wait >= deadline) this.#machine.after(deadline - there, () => done(null));
      else {
        this.#machine.after(wait, () => {
          if (isAlive()) onRead();
          done(response);
        });
      }
    });
  }

  #serve(url: URL, jwt: string): { response: HttpResponse; onRead: () => void } {
    const { random, profile, scheduler, isStormy } = this.#context;
    const refused = (status: number, retryAfter: string | null = null) => ({
      response: { status, retryAfter, body: '{}' },
      onRead: () => {},
    });
    const session = this.#platform.ofJwt(jwt);
    if (!session || strikes(this.#context, 'REST 401', profile.restUnauthorized))
      return refused(401);
    if (strikes(this.#context, 'REST busy', profile.restBusy)) {
      return refused(random.chance(0.5) ? 429 : 503, String(random.int(1, 20)));
    }
    if (strikes(this.#context, 'REST failed', profile.restFails / 4)) return refused(503);
    const lag = isStormy ? random.between(0, profile.restLag) : 0;
    if (lag > 0) count(this.#context, 'REST behind');
    const until = scheduler.now - lag;
    const pageNumber = Number(url.searchParams.get('pageNumber'));
    const pageSize = Number(url.searchParams.get('pageSize'));
    const { messages, ...page } = this.#page(session, until, pageNumber, pageSize);
    const { keepsIds } = profile;
    const entities = messages.map((message) =>
      historyBody(storedMessage(message), extrasOf(message), keepsIds),
    );
    const body = JSON.stringify({ entities, ...page });
    return {
      response: { status: 200, retryAfter: null, body },
      onRead: () => this.#platform.wasRead(messages),
    };
  }

  #page(session: GenesysSession, until: number, pageNumber: number, pageSize: number) {
    const all = (session.conversation?.messages ?? [])
      .filter(({ timestamp }) => timestamp <= epochTime(until))
      .toReversed();
    const messages = all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    const pageCount = Math.ceil(all.length / pageSize);
    return { messages, pageNumber, pageSize, pageCount, total: all.length };
  }
}
