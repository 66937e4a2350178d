import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';

/** The minimum interval between alerts: src/worker/core/tabs/alerts.ts, in ms. */
const quiet = 2_000;

/** One tab at a time is alerted, once for a message, at most every two seconds. */
export class AlertInvariants {
  #hub = '';
  /** The tab that is alerted. */
  #alerted: string | null = null;
  #alertedAt = Number.NEGATIVE_INFINITY;
  /** Messages that this hub has alerted for. */
  readonly #alertedIds = new Set<string>();

  step({ hub, before, after, effects }: Step): void {
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#alerted = null;
      this.#alertedAt = Number.NEGATIVE_INFINITY;
      // Messages lost in a power cut arrive again.
      this.#alertedIds.clear();
    }
    // A visitor who comes back receives all messages again.
    if (before.generation !== after.generation) this.#alertedIds.clear();
    for (const effect of effects) {
      if (effect.type !== 'post' || effect.message.type !== 'alert') continue;
      const { tabId } = effect;
      const { message } = effect.message;
      if (message === null) {
        if (this.#alerted === tabId) this.#alerted = null;
        continue;
      }
      const other = after.tabs.find((tab) => tab.tabId === this.#alerted && tab.tabId !== tabId);
      check(!other, 'one alert', () => `${tabId} is alerted while ${other?.tabId} is`);
      const { now } = hub.clock();
      const since = now - this.#alertedAt;
      check(since >= quiet - 1, 'one alert', () => `another alert after ${Math.round(since)} ms`);
      check(!this.#alertedIds.has(message.messageId), 'one alert', () => {
        return `${message.messageId} causes a second alert`;
      });
      this.#alerted = tabId;
      this.#alertedAt = now;
      this.#alertedIds.add(message.messageId);
    }
  }
}
