import type { Messages } from './messages.ts';

/** Puts the site's own general names of agents and bots into the texts. */
export class SenderNames {
  #texts: Messages | null = null;
  #agent: string | null = null;
  #bot: string | null = null;
  #named: Messages | null = null;

  /**
   * Returns the same object for the same arguments, since another one renders everything again.
   *
   * @param agent `null` or empty: the name in the texts; the same for `bot`
   */
  apply(texts: Messages, agent: string | null, bot: string | null): Messages {
    const isSame = texts === this.#texts && agent === this.#agent && bot === this.#bot;
    if (this.#named && isSame) return this.#named;
    this.#texts = texts;
    this.#agent = agent;
    this.#bot = bot;
    this.#named = {
      ...texts,
      senderNames: {
        agent: agent?.trim() || texts.senderNames.agent,
        bot: bot?.trim() || texts.senderNames.bot,
      },
    };
    return this.#named;
  }
}
