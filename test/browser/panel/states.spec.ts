import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures.ts';
import { states } from './states.ts';

test.describe('the panel says what is going on, and offers a way on', () => {
  test('when the visitor is signed out', async ({ panel, page }) => {
    await panel.open();
    await states.signedOut?.(panel);
    await expect(panel.panel.getByRole('link', { name: 'Sign in' })).toHaveCount(0);
    await page.evaluate(() => {
      window.element.setAttribute('sign-in', '/sign-in/');
      window.element.heading = 'Chat with us';
    });
    await expect(panel.panel.getByRole('link', { name: 'Sign in' })).toHaveAttribute(
      'href',
      '/sign-in/',
    );
    await panel.button('Try now').click();
    expect(await panel.calls('reconnect')).toEqual([['reconnect']]);
  });

  test('when the browser keeps no history, to those who do not see it, too', async ({ panel }) => {
    await panel.open();
    await states.notKept?.(panel);
    await expect(panel.panel.locator('[aria-live=polite]', { hasText: /./ })).toHaveText(
      'History is not kept in this browser.',
    );
  });

  test('when an agent takes the conversation, until they write', async ({ panel }) => {
    await panel.open();
    await states.joined?.(panel);
    await expect(panel.panel).toContainText('Somebody is here for you now.');
    await panel.hear({ text: 'Hello' });
    await expect(panel.panel).not.toContainText('Somebody is here');
  });

  test('when somebody types: once, until they have written', async ({ panel, page, site }) => {
    await page.clock.install();
    await page.goto(site.url);
    await panel.open();
    await page.clock.pauseAt(Date.now() + 60_000);
    await panel.change({ typing: { id: 'a', name: 'Ada' } });
    await expect(panel.log).toHaveText('Ada is typing…');
    await page.clock.runFor(1_000);
    await panel.change({ typing: null });
    await panel.change({ typing: { id: 'a', name: 'Ada' } });
    await expect(panel.log).toBeEmpty();
  });

  test('when the conversation has ended', async ({ panel }) => {
    await panel.open();
    await states.ended?.(panel);
    await panel.button('Start again').click();
    await expect(panel.textbox).toBeFocused();
    expect(await panel.calls('start')).toHaveLength(1);
  });
});

test.describe('the menu', () => {
  test('ends the conversation, and closes by Escape and on being left', async ({ panel, page }) => {
    await panel.open();
    const more = panel.button('More');
    await more.click();
    await expect(panel.button('End conversation')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(panel.button('End conversation')).toHaveCount(0);
    await expect(more).toBeFocused();
    await more.click();
    await panel.textbox.focus();
    await expect(panel.button('End conversation')).toHaveCount(0);
    await more.click();
    await panel.button('End conversation').click();
    expect(await panel.calls('end')).toEqual([['end']]);
    await expect(more).toBeFocused();
  });

  test('saves all of the conversation as text and as JSON', async ({ panel, page }) => {
    await panel.hear({ text: 'The newest' });
    await page.evaluate(() => {
      const { chat } = window;
      chat.older = Array.from({ length: 50 }, (_, n) => chat.message({ text: `Older ${n}.` }));
      chat.change({ hasEarlier: true });
    });
    await panel.open();
    const save = async (name: string) => {
      await panel.button('More').click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        panel.button(name).click(),
      ]);
      return readFile(await download.path(), 'utf8');
    };
    const text = await save('Save as text');
    expect(text).toContain('Ada Byron\nOlder 0.');
    expect(text.indexOf('Older 49.')).toBeLessThan(text.indexOf('The newest'));
    const { messages } = JSON.parse(await save('Save as JSON'));
    expect(messages).toHaveLength(51);
    expect(messages[0]).toMatchObject({ text: 'Older 0.', from: { name: 'Ada Byron' } });
  });

  test('says so when older messages cannot be fetched, and saves no part', async ({
    panel,
    page,
  }) => {
    await panel.hear({ text: 'The newest' });
    await page.evaluate(() => {
      window.chat.change({ hasEarlier: true });
      window.chat.loadEarlier = () => Promise.reject(new Error('No answer. Try again.'));
    });
    await panel.open();
    await panel.button('More').click();
    await panel.button('Save as text').click();
    await expect(panel.alert).toHaveText('No answer. Try again.');
  });
});

test.describe('the language', () => {
  for (const [language, send, dir] of [
    ['de-AT', 'Senden', null],
    ['es', 'Enviar', null],
    ['fr', 'Envoyer', null],
    ['ar', 'إرسال', 'rtl'],
  ] as const) {
    test(`of a page in ${language} is spoken`, async ({ panel, page }) => {
      await panel.open();
      await page.evaluate((lang) => {
        document.documentElement.lang = lang;
      }, language);
      await expect(page.getByRole('button', { name: send, exact: true })).toBeVisible();
      const frame = page.locator('partyline-chat .frame');
      await expect(frame).toHaveAttribute('lang', language.split('-')[0] ?? '');
      expect(await frame.getAttribute('dir')).toBe(dir);
      await page.evaluate(() => {
        document.documentElement.lang = 'nl';
      });
      await expect(panel.sendButton).toBeVisible();
    });
  }

  test('of the element goes before that of the page, and the site’s texts before both', async ({
    panel,
    page,
  }) => {
    await panel.open();
    await page.evaluate(() => {
      window.element.lang = 'de';
    });
    await expect(panel.button('Senden')).toBeVisible();
    await page.evaluate(() => {
      window.element.texts = { ...window.english, send: 'Off it goes' };
    });
    await expect(panel.button('Off it goes')).toBeVisible();
  });

  test('counts in Arabic as Arabic does', async ({ panel, page }) => {
    await page.evaluate(() => {
      document.documentElement.lang = 'ar';
    });
    const launcher = page.getByRole('button', { name: 'محادثة', exact: true });
    await expect(launcher).toBeVisible();
    for (const [unread, words] of [
      [1, 'رسالة واحدة غير مقروءة'],
      [2, 'رسالتان غير مقروءتين'],
      [3, '3 رسائل غير مقروءة'],
      [11, '11 رسالة غير مقروءة'],
    ] as const) {
      await panel.change({ unread });
      await expect(launcher).toHaveAccessibleDescription(words);
    }
  });
});

test.describe('the site', () => {
  test('chooses side and colours at run time, and puts its own things into the slots', async ({
    panel,
    page,
  }) => {
    await panel.change({ conversation: null });
    await panel.open();
    await page.evaluate(() => {
      const { element } = window;
      element.setAttribute('scheme', 'dark');
      element.setAttribute('placement', 'start');
      for (const slot of ['header', 'empty', 'footer', 'launcher']) {
        const own = document.createElement('b');
        own.slot = slot;
        own.textContent = `our ${slot}`;
        element.append(own);
      }
    });
    await expect(panel.panel).toHaveCSS('background-color', 'rgb(25, 26, 33)');
    for (const slot of ['header', 'empty', 'footer', 'launcher']) {
      await expect(page.getByText(`our ${slot}`)).toBeVisible();
    }
    await expect(panel.panel.getByText('How can we help?')).toBeHidden();
    const box = await panel.panel.boundingBox();
    expect(box?.x).toBeLessThan(40);
    await page.evaluate(() => window.element.setAttribute('scheme', 'light'));
    await expect(panel.panel).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  });
});

test('whatever comes is laid out whole: nothing runs, nothing overlaps', async ({
  panel,
  page,
}) => {
  await panel.open();
  await states.strange?.(panel);
  await expect(panel.messages).toHaveCount(3);
  await expect(panel.messages.locator('img')).toHaveCount(0);
  const wrong = await page.evaluate(() => {
    const root = window.element.shadowRoot;
    const scroller = root?.querySelector('.scroller');
    if (!root || !scroller) return ['no list'];
    const faults: string[] = [];
    if (scroller.scrollWidth > scroller.clientWidth) faults.push('the list is too wide');
    const { left, right } = scroller.getBoundingClientRect();
    let end = Number.NEGATIVE_INFINITY;
    for (const article of root.querySelectorAll('article')) {
      const box = article.getBoundingClientRect();
      if (box.top < end - 0.5) faults.push('two messages overlap');
      end = box.bottom;
      for (const part of article.querySelectorAll('.name, .bubble, .meta')) {
        const inner = part.getBoundingClientRect();
        if (inner.left < left || inner.right > right) faults.push(`${part.className} sticks out`);
        if (part.scrollWidth > part.clientWidth + 1) faults.push(`${part.className} is cut off`);
      }
    }
    return faults;
  });
  expect(wrong).toEqual([]);
  const whole = await panel.messages.nth(1).locator('.text').textContent();
  expect(whole).toHaveLength(10_000);
});

test('a whole conversation goes by the keyboard alone', async ({ panel, page }) => {
  await panel.change({ conversation: null });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(panel.launcher).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel.textbox).toBeFocused();
  await page.keyboard.type('Hello');
  await page.keyboard.press('Enter');
  await panel.change({ conversation: { conversationId: 'c1', status: 'connected' } });
  await panel.hear({ text: 'What can I do?' });
  await expect(panel.textbox).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(panel.messages.last()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(panel.messages.first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel.textbox).toBeFocused();
  await page.keyboard.type('My lamp hums');
  await page.keyboard.press('Tab');
  await expect(panel.sendButton).toBeFocused();
  await page.keyboard.press('Enter');
  expect(await panel.calls('send')).toEqual([
    ['send', 'Hello'],
    ['send', 'My lamp hums'],
  ]);
  await expect(panel.textbox).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(panel.button('More')).toBeFocused();
  await page.keyboard.press('Enter');
  for (let tabs = 0; tabs < 3; tabs += 1) await page.keyboard.press('Tab');
  await expect(panel.button('End conversation')).toBeFocused();
  await page.keyboard.press('Enter');
  expect(await panel.calls('end')).toHaveLength(1);
  await page.keyboard.press('Escape');
  await expect(panel.textbox).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel.panel).toBeHidden();
  await expect(panel.launcher).toBeFocused();
});

test('text that is pasted beyond the limit is warned of at once', async ({ panel, page }) => {
  await panel.open();
  await page.evaluate(() => {
    const textarea = window.element.shadowRoot?.querySelector('textarea');
    textarea?.dispatchEvent(new ClipboardEvent('paste', { bubbles: true }));
  });
  await panel.textbox.fill('x'.repeat(5_000));
  await expect(panel.alert).toContainText('too long by 904 characters');
  await panel.textbox.fill('x');
  await expect(panel.alert).toHaveCount(0);
});
