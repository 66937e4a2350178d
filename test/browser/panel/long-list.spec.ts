import type { PanelPage } from './fixtures.ts';
import { expect, test } from './fixtures.ts';

/** Adds a number of messages at once, of one to four lines. */
async function load(panel: PanelPage, count: number): Promise<void> {
  await panel.page.evaluate((total) => {
    const { chat } = window;
    chat.change({
      messages: Array.from({ length: total }, (_, n) =>
        chat.message({
          text: `Line ${n + 1}.${'\nmore'.repeat(n % 4)}`,
          timestamp: Date.UTC(2026, 0, 1) + n * 60_000,
        }),
      ),
    });
  }, count);
}

const rowsIn = (panel: PanelPage) => panel.messages.count();

/** The first fully visible message: its text and its position among all. */
function firstSeen({ page }: PanelPage): Promise<{ line: string; index: number }> {
  return page.evaluate(() => {
    const root = window.element.shadowRoot;
    const top = root?.querySelector('.scroller')?.getBoundingClientRect().top ?? 0;
    const articles = [...(root?.querySelectorAll('article') ?? [])];
    const first = articles.find((article) => article.getBoundingClientRect().top > top + 40);
    return {
      line: first?.querySelector('.text')?.textContent?.split('\n')[0] ?? '',
      index: Number(first?.ariaPosInSet) - 1,
    };
  });
}

/** Sets the scroll position, as dragging the scroll bar does. */
function scrollTo(panel: PanelPage, share: number): Promise<void> {
  return panel.page.evaluate((part) => {
    const scroller = window.element.shadowRoot?.querySelector('.scroller');
    if (scroller) scroller.scrollTop = part * scroller.scrollHeight;
  }, share);
}

test.describe('a long conversation', () => {
  test('has all rows up to 150 messages, and only the visible ones above that', async ({
    panel,
  }) => {
    await load(panel, 150);
    await panel.open();
    await expect(panel.messages).toHaveCount(150);
    await panel.hear({ text: 'The 151st' });
    await expect(panel.messages.last()).toContainText('The 151st');
    await expect.poll(() => rowsIn(panel)).toBeLessThan(60);
    await expect.poll(() => panel.fromEnd()).toBe(0);
    await expect(panel.messages.last()).toHaveAttribute('aria-posinset', '151');
    await expect(panel.messages.last()).toHaveAttribute('aria-setsize', '151');
  });

  test('shows rows at every scroll position, in the right places', async ({ panel }) => {
    await load(panel, 5_000);
    await panel.open();
    await expect.poll(() => panel.fromEnd()).toBe(0);
    for (const share of [0.5, 0, 0.25, 0.9]) {
      await scrollTo(panel, share);
      await panel.still();
      const seen = await panel.page.evaluate(() => {
        const root = window.element.shadowRoot;
        const box = root?.querySelector('.scroller')?.getBoundingClientRect();
        if (!root || !box) return [];
        // No gap from edge to edge.
        return Array.from({ length: 9 }, (_, step) => {
          const y = box.top + 12 + (step / 8) * (box.height - 24);
          return root
            .elementsFromPoint(box.left + box.width / 2, y)
            .some((element) => element.closest('.item') !== null);
        });
      });
      expect(seen).not.toContain(false);
    }
    await expect(panel.jump).toBeVisible();
    await panel.jump.click();
    await expect.poll(() => panel.fromEnd()).toBe(0);
    await expect(panel.messages.last()).toContainText('Line 5000.');
    await expect(panel.messages.last()).toBeFocused();
  });

  test('does not move visible messages when others are added below or above', async ({
    panel,
    page,
  }) => {
    await load(panel, 1_000);
    await panel.open();
    await scrollTo(panel, 0.5);
    await panel.still();
    const { line: middle } = await firstSeen(panel);
    const before = await panel.placeOf(middle);
    await panel.hear({ text: 'New' }, { text: 'Newer' });
    await expect(panel.jump).toHaveText('Jump to latest 2 new');
    await panel.standsAt(middle, before);
    await page.evaluate(() => {
      const { chat } = window;
      const older = Array.from({ length: 200 }, (_, n) =>
        chat.message({
          text: `Older ${n}${'\nmore'.repeat(n % 3)}`,
          timestamp: Date.UTC(2025, 0, 1),
        }),
      );
      chat.change({ messages: [...older, ...chat.getSnapshot().messages] });
    });
    await panel.still();
    await panel.standsAt(middle, before);
    await panel.change({ messages: [] });
    await expect(panel.messages).toHaveCount(0);
  });

  // One of them crosses the limit for virtual rows on the way.
  for (const count of [80, 120, 1_000]) {
    test(`of ${count} does not drift while many messages are added above`, async ({
      panel,
      page,
    }) => {
      await load(panel, count);
      await panel.open();
      await scrollTo(panel, 0.5);
      await panel.still();
      const { line, index } = await firstSeen(panel);
      const before = await panel.placeOf(line);
      await page.evaluate(async (place) => {
        const { chat } = window;
        for (let n = 0; n < 60; n += 1) {
          const messages = [...chat.getSnapshot().messages];
          const { timestamp } = messages[place] ?? {};
          // Their heights are fractions of pixels.
          const text = `Between ${n}${'\nmore'.repeat(n % 3)}`;
          messages.splice(place, 0, chat.message({ text, timestamp: timestamp ?? 0 }));
          chat.change({ messages });
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      }, index - 3);
      await panel.still();
      await panel.standsAt(line, before);
    });
  }

  test('stays where the visitor scrolled while the panel was opening', async ({ panel, page }) => {
    await load(panel, 80);
    // Paused at its start, and resumed after the visitor has scrolled.
    const opening = await page.evaluateHandle(async () => {
      const root = window.element.shadowRoot;
      root?.querySelector<HTMLElement>('#launcher')?.click();
      for (;;) {
        const rises = root?.querySelector('.panel')?.getAnimations() ?? [];
        for (const rise of rises) rise.pause();
        if (rises.length > 0) return rises;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await scrollTo(panel, 0.5);
    await panel.still();
    await opening.evaluate((rises) => {
      for (const rise of rises) rise.finish();
    });
    const { line } = await firstSeen(panel);
    const before = await panel.placeOf(line);
    await panel.hear({ text: 'New' });
    await panel.still();
    await panel.standsAt(line, before);
  });

  test('keeps the focused row, and the keys move through all messages', async ({ panel, page }) => {
    await load(panel, 1_000);
    await panel.open();
    await page.keyboard.press('Shift+Tab');
    await expect(panel.messages.last()).toBeFocused();
    await page.keyboard.press('Home');
    const first = panel.messages.filter({ hasText: /Line 1\./ });
    await expect(first).toBeFocused();
    await expect(first).toBeInViewport();
    await expect(first).toHaveAttribute('aria-posinset', '1');
    await page.keyboard.press('ArrowDown');
    await expect(panel.messages.filter({ hasText: /Line 2\./ })).toBeFocused();
    const row = await panel.messages.filter({ hasText: /Line 2\./ }).elementHandle();
    await scrollTo(panel, 0.6);
    await panel.still();
    expect(await row?.evaluate((article) => article.matches(':focus'))).toBe(true);
    await page.keyboard.press('ArrowDown');
    await expect(panel.messages.filter({ hasText: /Line 3\./ })).toBeFocused();
    await expect(panel.messages.filter({ hasText: /Line 3\./ })).toBeInViewport();
    await page.keyboard.press('End');
    await expect(panel.messages.last()).toBeFocused();
    await expect.poll(() => panel.fromEnd()).toBeLessThan(10);
  });

  test('of 100,000 messages shows a new one at once', async ({ panel, page }) => {
    test.slow();
    await load(panel, 100_000);
    await panel.open();
    await expect.poll(() => panel.fromEnd()).toBe(0);
    const median = await page.evaluate(async () => {
      const times: number[] = [];
      const panelElement = window.element.shadowRoot?.querySelector('partyline-panel');
      for (let n = 0; n < 21; n += 1) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const started = performance.now();
        window.chat.hear({ text: `New ${n}` });
        await Reflect.get(panelElement ?? {}, 'updateComplete');
        panelElement?.getBoundingClientRect();
        times.push(performance.now() - started);
      }
      return times.sort((a, b) => a - b)[10] ?? Number.POSITIVE_INFINITY;
    });
    // 16 ms on an idle machine. With all rows mounted, it takes seconds.
    expect(median).toBeLessThan(400);
    await expect.poll(() => panel.fromEnd()).toBe(0);
  });
});

test.describe('the unread messages', () => {
  test('begin at a divider, which goes away when the visitor writes', async ({ panel }) => {
    await panel.hear({ text: 'Old' }, { text: 'New one' }, { text: 'New two' });
    await panel.change({ unread: 2 });
    await panel.open();
    const lines = async () => (await panel.feed.innerText()).split('\n').map((l) => l.trim());
    await expect(panel.feed.getByText('New messages', { exact: true })).toBeVisible();
    const all = await lines();
    expect(all.indexOf('New messages')).toBeGreaterThan(all.indexOf('Old'));
    expect(all.indexOf('New messages')).toBeLessThan(all.indexOf('New one'));
    await panel.send('I see');
    await expect(panel.feed.getByText('New messages', { exact: true })).toHaveCount(0);
  });

  test('are none while the visitor sees them, from the first message on', async ({
    panel,
    page,
  }) => {
    await panel.open();
    await page.evaluate(() => {
      window.chat.change({ unread: 1, messages: [window.chat.message({ text: 'Hello' })] });
    });
    await expect(panel.messages).toHaveCount(1);
    await expect(panel.feed.getByText('New messages', { exact: true })).toHaveCount(0);
  });

  test('and another conversation have dividers of their own', async ({ panel }) => {
    await panel.hear(
      { text: 'Last week', conversationId: 'c0' },
      { text: 'Now', conversationId: 'c1' },
      { text: 'And on', conversationId: 'c1' },
    );
    await panel.open();
    await expect(panel.feed.getByText('New chat', { exact: true })).toHaveCount(1);
    const lines = (await panel.feed.innerText()).split('\n').map((line) => line.trim());
    const place = lines.indexOf('New chat');
    expect(place).toBeGreaterThan(lines.indexOf('Last week'));
    expect(place).toBeLessThan(lines.indexOf('Now'));
  });
});
