import { expect, test } from './fixtures.ts';

const refused = { code: 'signed-out', message: 'Your session has ended. Sign in again.' };

test.describe('writing', () => {
  test('is possible at once, in every connection state', async ({ panel, page }) => {
    await panel.connection({ phase: 'offline', transport: 'none' });
    await panel.change({ conversation: null });
    await panel.open();
    await expect(panel.textbox).toBeEditable();
    await page.evaluate(() => {
      window.element.chat = null;
    });
    await panel.textbox.fill('Anybody there?');
    await panel.textbox.press('Enter');
    await expect(panel.alert).toHaveText('Chat is still loading. Try again in a moment.');
    await expect(panel.textbox).toHaveValue('Anybody there?');
  });

  test('starts a conversation with the page’s routing, then sends', async ({ panel }) => {
    await panel.change({ conversation: null });
    await panel.open();
    await panel.send('Hello');
    await panel.change({ conversation: { conversationId: 'c1', status: 'connected' } });
    await panel.send('It flickers');
    await panel.change({ conversation: { conversationId: 'c1', status: 'ended' } });
    await panel.send('Once more');
    const routing = { skillGroups: ['Tier1_Support', 'Billing'] };
    expect(await panel.calls('start', 'send')).toEqual([
      ['start', routing],
      ['send', 'Hello'],
      ['send', 'It flickers'],
      ['start', routing],
      ['send', 'Once more'],
    ]);
  });

  test('shows why no conversation could be started, except for a timeout', async ({ panel }) => {
    await panel.change({ conversation: null });
    await panel.open();
    await panel.refuse({ start: { code: 'timeout', message: 'No answer yet.' } });
    await panel.send('Hello');
    await expect(panel.messages).toHaveCount(1);
    await expect(panel.alert).toHaveCount(0);
    await panel.refuse({ start: { code: 'invalid-call', message: 'No such skill group.' } });
    await panel.send('Hello?');
    await expect(panel.alert).toHaveText('Something went wrong. Try again.');
    await panel.refuse({
      start: { code: 'forbidden', message: 'This queue is closed.' },
      send: { code: 'no-conversation', message: 'Call start first.' },
    });
    await panel.textbox.fill('Hello??');
    await panel.textbox.press('Enter');
    await expect(panel.alert).toHaveText('This isn’t available in this chat.');
    await expect(panel.textbox).toHaveValue('Hello??');
  });

  test('shows an error if the page has set no routing, and keeps the text', async ({
    panel,
    page,
  }) => {
    await panel.change({ conversation: null });
    await page.evaluate(() => {
      window.element.routing = null;
    });
    await panel.open();
    await panel.textbox.fill('Hello');
    await panel.textbox.press('Enter');
    await expect(panel.alert).toContainText('isn’t available on this page');
    await expect(panel.textbox).toHaveValue('Hello');
    expect(await panel.calls('send')).toEqual([]);
  });

  test('puts a refused text back, before the text typed in the meantime', async ({
    panel,
    page,
  }) => {
    await panel.open();
    await panel.refuse({ send: refused });
    await page.evaluate(() => {
      const { chat } = window;
      const refuse = chat.send.bind(chat);
      let letGo: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      chat.send = (text) => gate.then(() => refuse(text));
      Object.assign(window, { letGo });
    });
    await panel.textbox.fill('first');
    await panel.textbox.press('Enter');
    await expect(panel.textbox).toHaveValue('');
    await panel.textbox.fill('second');
    await panel.textbox.press('Enter');
    await panel.textbox.fill('third');
    await page.evaluate(() => Reflect.get(window, 'letGo')());
    await expect(panel.textbox).toHaveValue('first\nsecond\nthird');
    await expect(panel.alert).toHaveText('You’re signed out. Sign in to continue.');
    expect((await panel.calls('setDraft')).at(-1)).toEqual(['setDraft', 'first\nsecond\nthird']);
  });

  test('sends once on Enter, and adds a line on Shift+Enter', async ({ panel, page }) => {
    await panel.open();
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('   ');
    await panel.sendButton.click();
    await page.keyboard.press('Enter');
    expect(await panel.calls('send')).toEqual([['send', 'one\ntwo']]);
    await expect(panel.textbox).toBeFocused();
  });

  test('leaves Enter to the input method during composition', async ({ panel }) => {
    await panel.open();
    await panel.textbox.fill('にほん');
    await panel.textbox.evaluate((textarea) => {
      const enter = { key: 'Enter', bubbles: true, cancelable: true };
      textarea.dispatchEvent(new KeyboardEvent('keydown', { ...enter, isComposing: true }));
      textarea.dispatchEvent(new KeyboardEvent('keydown', { ...enter, keyCode: 229 }));
    });
    expect(await panel.calls('send')).toEqual([]);
    await panel.textbox.press('Enter');
    expect(await panel.calls('send')).toEqual([['send', 'にほん']]);
  });

  test('shows a counter near the limit, and an error above it', async ({ panel }) => {
    await panel.open();
    await panel.textbox.fill('x'.repeat(4_000));
    await expect(panel.panel).toContainText('4,000 / 4,096');
    // An emoji counts as two, as in `send`.
    await panel.textbox.fill(`${'x'.repeat(4_095)}💡`);
    await expect(panel.textbox).toHaveAccessibleDescription('4,097 / 4,096');
    await panel.sendButton.click();
    await expect(panel.alert).toContainText('is 1 character too long.');
    expect(await panel.calls('send')).toEqual([]);
    await panel.textbox.fill('x'.repeat(4_096));
    await expect(panel.alert).toHaveCount(0);
    await panel.sendButton.click();
    expect(await panel.calls('send')).toEqual([['send', 'x'.repeat(4_096)]]);
  });

  test('grows with the text, up to six lines, and shrinks again', async ({ panel }) => {
    await panel.open();
    // Layout sizes, because the panel may still be animated.
    const height = () => panel.textbox.evaluate((textbox: HTMLElement) => textbox.offsetHeight);
    const one = await height();
    await panel.textbox.fill('1\n2\n3');
    expect(await height()).toBe(one + 44);
    await panel.textbox.fill('1\n2\n3\n4\n5\n6');
    expect(await height()).toBe(one + 110);
    await panel.textbox.fill('1\n2\n3\n4\n5\n6\n7\n8\n9');
    expect(await height()).toBe(one + 110);
    await panel.textbox.press('Enter');
    expect(await height()).toBe(one);
  });
});

test.describe('the draft', () => {
  test('is there when the panel opens, saved at each keystroke, and cleared on sending', async ({
    panel,
    page,
  }) => {
    await panel.change({ draft: 'My lamp' });
    await panel.open();
    await expect(panel.textbox).toHaveValue('My lamp');
    await page.keyboard.press('End');
    await page.keyboard.type(' x');
    await page.keyboard.press('Enter');
    expect(await panel.calls('setDraft')).toEqual([
      ['setDraft', 'My lamp '],
      ['setDraft', 'My lamp x'],
    ]);
    await expect(panel.textbox).toHaveValue('');
    await page.keyboard.type('y');
    await expect(panel.textbox).toHaveValue('y');
  });

  test('is taken over from another tab while this one has no draft', async ({ panel, page }) => {
    await panel.open();
    await panel.change({ draft: 'From the other tab' });
    await expect(panel.textbox).toHaveValue('From the other tab');
    await page.keyboard.type('!');
    await expect(panel.textbox).toHaveValue('From the other tab!');
    // Sent in the other tab.
    await panel.change({ draft: '' });
    await expect(panel.textbox).toHaveValue('');
  });

  test('is not overwritten by its own echo', async ({ panel, page }) => {
    await panel.open();
    await page.evaluate(() => {
      window.chat.echoes = false;
    });
    await page.keyboard.type('hello');
    await panel.change({ draft: 'hel' });
    await panel.change({ draft: 'a stranger' });
    await panel.change({ unread: 1 });
    await expect(panel.textbox).toHaveValue('hello');
    await panel.change({ draft: 'hello' });
    await panel.change({ draft: 'hello from afar' });
    await expect(panel.textbox).toHaveValue('hello from afar');
  });

  test('survives a hub that stopped before it stored the draft', async ({ panel, page }) => {
    await panel.open();
    await page.keyboard.type('hello');
    const hub = await page.evaluate(() => window.chat.getSnapshot().hub);
    await panel.change({ draft: 'he', hub: { ...hub, epoch: 'e2.0' } });
    await expect(panel.textbox).toHaveValue('hello');
    expect((await panel.calls('setDraft')).at(-1)).toEqual(['setDraft', 'hello']);
  });

  for (const hears of [true, false]) {
    const echo = hears ? 'had come back' : 'was on its way';
    test(`that was sent when its draft ${echo} does not come back with another hub`, async ({
      panel,
      page,
    }) => {
      await panel.open();
      const { hub } = await page.evaluate((echoes) => {
        window.chat.echoes = echoes;
        return window.chat.getSnapshot();
      }, hears);
      await page.keyboard.type('hello');
      await page.evaluate(() => {
        window.chat.echoes = false;
      });
      await page.keyboard.press('Enter');
      await panel.change({ draft: 'hello', hub: { ...hub, epoch: 'e2.0' } });
      await expect(panel.textbox).toHaveValue('');
      expect((await panel.calls('setDraft')).at(-1)).toEqual(['setDraft', '']);
      await panel.change({ draft: '' });
      await panel.change({ draft: 'From the other tab' });
      await expect(panel.textbox).toHaveValue('From the other tab');
    });
  }

  test('written before there was a hub is not overwritten by late echoes', async ({
    panel,
    page,
  }) => {
    const { hub } = await page.evaluate(() => window.chat.getSnapshot());
    await panel.change({ hub: { ...hub, epoch: '' } });
    await panel.open();
    await page.evaluate(() => {
      window.chat.echoes = false;
    });
    await page.keyboard.type('hello');
    // As a click on the send button does.
    await panel.textbox.blur();
    await panel.change({ hub: { ...hub, epoch: 'e2.0' } });
    for (const draft of ['h', 'he', 'hello']) {
      await panel.change({ draft });
      await expect(panel.textbox).toHaveValue('hello');
    }
    await panel.change({ draft: 'From the other tab' });
    await expect(panel.textbox).toHaveValue('From the other tab');
  });
});

test('the next visitor does not see the previous visitor’s draft', async ({ panel, page }) => {
  await panel.open();
  await page.keyboard.type('my secret');
  const hub = await page.evaluate(() => window.chat.getSnapshot().hub);
  await panel.change({ draft: '', hub: { ...hub, epoch: 'e1.2' } });
  await expect(panel.textbox).toHaveValue('');
});

test.describe('typing', () => {
  test('is signaled, and stops after 4 s, on blur and on sending', async ({
    panel,
    page,
    site,
  }) => {
    await page.clock.install();
    await page.goto(site.url);
    await panel.open();
    // From here on, the test controls the time.
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.keyboard.type('a');
    await page.clock.runFor(3_900);
    await page.keyboard.type('b');
    await page.clock.runFor(3_900);
    expect(await panel.calls('setTyping')).toEqual([
      ['setTyping', true],
      ['setTyping', true],
    ]);
    await page.clock.runFor(100);
    expect((await panel.calls('setTyping')).at(-1)).toEqual(['setTyping', false]);
    await page.keyboard.type('c');
    await panel.sendButton.focus();
    expect((await panel.calls('setTyping')).slice(3)).toEqual([
      ['setTyping', true],
      ['setTyping', false],
    ]);
    await panel.textbox.press('d');
    await panel.textbox.press('Enter');
    await page.clock.runFor(10_000);
    expect((await panel.calls('setTyping')).slice(5)).toEqual([
      ['setTyping', true],
      ['setTyping', false],
    ]);
  });
});
