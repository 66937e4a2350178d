import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';

/** A server that says when to come back is left alone until then. */
export class MannersInvariants {
  #brokerAt = 0;
  #restAt = 0;
  #hub = '';

  step({ input, effects, hub }: Step): void {
    const { now } = hub.clock();
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#brokerAt = 0;
      this.#restAt = 0;
    }
    if (input.type === 'token' && !input.result.ok) {
      this.#brokerAt = now + (input.result.retryAfter ?? 0);
    }
    if (input.type === 'rest' && !input.result.ok) {
      this.#restAt = Math.max(this.#restAt, now + (input.result.failure.retryAfter ?? 0));
    }
    for (const effect of effects) {
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
}
