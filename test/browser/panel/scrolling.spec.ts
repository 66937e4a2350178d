import { expect, test } from './fixtures.ts';

const visitor = { id: 'v', name: 'Visitor', role: 'visitor' } as const;

test.describe('the feed', () => {
  test('shows the end when the panel opens, and follows new messages there', async ({ panel }) => {
    await panel.fill();
    await panel.open();
    await expect.poll(() => panel.fromEnd()).toBe(0);
    await panel.hear({ text: 'One more\nof three\nlines' });
    await expect(panel.messages.last()).toBeInViewport({ ratio: 1 });
    expect(await panel.fromEnd()).toBe(0);
    await expect(panel.jump).toHaveCount(0);
  });

  test('does not move for a new message when scrolled up, and shows the number of new ones', async ({
    panel,
  }) => {
    await panel.fill();
    await panel.open();
    await panel.wheel(-600);
    await expect(panel.jump).toBeVisible();
    const before = await panel.placeOf('Line 30');
    await panel.hear({ text: 'New' }, { text: 'Newer' });
    await panel.own({ text: 'From my other tab' });
    await panel.change({ typing: { id: 'a', name: 'Ada' } });
    await expect(panel.jump).toHaveText('Jump to latest 2 new');
    await panel.standsAt('Line 30', before);
    await panel.jump.click();
    await expect.poll(() => panel.fromEnd()).toBe(0);
    await expect(panel.jump).toHaveCount(0);
    await expect(panel.messages.last()).toBeFocused();
    await panel.hear({ text: 'Newest' });
    expect(await panel.fromEnd()).toBe(0);
  });

  test('does not move when messages above are filled in, removed or inserted', async ({
    panel,
    page,
  }) => {
    await panel.fill();
    await panel.open();
    await panel.wheel(-600);
    const before = await panel.placeOf('Line 30');
    await page.evaluate(() => {
      const { chat } = window;
      chat.replace('m 4', { missingBefore: 3 });
      chat.replace('m 5', { text: 'Longer\nthan\nit\nwas' });
      chat.discard('m 2');
    });
    await expect(panel.panel).toContainText('3 messages are missing here');
    await panel.standsAt('Line 30', before);
  });

  test('scrolls to the end when the visitor sends a message', async ({ panel }) => {
    await panel.fill();
    await panel.open();
    await panel.wheel(-600);
    await panel.send('Here I am');
    await expect.poll(() => panel.fromEnd()).toBe(0);
  });

  test('keeps the end in view while the composer grows and the window shrinks', async ({
    panel,
    page,
  }) => {
    await panel.fill();
    await panel.open();
    await panel.textbox.fill('1\n2\n3\n4\n5');
    await expect.poll(() => panel.fromEnd()).toBe(0);
    await page.setViewportSize({ width: 1280, height: 500 });
    await expect.poll(() => panel.fromEnd()).toBe(0);
    await expect(panel.messages.last()).toBeInViewport({ ratio: 1 });
  });

  test('loads earlier messages while scrolling up, and keeps its place', async ({
    panel,
    page,
  }) => {
    await panel.fill();
    await page.evaluate(() => {
      const { chat } = window;
      chat.older = Array.from({ length: 60 }, (_, n) => chat.message({ text: `Older ${n + 1}.` }));
      chat.change({ hasEarlier: true });
    });
    await panel.open();
    await expect.poll(() => panel.fromEnd()).toBe(0);
    expect(await panel.calls('loadEarlier')).toEqual([]);
    // To just below the zone that loads earlier messages, then one notch more.
    await panel.wheel(-(await panel.top()) + 250);
    expect(await panel.calls('loadEarlier')).toEqual([]);
    const before = await panel.placeOf('Line 6');
    // Immediately, because smooth scrolling stops when the list grows.
    await page.evaluate(() =>
      window.element.shadowRoot?.querySelector('.scroller')?.scrollBy(0, -100),
    );
    await expect(panel.messages).toHaveCount(60);
    await panel.still();
    await panel.standsAt('Line 6', before + 100);
    await expect(panel.messages.first()).toHaveText(/Older 41\./);
  });

  test('loads earlier messages by a button, and shows its errors', async ({
    panel,
    page,
    expectWarnings,
  }) => {
    expectWarnings(/unexpected error: Error: No answer/);
    await panel.hear({ text: 'The newest' });
    await page.evaluate(() => {
      const { chat } = window;
      const load = chat.loadEarlier.bind(chat);
      let isOut = true;
      chat.loadEarlier = () => {
        const answer = isOut ? Promise.reject(new Error('No answer. Try again.')) : load();
        isOut = false;
        return answer;
      };
      chat.older = [chat.message({ text: 'The oldest' })];
      chat.change({ hasEarlier: true });
    });
    await panel.open();
    await expect(panel.messages).toHaveAttribute('aria-setsize', '-1');
    await panel.button('Load earlier messages').click();
    await expect(panel.alert).toHaveText('Something went wrong. Try again.');
    await panel.button('Load earlier messages').click();
    await expect(panel.messages).toHaveText([/The oldest/, /The newest/]);
    await expect(panel.button('Load earlier messages')).toHaveCount(0);
    await expect(panel.messages.nth(1)).toBeFocused();
    await expect(panel.messages.nth(1)).toHaveAttribute('aria-setsize', '2');
  });

  test('marks seen messages as read, and no others', async ({ panel, page }) => {
    await panel.fill();
    await panel.change({ unread: 2 });
    expect(await panel.calls('markRead')).toEqual([]);
    await panel.open();
    await expect.poll(() => panel.calls('markRead')).toHaveLength(1);
    await panel.wheel(-600);
    await panel.hear({ text: 'New' });
    await panel.change({ unread: 1 });
    await expect(panel.jump).toHaveText('Jump to latest 1 new');
    expect(await panel.calls('markRead')).toHaveLength(1);
    await panel.wheel(2_000);
    await expect.poll(() => panel.calls('markRead')).toHaveLength(2);
    // Another tab is in front.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    });
    await panel.hear({ text: 'Newer' });
    await panel.change({ unread: 1 });
    await expect(panel.messages.last()).toContainText('Newer');
    expect(await panel.calls('markRead')).toHaveLength(2);
    await page.evaluate(() => {
      Reflect.deleteProperty(document, 'visibilityState');
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(() => panel.calls('markRead')).toHaveLength(3);
  });

  test('moves the focus between messages by keyboard', async ({ panel, page }) => {
    await panel.fill(5);
    await panel.open();
    await page.keyboard.press('Shift+Tab');
    await expect(panel.messages.nth(4)).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expect(panel.messages.nth(2)).toBeFocused();
    await panel.hear({ text: 'New' });
    await expect(panel.messages).toHaveCount(6);
    await expect(panel.messages.nth(2)).toBeFocused();
    await page.keyboard.press('Home');
    await expect(panel.messages.nth(0)).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(panel.messages.nth(0)).toBeFocused();
    await page.keyboard.press('End');
    await expect(panel.messages.nth(5)).toBeFocused();
    await page.keyboard.press('Home');
    await page.keyboard.press('Tab');
    await expect(panel.textbox).toBeFocused();
    await page.keyboard.press('Shift+Tab');
    await expect(panel.messages.nth(5)).toBeFocused();
  });
});

test.describe('a screen reader', () => {
  test('gets each message from others once, for a second', async ({ panel, page, site }) => {
    await page.clock.install();
    await page.goto(site.url);
    await panel.fill(3);
    await panel.open();
    // From here on, the test controls the time.
    await page.clock.pauseAt(Date.now() + 60_000);
    expect(await panel.log.textContent()).toBe('');
    await panel.hear({ text: 'Hello' }, { from: visitor, text: 'From my other tab' });
    await expect(panel.log).toHaveText('Ada Byron: Hello');
    await panel.hear({ text: 'How can I help?' });
    await expect(panel.log).toContainText('Ada Byron: How can I help?');
    await page.clock.runFor(1_000);
    await expect(panel.log).toBeEmpty();
    await panel.hear(...['a', 'b', 'c', 'd'].map((text) => ({ text })));
    await expect(panel.log).toHaveText('4 new messages');
    await expect(panel.textbox).toBeFocused();
  });

  test('does not get earlier messages', async ({ panel, page }) => {
    await panel.hear({ text: 'The newest' });
    await page.evaluate(() => {
      const { chat } = window;
      chat.older = [chat.message({ text: 'The oldest' })];
      chat.change({ hasEarlier: true });
    });
    await panel.open();
    await panel.button('Load earlier messages').click();
    await expect(panel.messages).toHaveCount(2);
    // Not awaited: it would be empty again after a second.
    expect(await panel.log.textContent()).toBe('');
  });

  test('is informed of a failed message', async ({ panel, page }) => {
    const id = await panel.own({ text: 'Hello', status: 'pending' });
    await panel.open();
    const failure = { code: 'rejected', message: 'Refused.' } as const;
    await page.evaluate(
      ([messageId, why]) => window.chat.replace(messageId, { status: 'failed', failure: why }),
      [id, failure] as const,
    );
    await expect(panel.panel.locator('[aria-live=polite]', { hasText: /./ })).toHaveText(
      '1 message was not sent.',
    );
  });
});

test('the end stays in view when the window is resized', async ({ panel }) => {
  await panel.open();
  await panel.fill();
  await panel.still();
  expect(await panel.fromEnd()).toBeLessThan(2);
  await panel.page.evaluate(() => {
    const find = (selector: string) => {
      const found = window.element.shadowRoot?.querySelector<HTMLElement>(selector);
      if (!found) throw new Error(`there is no ${selector}`);
      return found;
    };
    // The window grows, which changes the scroll position. Then the rows become narrower and higher, and the
    // visitor types before the panel has reacted.
    const scroller = find('.scroller');
    find('.composer').style.display = 'none';
    const { scrollTop } = scroller;
    find('.content').style.paddingBlockEnd = '120px';
    window.chat.change({ typing: { id: 'a', name: 'Ada' } });
    return scrollTop;
  });
  await panel.still();
  expect(await panel.fromEnd()).toBeLessThan(2);
  await expect(panel.jump).toBeHidden();
});
