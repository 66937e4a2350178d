import type { RestCall, RestFailureKind, RestResult } from '../../../src/protocol/gateway/rest.ts';
import { count, latency, type SimContext, strikes } from '../sim-context.ts';
import { type ModelGateway, summary } from './gateway.ts';
import { epochTime, type Machine } from './machine.ts';
import { visitorOf } from './session.ts';
import type { ModelBroker } from './tokens.ts';

/** The skill groups that test/simulation/chaos.ts requests. */
const skillGroup = 'Billing';
const pageLimit = 50;
const deadline = 15_000;

/** The REST server (wire-protocol.md, §3) and src/worker/edges/rest.ts. */
export class ModelRest {
  readonly #context: SimContext;
  readonly #machine: Machine;
  readonly #gateway: ModelGateway;
  readonly #broker: ModelBroker;

  constructor(context: SimContext, machine: Machine, gateway: ModelGateway, broker: ModelBroker) {
    this.#context = context;
    this.#machine = machine;
    this.#gateway = gateway;
    this.#broker = broker;
  }

  call(call: RestCall, token: string | null, done: (result: RestResult) => void): void {
    const { random, profile, scheduler } = this.#context;
    const there = latency(this.#context);
    const back = latency(this.#context);
    if (token === null) {
      this.#machine.after(0, () => done(failure('unauthorized')));
      return;
    }
    const answer = (delay: number, result: RestResult) =>
      this.#machine.after(delay, () => done(result));
    if (!this.#machine.isOnline) {
      answer(1, failure('network'));
      return;
    }
    const isHanging = strikes(this.#context, 'REST hung', profile.restHangs);
    if (strikes(this.#context, 'REST failed', profile.restFails / 2)) {
      answer(isHanging ? deadline : there, failure('network'));
      return;
    }
    scheduler.after(there, () => {
      const result = this.#serve(call, token);
      // The answer can be lost after the request was carried out.
      const isLost = strikes(this.#context, 'REST answer lost', profile.restFails / 4);
      if (isLost) answer(back, failure('network'));
      else if (isHanging) {
        const wait = random.between(0, 2 * deadline);
        if (wait + there < deadline) answer(wait, result);
        else answer(deadline - there, failure('network'));
      } else answer(back, result);
    });
  }

  #serve(call: RestCall, token: string): RestResult {
    const { random, profile } = this.#context;
    if (this.#broker.lifeOf(token) === 0) return failure('unauthorized');
    if (strikes(this.#context, 'REST 401', profile.restUnauthorized))
      return failure('unauthorized');
    if (strikes(this.#context, 'REST busy', profile.restBusy)) {
      const kind = random.chance(0.5) ? 'rate-limited' : 'unavailable';
      return failure(kind, random.int(1, 20) * 1_000);
    }
    const isOut = strikes(this.#context, 'REST failed', profile.restFails / 4);
    if (isOut) return failure('unavailable');
    const subject = this.#broker.subjectOf(token);
    if (call.type === 'skill-groups') {
      return { ok: true, value: { type: 'skill-groups', names: [skillGroup] } };
    }
    if (call.type === 'skill-coverage') {
      const coverage = [{ skillGroup, agentsOnShift: 1 }];
      return { ok: true, value: { type: 'skill-coverage', coverage } };
    }
    const conversation = this.#gateway.find(call.conversationId, subject);
    if (!conversation) return failure('not-found');
    switch (call.type) {
      case 'conversation':
        return { ok: true, value: { type: 'conversation', conversation: summary(conversation) } };
      case 'send-message': {
        const posted = this.#gateway.post(
          conversation,
          call.messageId,
          call.text,
          visitorOf(subject),
        );
        if (!posted.message) return failure('ended');
        const message = this.#gateway.toRest(posted.message);
        return { ok: true, value: { type: 'message', message } };
      }
      case 'history-before': {
        const { before } = call;
        const rows = conversation.messages.filter((message, index) =>
          'sequence' in before ? index + 1 < before.sequence : message.timestamp < before.instant,
        );
        return {
          ok: true,
          value: {
            type: 'history',
            messages: rows.slice(-pageLimit).map((message) => this.#gateway.toRest(message)),
            nextCursor: null,
            invalidCount: 0,
          },
        };
      }
      case 'history-since': {
        const isBehind = strikes(this.#context, 'REST behind', 0);
        const lag = isBehind
          ? 15_000
          : this.#context.isStormy
            ? random.between(0, profile.restLag)
            : 0;
        if (lag > 0 && !isBehind) count(this.#context, 'REST behind');
        const until = epochTime(this.#context.scheduler.now - lag);
        const start = call.cursor === null ? 0 : Number(call.cursor);
        // A history never hides a visitor's own message after the end: docs/simulation.md, "Limits".
        const own =
          conversation.status === 'ended'
            ? conversation.messages.findLast(({ from }) => from.role === 'visitor')
            : undefined;
        const visibleUntil = Math.max(until, own?.timestamp ?? 0);
        const rows = conversation.messages
          .filter((message) => lag === 0 || message.timestamp <= visibleUntil)
          .map((message, index) => ({ message, index }))
          .filter(({ message, index }) => index >= start && message.timestamp >= call.since);
        const page = rows.slice(0, pageLimit);
        const next = rows[pageLimit];
        return {
          ok: true,
          value: {
            type: 'history',
            messages: page.map(({ message }) => this.#gateway.toRest(message)),
            nextCursor: next ? String(next.index) : null,
            invalidCount: 0,
          },
        };
      }
    }
  }
}

function failure(kind: RestFailureKind, retryAfter: number | null = null): RestResult {
  return { ok: false, failure: { kind, message: kind, retryAfter } };
}
