import type { RateLimit, RateLimits } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';

type Kind = Exclude<keyof RateLimits, 'typing'>;

/** What the platform allows: docs/genesys-cloud.md. */
const allowed: Readonly<Record<Kind, RateLimit>> = {
  pings: { count: 2, window: 60_000 },
  messages: { count: 5, window: 1_000 },
  requests: { count: 60, window: 60_000 },
  history: { count: 10, window: 60_000 },
};

/**
 * The hub never exceeds the gateway's rate limits. A new hub does not know
 * what the previous one has used.
 */
export class RateLimitInvariants {
  #hub = '';
  #used: Record<Kind, number[]> = { pings: [], messages: [], requests: [], history: [] };

  step({ hub, after, input, effects }: Step): void {
    if (!after.settings.traits.rateLimits) return;
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#used = { pings: [], messages: [], requests: [], history: [] };
    }
    const { now } = hub.clock();
    if (input.type === 'command-sent') this.#onCommand(input.command, now);
    for (const effect of effects) {
      if (effect.type === 'send') this.#onCommand(effect.command, now);
      if (effect.type === 'rest') this.#count('history', now);
    }
  }

  #onCommand({ type }: GatewayCommand, now: number): void {
    // The platform has no request for these.
    if (type === 'mark-read' || type === 'answer-ping') return;
    this.#count('requests', now);
    if (type === 'ping') this.#count('pings', now);
    if (type === 'send-message') this.#count('messages', now);
  }

  #count(kind: Kind, now: number): void {
    const { count, window } = allowed[kind];
    const recent = [...this.#used[kind].filter((time) => time > now - window), now];
    this.#used[kind] = recent;
    check(recent.length <= count, 'rate limits', () => `${recent.length} ${kind} in ${window} ms`);
  }
}
