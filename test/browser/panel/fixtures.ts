import type { Locator, Page } from '@playwright/test';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import { ChatPage } from '../support/chat-page.ts';
import { test as base, expect } from '../support/watched.ts';
import type { FakeChat, MessageFields } from './fixture/fake-chat.ts';
import { serveFixture } from './serve-fixture.ts';

/** The fixture page as a visitor sees it, with control over the fake chat. */
export class PanelPage extends ChatPage {
  readonly panel: Locator;
  readonly jump: Locator;
  readonly alert: Locator;
  readonly log: Locator;

  constructor(page: Page) {
    super(page);
    this.panel = page.getByRole('dialog', { name: 'Chat' });
    this.jump = page.getByRole('button', { name: 'Jump to latest' });
    this.alert = this.panel.getByRole('alert').filter({ hasText: /./ });
    this.log = page.getByRole('log');
  }

  /** Waits for the launcher, which is created after the page's `load` event. */
  async ready(): Promise<void> {
    await this.page.evaluate(async () => {
      await customElements.whenDefined('partyline-chat');
    });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  button(name: string): Locator {
    return this.panel.getByRole('button', { name, exact: true });
  }

  change(part: Partial<ChatSnapshot>): Promise<void> {
    return this.page.evaluate((change) => window.chat.change(change), part);
  }

  connection(part: Partial<ChatSnapshot['connection']>): Promise<void> {
    return this.page.evaluate((change) => window.chat.connect(change), part);
  }

  hear(...messages: MessageFields[]): Promise<void> {
    return this.page.evaluate((all) => {
      window.chat.add(...all.map((fields) => window.chat.message(fields)));
    }, messages);
  }

  /** A message of the visitor, as if sent from another tab. */
  own(fields: MessageFields): Promise<string> {
    return this.page.evaluate((own) => {
      const message = window.chat.own(own);
      window.chat.add(message);
      return message.messageId;
    }, fields);
  }

  refuse(refusals: FakeChat['refusals']): Promise<void> {
    return this.page.evaluate((next) => {
      window.chat.refusals = next;
    }, refusals);
  }

  /** The panel’s calls of these methods of the chat, in order. */
  calls(...names: string[]): Promise<unknown[]> {
    return this.page.evaluate(
      (wanted) =>
        window.chat.calls
          .filter((call) => wanted.includes(call.name))
          .map((call) => ('argument' in call ? [call.name, call.argument] : [call.name])),
      names,
    );
  }

  /** Adds enough messages to scroll. */
  async fill(count = 40): Promise<void> {
    await this.hear(
      ...Array.from({ length: count }, (_, index) => ({ text: `Line ${index + 1}` })),
    );
  }

  /** Turns the wheel over the feed, up with a negative number, and waits until it has scrolled. */
  async wheel(pixels: number): Promise<void> {
    const before = await this.top();
    await this.feed.hover({ force: true });
    await this.page.mouse.wheel(0, pixels);
    await expect.poll(() => this.top()).not.toBe(before);
    await this.still();
  }

  /** Resolves when nothing has moved for two frames. */
  async still(): Promise<void> {
    await this.page.evaluate(async () => {
      const scroller = window.element.shadowRoot?.querySelector('.scroller');
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      let before: number | undefined;
      for (let same = 0; same < 2; same += scroller?.scrollTop === before ? 1 : 0) {
        before = scroller?.scrollTop;
        await frame();
      }
    });
  }

  top(): Promise<number> {
    return this.page.evaluate(
      () => window.element.shadowRoot?.querySelector('.scroller')?.scrollTop ?? -1,
    );
  }

  /** The distance from the viewport’s lower edge to the end of the feed, in px. */
  fromEnd(): Promise<number> {
    return this.page.evaluate(() => {
      const scroller = window.element.shadowRoot?.querySelector('.scroller');
      if (!scroller) return -1;
      return Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight);
    });
  }

  /** A message's distance from the feed's upper edge, in px. The panel itself moves as it opens. */
  placeOf(text: string): Promise<number> {
    return this.messages
      .filter({ hasText: text })
      .first()
      .evaluate((article) => {
        const feed = article.closest('.scroller');
        if (!feed) throw new Error('A message outside of the feed.');
        return article.getBoundingClientRect().top - feed.getBoundingClientRect().top;
      });
  }

  /** Browsers scroll by whole pixels, so positions can be off by a fraction. */
  async standsAt(text: string, place: number): Promise<void> {
    expect(Math.abs((await this.placeOf(text)) - place)).toBeLessThanOrEqual(1);
  }
}

interface Fixtures {
  panel: PanelPage;
}

interface WorkerFixtures {
  site: { url: string };
}

/** Every test also fails if the page throws an error or violates its Content Security Policy. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const site = await serveFixture();
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
  panel: async ({ page, site }, use) => {
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(String(error)));
    await page.goto(site.url);
    const panel = new PanelPage(page);
    await panel.ready();
    await use(panel);
    expect(thrown).toEqual([]);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  },
});

export { expect };
