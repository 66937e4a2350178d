import type { JourneyContext } from '../../protocol/gateway/commands.ts';

/** What the official clients send of a session in a web page [MT]. */
const webSession = { id: '', type: 'web' };

/** The journey context of the visitor: what the site gives for all, and the page for this one. */
export class Journey {
  readonly #shared: JourneyContext | null;
  readonly #isReturning: boolean;
  #own: JourneyContext | null = null;

  /** @param isReturning whether the platform shall know each visitor again */
  constructor(shared: JourneyContext | null, isReturning: boolean) {
    this.#shared = shared;
    this.#isReturning = isReturning;
  }

  /** Replaces what a page has given. */
  set(context: JourneyContext | null): void {
    this.#own = context;
  }

  /**
   * Keys from the page replace those of the site. `customer` and `customerSession` are required [JV], and
   * have the official clients' values unless one of the two gives others.
   */
  contextOf(customerId: string): JourneyContext | null {
    if (!this.#isReturning && !this.#shared && !this.#own) return null;
    return {
      customer: { id: customerId, idType: 'cookie' },
      customerSession: webSession,
      ...this.#shared,
      ...this.#own,
    };
  }

  onVisitorChange(): void {
    this.#own = null;
  }
}
