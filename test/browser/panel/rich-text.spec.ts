import { readFile } from 'node:fs/promises';
import { expect, type PanelPage, test } from './fixtures.ts';
import { richText, writeRichText } from './states.ts';

const markup =
  '*bold* <img src=x onerror="window.ran = true"><b>x</b> [x](javascript:window.ran=1)';

async function shownAs(panel: PanelPage, selector: string): Promise<string[]> {
  return panel.messages.last().locator(`.text ${selector}`).allTextContents();
}

test('what agents and bots write is drawn with its styles, lists and links', async ({ panel }) => {
  await panel.open();
  await writeRichText(panel);
  expect(await shownAs(panel, 'strong')).toEqual(['Three steps', 'أولا']);
  expect(await shownAs(panel, 'em')).toEqual(['off', 'quarter']);
  expect(await shownAs(panel, 's')).toEqual(['pull']);
  expect(await shownAs(panel, 'ol > li > ul > li')).toEqual([
    'a quarter turn to the left',
    'pull let it fall',
  ]);
  const link = panel.messages.last().getByRole('link');
  await expect(link).toHaveText('new starter');
  await expect(link).toHaveAttribute('href', 'https://lamps.example/starters');
  await expect(link).toHaveAttribute('target', '_blank');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
  // The markers stand at the side where the language begins.
  await expect(panel.messages.last().locator('ol').first()).toHaveCSS('direction', 'ltr');
  await expect(panel.messages.last().locator('.text > ul')).toHaveCSS('direction', 'rtl');
  await expect(panel.messages.last().getByRole('list')).toHaveCount(3);
});

test('what the visitor and the system write has no marks', async ({ panel }) => {
  await panel.open();
  await writeRichText(panel);
  await panel.own({ text: 'my *own*' });
  await expect(panel.messages.last().locator('.text')).toHaveText('my *own*');
  await panel.hear({ text: '*Ada* is here', from: { id: 's', name: '', role: 'system' } });
  await expect(panel.messages.last().locator('.text')).toHaveText('*Ada* is here');
  expect(await shownAs(panel, 'strong')).toEqual([]);
});

test('nothing is drawn as HTML, and links go nowhere else', async ({ panel, page }) => {
  await panel.open();
  await writeRichText(panel);
  await panel.hear({ text: markup });
  const text = panel.messages.last().locator('.text');
  await expect(text).toHaveText(markup.replace('*bold*', 'bold'));
  await expect(text.locator('img, b, a')).toHaveCount(0);
  expect(await page.evaluate(() => Reflect.get(window, 'ran'))).toBeUndefined();
  expect(await page.evaluate(() => window.violations)).toEqual([]);
});

test('screen readers hear no marks', async ({ panel }) => {
  await panel.open();
  await writeRichText(panel);
  await panel.hear({ text: 'It is *free* until [Friday](https://lamps.example/free)' });
  await expect(panel.log).toContainText('It is free until Friday');
  await expect(panel.log).not.toContainText('*');
  await expect(panel.messages.last()).toHaveAccessibleName(/It is free until Friday$/);
});

test('the saved transcript has no marks, and the addresses of links', async ({ panel, page }) => {
  await panel.open();
  await writeRichText(panel);
  await panel.button('More options').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel.button('Save transcript').click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toContain(
    [
      'Three steps, then it is as good as new:',
      '1. Switch the lamp off, at the wall.',
      '2. Take out the starter:',
      '  • a quarter turn to the left',
      '  • pull let it fall',
      '3. Put in the new starter (https://lamps.example/starters).',
      'هذه تعليمات:',
      '• أولا أطفئ المصباح',
    ].join('\n'),
  );
  expect(richText).toContain('*Three steps*');
});

test('a notification has no marks, even if the panel was never opened', async ({ panel, page }) => {
  await page.evaluate(() => {
    const shown: string[] = [];
    Reflect.set(window, 'shown', shown);
    class Shown {
      static permission = 'granted';
      constructor(_title: string, { body }: NotificationOptions) {
        shown.push(body ?? '');
      }
      close(): void {}
    }
    Reflect.set(window, 'Notification', Shown);
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    window.element.setAttribute('rich-text', 'on');
  });
  await panel.hear({ text: 'It is *free*' });
  await page.evaluate(() => window.chat.ring({ text: 'It is *free*' }));
  await expect
    .poll(() => page.evaluate(() => Reflect.get(window, 'shown')))
    .toEqual(['It is free']);
});

test('without rich text, marks stay, and addresses are links all the same', async ({ panel }) => {
  await panel.open();
  await panel.hear({ text: '*Write* to ada@lamps.example, www.lamps.example or +49 30 1234567' });
  await expect(panel.messages.last().locator('.text')).toContainText('*Write* to');
  const links = panel.messages.last().getByRole('link');
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(hrefs).toEqual([
    'mailto:ada@lamps.example',
    'https://www.lamps.example/',
    'tel:+49301234567',
  ]);
});

test('a closed panel asks the platform nothing', async ({ panel, page }) => {
  await page.evaluate(() => {
    const { chat } = window;
    const { platform } = chat;
    chat.platform = function asked() {
      this.calls.push({ name: 'platform' });
      return platform.call(this);
    };
  });
  await panel.hear({ text: 'Old news' });
  await panel.change({ unread: 1 });
  expect(await panel.calls('platform')).toEqual([]);
  await panel.open();
  await expect.poll(async () => (await panel.calls('platform')).length).toBeGreaterThan(0);
});

for (const width of [320, 900]) {
  test.describe(`in a window of ${width} px`, () => {
    test.use({ viewport: { width, height: 700 } });

    test('long words and deep lists stay in their bubble', async ({ panel }) => {
      await panel.open();
      await writeRichText(panel);
      const long = 'W'.repeat(300);
      const deep = Array.from({ length: 8 }, (_, n) => `${'  '.repeat(n)}- *${long}*`).join('\n');
      await panel.hear({ text: `[${long}](https://lamps.example)\n${deep}\n100. ${long}\n101. x` });
      const excess = await panel.messages
        .last()
        .locator('.bubble')
        .evaluate((bubble) => ({
          bubble: bubble.scrollWidth - bubble.clientWidth,
          list:
            (bubble.closest('.scroller')?.scrollWidth ?? 0) -
            (bubble.closest('.scroller')?.clientWidth ?? 0),
        }));
      expect(excess.list).toBe(0);
      expect(excess.bubble).toBeLessThanOrEqual(6);
    });
  });
}
