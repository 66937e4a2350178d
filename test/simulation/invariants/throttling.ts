import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import { defaultTiming } from '../../../src/worker/core/settings.ts';
import { epochOf } from '../../../src/worker/core/tabs/snapshot.ts';
import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';

/** `Retry-After` of every server is respected, and typing is throttled. */
export class ThrottlingInvariants {
  #brokerAt = 0;
  #restAt = 0;
  /** When the gateway accepts messages again. */
  #messagesAt = 0;
  #typedAt = Number.NEGATIVE_INFINITY;
  #hub = '';
  #epoch = '';

  step({ input, effects, hub, before, after }: Step): void {
    const { now } = hub.clock();
    const pause = after.settings.traits.rateLimits?.typing ?? defaultTiming.typingSent;
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#brokerAt = 0;
      this.#restAt = 0;
    }
    if (this.#epoch !== epochOf(after)) {
      // Another hub or visitor, without a pause so far.
      this.#epoch = epochOf(after);
      this.#messagesAt = 0;
      this.#typedAt = Number.NEGATIVE_INFINITY;
    }
    if (input.type === 'gateway' && input.event.type === 'problem') {
      const { kind, retryAfter } = input.event.problem;
      const isHeard =
        'socketId' in before.connection && before.connection.socketId === input.socketId;
      if (kind === 'rate-limited' && isHeard) this.#messagesAt = now + (retryAfter ?? 0);
    }
    if (input.type === 'token' && !input.result.ok) {
      this.#brokerAt = now + (input.result.retryAfter ?? 0);
    }
    if (input.type === 'rest' && !input.result.ok) {
      this.#restAt = Math.max(this.#restAt, now + (input.result.failure.retryAfter ?? 0));
    }
    for (const effect of effects) {
      if (effect.type === 'send') this.#checkCommand(effect.command, now, pause);
      if (effect.type === 'fetch-token') {
        check(now >= this.#brokerAt - 1, 'retry-after', () => {
          return `the broker is asked ${Math.round(this.#brokerAt - now)} ms early (${input.type})`;
        });
      }
      if (effect.type === 'rest') {
        check(now >= this.#restAt - 1, 'retry-after', () => {
          const what = input.type === 'timer' ? `timer ${input.name}` : input.type;
          return `REST is asked ${Math.round(this.#restAt - now)} ms early (${what})`;
        });
      }
    }
  }

  #checkCommand({ type }: GatewayCommand, now: number, pause: number): void {
    if (type === 'send-message') {
      check(now >= this.#messagesAt - 1, 'retry-after', () => {
        return `the gateway is sent a message ${Math.round(this.#messagesAt - now)} ms early`;
      });
    }
    if (type !== 'typing') return;
    const since = now - this.#typedAt;
    this.#typedAt = now;
    check(since >= pause - 1, 'typing rate', () => {
      return `typing is sent again after ${Math.round(since)} ms`;
    });
  }
}
