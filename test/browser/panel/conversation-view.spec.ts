import type { Phase } from '../../../src/protocol/snapshot.ts';
import { expect, test } from './fixtures.ts';

const visitor = { id: 'v', name: 'Visitor', role: 'visitor' } as const;
const system = { id: 's', name: 'System', role: 'system' } as const;
const day = 24 * 3_600_000;

test.describe('messages', () => {
  test('are in order, each with its sender, its text once and its position', async ({ panel }) => {
    await panel.hear(
      { text: 'Hello', from: visitor },
      { text: 'What can I do?' },
      { text: 'Ada Byron' },
      { text: 'Ada has left', from: system },
    );
    await panel.open();
    await expect(panel.messages).toHaveText([
      /Hello/,
      /What can I do\?/,
      /Ada Byron/,
      /Ada has left/,
    ]);
    const names = [
      'You Hello',
      'Ada Byron What can I do?',
      'Ada Byron Ada Byron',
      'System Ada has left',
    ];
    for (const [index, name] of names.entries()) {
      const article = panel.messages.nth(index);
      await expect(article).toHaveAccessibleName(name);
      await expect(article).toHaveAttribute('aria-posinset', String(index + 1));
      await expect(article).toHaveAttribute('aria-setsize', '4');
      await expect(article.locator('time')).toHaveCount(1);
    }
    const texts = await panel.messages.allTextContents();
    expect(texts[1]?.split('What can I do?')).toHaveLength(2);
  });

  test('have a sender, even where the gateway names nobody', async ({ panel }) => {
    const nameless = { id: '', name: '' };
    await panel.hear(
      { text: 'Hello', from: { ...nameless, role: 'agent' } },
      { text: 'Beep', from: { ...nameless, role: 'bot' } },
    );
    await panel.open();
    await expect(panel.messages.nth(0)).toHaveAccessibleName('Agent Hello');
    await expect(panel.messages.nth(1)).toHaveAccessibleName('Virtual assistant Beep');
  });

  test('keep their row when they change and when others are added above', async ({
    panel,
    page,
  }) => {
    const id = await panel.own({ text: 'Mine', status: 'pending' });
    await panel.open();
    const row = await panel.messages.filter({ hasText: 'Mine' }).elementHandle();
    await page.evaluate((messageId) => {
      const { chat } = window;
      const before = chat.message({ text: 'Came first' });
      chat.change({ messages: [before, ...chat.getSnapshot().messages] });
      chat.replace(messageId, { status: 'delivered' });
    }, id);
    await expect(panel.messages).toHaveText([/Came first/, /Mine/]);
    expect(await row?.evaluate((article) => article.isConnected)).toBe(true);
    await expect(panel.messages.nth(1)).toContainText('Delivered');
  });

  test('of the visitor show their outcome', async ({ panel, page }) => {
    const id = await panel.own({ text: 'Mine', status: 'pending' });
    await panel.open();
    const article = panel.messages.first();
    for (const [status, words] of [
      ['pending', 'Sending…'],
      ['sent', 'Sent'],
      ['delivered', 'Delivered'],
      ['read', 'Read'],
    ] as const) {
      await page.evaluate(([to, next]) => window.chat.replace(to, { status: next }), [
        id,
        status,
      ] as const);
      await expect(article).toHaveAccessibleDescription(new RegExp(`${words}$`));
      await expect(article.getByText(words, { exact: true })).toBeVisible();
    }
  });

  test('that failed show why, and can be sent again or deleted', async ({ panel }) => {
    const failure = { code: 'rejected', message: 'The gateway refused this message.' } as const;
    const first = await panel.own({ text: 'One', status: 'failed', failure });
    const second = await panel.own({ text: 'Two', status: 'failed', failure });
    await panel.open();
    const [one, two] = [panel.messages.nth(0), panel.messages.nth(1)];
    await expect(one).toContainText('Not sent');
    await expect(one).toContainText('This couldn’t be sent. Change it and try again.');
    await one.getByRole('button', { name: 'Try again' }).click();
    await expect(one).toContainText('Sending…');
    await expect(one).toBeFocused();
    await two.getByRole('button', { name: 'Delete' }).click();
    await expect(panel.messages).toHaveCount(1);
    await expect(panel.textbox).toBeFocused();
    expect(await panel.calls('retry', 'discard')).toEqual([
      ['retry', first],
      ['discard', second],
    ]);
  });

  test('show an error when they cannot be sent again', async ({ panel, page, expectWarnings }) => {
    expectWarnings(/unexpected error: Error: The hub could not be reached/);
    await panel.own({ text: 'One', status: 'failed' });
    await page.evaluate(() => {
      window.chat.retry = () => Promise.reject(new Error('The hub could not be reached.'));
    });
    await panel.open();
    await panel.button('Try again').click();
    await expect(panel.alert).toHaveText('Something went wrong. Try again.');
  });

  test('are plain text, never markup', async ({ panel }) => {
    const text = '<img src=x onerror=alert(1)> <b>bold</b>\n  {{1 + 1}}   indented';
    await panel.hear({ text });
    await panel.open();
    await expect(panel.messages.locator('img, b')).toHaveCount(0);
    expect(
      await panel.messages.locator('.text').evaluate((node) => (node as HTMLElement).innerText),
    ).toBe(text);
  });

  test('link http, https and mailto URLs only', async ({ panel }) => {
    const links = async (text: string) => {
      await panel.hear({ text });
      const article = panel.messages.last();
      await expect(article).toContainText(text);
      return article
        .getByRole('link')
        .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    };
    await panel.open();
    expect(await links('See https://a.example/x_(y)?q=1#z). Or (http://b.example).')).toEqual([
      'https://a.example/x_(y)?q=1#z',
      'http://b.example/',
    ]);
    expect(await links('Write to mailto:help@a.example!')).toEqual(['mailto:help@a.example']);
    expect(await links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc')).toEqual(
      [],
    );
    expect(await links('https://bank.example@evil.example https:// mailto:nobody')).toEqual([]);
    expect(await links('https://a.example/\u202etxt.exe')).toEqual(['https://a.example/']);
    const link = panel.messages.first().getByRole('link').first();
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
    await expect(link).toHaveAttribute('target', '_blank');
  });

  test('show gaps and days', async ({ panel }) => {
    const now = Date.now();
    await panel.hear(
      { text: 'Old', timestamp: now - 400 * day },
      { text: 'Yesterday’s', timestamp: now - day },
      { text: 'New', missingBefore: 2 },
    );
    await panel.open();
    const lines = (await panel.feed.innerText()).split('\n').map((line) => line.trim());
    const year = String(new Date(now - 400 * day).getFullYear());
    expect(lines.findIndex((line) => line.includes(year))).toBeLessThan(lines.indexOf('Old'));
    const order = [
      'Old',
      'Yesterday',
      'Yesterday’s',
      'Today',
      '2 messages are missing here',
      'New',
    ];
    expect(order.map((line) => lines.indexOf(line))).not.toContain(-1);
    expect(order.map((line) => lines.indexOf(line))).toEqual(
      order.map((line) => lines.indexOf(line)).sort((a, b) => a - b),
    );
    await expect(panel.messages).toHaveCount(3);
  });
});

test.describe('the conversation', () => {
  test('shows typing, the queue, and that it has ended', async ({ panel }) => {
    await panel.change({ conversation: { conversationId: 'c1', status: 'queued', position: 3 } });
    await panel.open();
    await expect(panel.panel).toContainText('You’re number 3 in the queue.');
    await panel.change({ conversation: { conversationId: 'c1', status: 'queued' } });
    await expect(panel.panel).toContainText('Waiting for an agent…');
    await panel.change({
      conversation: { conversationId: 'c1', status: 'connected' },
      typing: { id: 'a', name: 'Ada' },
    });
    await expect(panel.panel).not.toContainText('Waiting for an agent');
    await expect(panel.panel).toContainText('Ada is typing…');
    await panel.change({ conversation: { conversationId: 'c1', status: 'ended' }, typing: null });
    await expect(panel.panel).not.toContainText('typing');
    await expect(panel.panel).toContainText('Send a message to start a new one.');
  });
});

test.describe('the connection', () => {
  test('has a text of its own for each phase', async ({ panel }) => {
    await panel.open();
    await expect(panel.status).toHaveText('Connected');
    const phases: Record<Phase, RegExp> = {
      offline: /^You’re offline/,
      connecting: /^Connecting…$/,
      authenticating: /^Connecting…$/,
      // While connected, a problem is about a sent message.
      ready: /^Connected\. Something went wrong\. Try again\.$/,
      routing: /^Starting your chat…$/,
      waiting: /^Can’t connect right now/,
      polling: /^Slow connection. Messages may be delayed/,
      'signed-out': /^You’re signed out/,
      failed: /^Not connected\. Something went wrong\. Try again\.$/,
    };
    const problem = { code: 'invalid', message: 'The gateway speaks another language.' } as const;
    for (const [phase, words] of Object.entries(phases)) {
      await panel.connection({ phase: phase as Phase, problem });
      await expect(panel.status).toHaveText(words);
    }
  });

  test('counts down to the next attempt next to an unchanging text', async ({
    panel,
    page,
    site,
  }) => {
    await page.clock.install();
    await page.goto(site.url);
    await panel.open();
    // From here on, the test controls the time.
    await page.clock.pauseAt(Date.now() + 60_000);
    await panel.connection({ phase: 'waiting', attempt: 2 });
    await page.evaluate(() => window.chat.connect({ retryAt: Date.now() + 12_000 }));
    await expect(panel.panel).toContainText('Trying again in 12 s');
    const words = await panel.status.textContent();
    await page.evaluate(() => {
      const status = window.element.shadowRoot?.querySelector('[role=status]');
      if (!status) throw new Error('No status.');
      const changes = { count: 0 };
      new MutationObserver((all) => {
        changes.count += all.length;
      }).observe(status, { subtree: true, childList: true, characterData: true });
      Object.assign(window, { changes });
    });
    await page.clock.runFor(1_000);
    await expect(panel.panel).toContainText('Trying again in 11 s');
    await page.clock.runFor(9_000);
    await expect(panel.panel).toContainText('Trying again in 2 s');
    await page.clock.runFor(5_000);
    await expect(panel.panel).toContainText('Trying again…');
    expect(await panel.status.textContent()).toBe(words);
    expect(await page.evaluate(() => Reflect.get(window, 'changes').count)).toBe(0);
    await panel.button('Try now').click();
    expect(await panel.calls('reconnect')).toEqual([['reconnect']]);
    await panel.connection({ phase: 'ready', retryAt: null });
    await expect(panel.button('Try now')).toHaveCount(0);
  });

  test('offers a retry when there are no automatic ones', async ({ panel }) => {
    await panel.open();
    await panel.connection({ phase: 'failed', retryAt: null });
    await panel.button('Try now').click();
    expect(await panel.calls('reconnect')).toEqual([['reconnect']]);
  });

  test('says when the browser stores no history', async ({ panel, page }) => {
    await panel.open();
    await expect(panel.panel).not.toContainText('won’t be saved');
    const hub = await page.evaluate(() => window.chat.getSnapshot().hub);
    await panel.change({ hub: { ...hub, persistent: false } });
    await expect(panel.panel).toContainText('Your chat history won’t be saved in this browser.');
  });
});
