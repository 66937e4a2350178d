import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';

/** A flood rings now and then: src/worker/core/tabs/alerts.ts, in ms. */
const quiet = 2_000;

/** One tab alone makes a noise, once for a message, and not without a pause. */
export class AlertInvariants {
  #hub = '';
  /** The tab whose title tells of something new. */
  #alerted: string | null = null;
  #alertedAt = Number.NEGATIVE_INFINITY;
  /** By this hub. */
  readonly #told = new Set<string>();

  step({ hub, before, after, effects }: Step): void {
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#alerted = null;
      this.#alertedAt = Number.NEGATIVE_INFINITY;
      // What a power cut took comes anew.
      this.#told.clear();
    }
    // Everything is forgotten: the same visitor may come back, and has it all before them.
    if (before.generation !== after.generation) this.#told.clear();
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
      check(!this.#told.has(message.messageId), 'one alert', () => {
        return `${message.messageId} is told a second time`;
      });
      this.#alerted = tabId;
      this.#alertedAt = now;
      this.#told.add(message.messageId);
    }
  }
}
