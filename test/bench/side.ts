import { z } from 'zod';
import { type Gateway, startGateway } from '../../src/testing/index.ts';
import type { Browser } from './browser.ts';
import { agent, keptId, keptText } from './site/kept.ts';
import { type Site, startSite } from './site-server.ts';
import { Tab } from './tab.ts';

export type Kind = 'floor' | 'chat';

const subject = 'visitor_1';

/**
 * One of the two that are compared: an origin with a gateway and a visitor of its own. Both sides have
 * the same emulator before them, so that what the server takes is the same and cancels out.
 */
export class Side {
  readonly kind: Kind;
  readonly gateway: Gateway;
  readonly #browser: Browser;
  readonly #site: Site;
  readonly #tabs = new Set<Tab>();
  #conversationId = '';

  private constructor(kind: Kind, browser: Browser, gateway: Gateway, site: Site) {
    this.kind = kind;
    this.#browser = browser;
    this.gateway = gateway;
    this.#site = site;
  }

  static async start(kind: Kind, browser: Browser): Promise<Side> {
    const gateway = await startGateway();
    return new Side(kind, browser, gateway, await startSite(gateway, subject));
  }

  get origin(): string {
    return this.#site.origin;
  }

  /** @param query tells one navigation from the next */
  url(page: string = this.kind, query: number | null = null): string {
    return `${this.origin}/${page}.html${query === null ? '' : `?${query}`}`;
  }

  /** A tab with this side's page, its script running. */
  async openTab(page: string = this.kind): Promise<Tab> {
    const tab = await Tab.open(this.#browser, this.url(page));
    this.#tabs.add(tab);
    return tab.ready();
  }

  async closeTab(tab: Tab): Promise<void> {
    this.#tabs.delete(tab);
    await tab.close();
  }

  /** The first tab, in a conversation that an agent has taken. */
  async openConversation(): Promise<Tab> {
    const tab = await this.openTab();
    if (this.kind === 'chat') await tab.call('start', [], z.unknown());
    const { conversationId } = await this.gateway.agent.nextQueued({ timeout: 20_000 });
    await this.gateway.agent.accept(conversationId);
    this.#conversationId = conversationId;
    return tab;
  }

  async say(text: string): Promise<void> {
    await this.gateway.agent.say(this.#conversationId, text, { from: agent });
  }

  async sayAll(texts: Iterable<string>): Promise<void> {
    await this.gateway.agent.sayAll(this.#conversationId, texts, { from: agent });
  }

  /** Messages 1 to `count`, a millisecond apart from `begun` on, without events. */
  async keep(count: number, begun: number): Promise<void> {
    for (let sequence = 1; sequence <= count; sequence += 1) {
      await this.gateway.agent.say(this.#conversationId, keptText(sequence), {
        from: agent,
        messageId: keptId(sequence),
        at: begun + sequence,
        quiet: true,
      });
    }
  }

  async killWorker(): Promise<void> {
    await this.#browser.killWorker(this.origin);
  }

  async endWorker(): Promise<void> {
    await this.#browser.endWorker(this.origin);
  }

  async close(): Promise<void> {
    for (const tab of this.#tabs) await tab.close();
    // It was asked to outlive its tabs.
    await this.endWorker();
    await this.#site.close();
    await this.gateway.close();
  }
}
