import { expect } from 'vitest';
import type { Routing } from '../../../src/protocol/conversation.ts';
import type { RestFailureKind, RestValue } from '../../../src/protocol/gateway/rest.ts';
import type { RoutingPolicy, Timing } from '../../../src/worker/core/settings.ts';
import { conversationId, TestHub } from './harness.ts';

/** What the gateway knows. */
export const names = ['Tier1_Support', 'Billing', 'Sales'];
export const billing: Routing = { skillGroups: ['Billing'] };

/** An authenticated hub whose gateway has a routing API that the test answers for. */
export class RoutingHub extends TestHub {
  constructor(policy: Partial<RoutingPolicy> = {}, timing: Partial<Timing> = {}) {
    super({ routing: policy, timing });
    // Other tests are about pings.
    this.answersPings = true;
    this.authenticated().clearKeepingSocket();
  }

  start(routing: Routing): number {
    const callId = this.call({ type: 'start', routing });
    this.flush();
    return callId;
  }

  asked(): string[] {
    return this.all('rest').map(({ call }) => call.type);
  }

  answer(value: RestValue): this {
    const { requestId } = this.last('rest');
    return this.take({ type: 'rest', requestId, result: { ok: true, value } }).flush();
  }

  groups(...known: readonly string[]): this {
    expect(this.last('rest').call).toEqual({ type: 'skill-groups' });
    return this.answer({ type: 'skill-groups', names: known });
  }

  coverage(agentsOnShift: number, ...skillGroups: readonly string[]): this {
    expect(this.last('rest').call.type).toBe('skill-coverage');
    const coverage = skillGroups.map((skillGroup) => ({ skillGroup, agentsOnShift }));
    return this.answer({ type: 'skill-coverage', coverage });
  }

  fails(kind: RestFailureKind, retryAfter: number | null = null): this {
    const { requestId } = this.last('rest');
    const failure = { kind, message: kind, retryAfter };
    return this.take({ type: 'rest', requestId, result: { ok: false, failure } }).flush();
  }

  routed(): Routing[] {
    return this.sent().flatMap((command) =>
      command.type === 'open-conversation' ? command.routing : [],
    );
  }

  queued(): this {
    const conversation = { conversationId, status: 'queued' } as const;
    this.gateway({ type: 'conversation', conversation });
    return this.caughtUp();
  }

  /** The catch-up finds nothing, and the conversation as it was. */
  caughtUp(): this {
    this.answer({ type: 'history', messages: [], nextCursor: null, invalidCount: 0 });
    const { details } = this.state.conversation ?? {};
    if (!details) throw new Error('there is no conversation');
    return this.answer({ type: 'conversation', conversation: details });
  }

  /** Until the routing API is asked the next time. */
  askedAgain(): this {
    this.clearKeepingSocket();
    for (let second = 0; second < 60 && this.all('rest').length === 0; second += 1)
      this.pass(1_000);
    return this;
  }

  verdicts(): string[] {
    return this.all('log-routing').map(({ line }) => line.verdict);
  }
}
