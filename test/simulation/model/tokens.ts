import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import { latency, type SimContext, strikes } from '../sim-context.ts';
import type { Machine } from './machine.ts';

interface Answer {
  readonly token: string | null;
  readonly result: TokenResult;
}

/** The site's broker and the tokens that the gateway accepts: wire-protocol.md, §1. */
export class ModelBroker {
  /** The end of the pause that the broker asked for, by the machine's clock. */
  askAgainAt = 0;
  readonly #context: SimContext;
  readonly #machine: Machine;
  /** Who is signed in at the site. */
  subject = 'visitor-1';
  readonly #tokens = new Map<string, { readonly subject: string; readonly end: number }>();

  constructor(context: SimContext, machine: Machine) {
    this.#context = context;
    this.#machine = machine;
  }

  /** As src/worker/edges/broker-token.ts: never rejects, and gives up after 10 s. */
  fetch(done: (answer: Answer) => void): void {
    const { random, profile } = this.#context;
    const way = latency(this.#context);
    const isFailing = strikes(this.#context, 'broker failed', profile.brokerFails);
    if (!this.#machine.isOnline || (isFailing && random.chance(0.5))) {
      const wait = random.chance(0.3) ? 10_000 : way;
      this.#machine.after(wait, () => done(refusal('network', null)));
    } else if (isFailing) {
      this.#machine.after(2 * way, () => done(refusal('unavailable', null)));
    } else if (strikes(this.#context, 'broker busy', profile.brokerBusy)) {
      const retryAfter = random.int(1, 40) * 1_000;
      this.#machine.after(2 * way, () => {
        this.askAgainAt = this.#context.scheduler.now + retryAfter;
        done(refusal('rate-limited', retryAfter));
      });
    } else if (strikes(this.#context, 'broker signed out', profile.brokerSignedOut)) {
      this.#machine.after(2 * way, () => done(refusal('signed-out', null)));
    } else {
      this.#context.scheduler.after(way, () => {
        const token = `t${this.#tokens.size + 1}`;
        const expiresIn = profile.tokenLife;
        const { subject } = this;
        this.#tokens.set(token, { subject, end: this.#context.scheduler.now + expiresIn * 1_000 });
        this.#machine.after(way, () => done({ token, result: { ok: true, expiresIn, subject } }));
      });
    }
  }

  /** The rest of its lifetime, in ms; 0 for an unknown token. */
  lifeOf(token: string | null): number {
    if (token === null) return 0;
    return Math.max(0, (this.#tokens.get(token)?.end ?? 0) - this.#context.scheduler.now);
  }

  subjectOf(token: string | null): string {
    return this.#tokens.get(token ?? '')?.subject ?? '';
  }
}

function refusal(
  kind: Extract<TokenResult, { ok: false }>['kind'],
  retryAfter: number | null,
): Answer {
  return { token: null, result: { ok: false, kind, message: kind, retryAfter } };
}
