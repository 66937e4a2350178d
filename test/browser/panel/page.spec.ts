import { expect, test } from './fixtures.ts';

test.describe('a page', () => {
  test('can remove the element without a trace', async ({ panel, page }) => {
    await panel.open();
    const listeners = () => page.evaluate(() => window.chat.listeners.size);
    expect(await listeners()).toBeGreaterThan(0);
    await page.evaluate(() => window.element.remove());
    expect(await listeners()).toBe(0);
    await page.evaluate(() => document.body.append(window.element));
    await panel.hear({ text: 'Back again' });
    await expect(panel.messages).toHaveText([/Back again/]);
    await page.evaluate(() => {
      window.element.chat = null;
    });
    expect(await listeners()).toBe(0);
    await expect(panel.status).toHaveText('Connecting…');
  });

  test('can load the module twice', async ({ panel, page }) => {
    const src = await page.locator('script[type=module]').first().getAttribute('src');
    await page.evaluate((url) => import(url), `${src}?again`);
    await panel.open();
    await expect(panel.textbox).toBeFocused();
  });

  test('sets the element’s heading, colors and language', async ({ panel, page }) => {
    await panel.open();
    await page.evaluate(() => {
      const { element, english } = window;
      element.heading = 'Ask the lamp shop';
      element.style.setProperty('--partyline-accent', 'rgb(1, 2, 3)');
      element.texts = { ...english, send: 'Senden', placeholder: 'Nachricht schreiben…' };
    });
    await expect(panel.panel.getByRole('heading')).toHaveText('Ask the lamp shop');
    await expect(panel.button('Senden')).toBeVisible();
    await expect(panel.launcher).toHaveCSS('background-color', 'rgb(1, 2, 3)');
  });

  test('that may not play sound yet does not play it after the first interaction', async ({
    page,
    site,
  }) => {
    let notes = 0;
    page.on('console', (message) => {
      if (message.text() === 'note') notes += 1;
    });
    await page.clock.install();
    // Scripts that a test runs later count as an interaction.
    await page.addInitScript(() => {
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function tell(when) {
        console.info('note');
        start.call(this, when);
      };
      const waiting = setInterval(() => {
        if (!window.element?.shadowRoot?.querySelector('partyline-panel')) return;
        clearInterval(waiting);
        window.chat.ring({ text: 'One' });
        window.chat.ring({ text: 'Two' });
        console.info(navigator.userActivation.hasBeenActive ? 'touched' : 'rung');
      }, 50);
    });
    const rung = page.waitForEvent('console', (message) => message.text() === 'rung');
    await page.goto(site.url);
    await rung;
    await page.clock.fastForward(5_000);
    await page.evaluate(() => window.chat.ring({ text: 'Three' }));
    await expect.poll(() => notes).toBeGreaterThan(0);
    // The notes of one sound start together.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
    expect(notes).toBe(2);
  });

  test('on the server can import the module', async () => {
    const module = await import('../../../src/ui/index.ts');
    expect(module.PartylineChatElement).toBeDefined();
  });

  test('uses its own color scheme before the visitor’s', async ({ panel, page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await panel.open();
    const background = () =>
      panel.panel.evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(await background()).toBe('rgb(25, 26, 33)');
    await page.evaluate(() => {
      document.documentElement.style.colorScheme = 'light';
    });
    expect(await background()).toBe('rgb(255, 255, 255)');
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });
  // No animation while sizes are measured.
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('the panel fills the screen, and nothing is cut off or too small to tap', async ({
    panel,
    page,
  }) => {
    await panel.hear({ text: `https://a.example/${'x'.repeat(200)}` }, { text: 'W'.repeat(200) });
    await panel.own({
      text: 'Hello',
      status: 'failed',
      failure: { code: 'rejected', message: 'The gateway refused this message for a long reason.' },
    });
    await panel.change({ hasEarlier: true });
    await panel.connection({ phase: 'waiting', retryAt: 0 });
    await panel.open();
    await expect(panel.panel).toHaveCSS('width', '320px');
    await expect(panel.panel).toHaveCSS('height', '568px');
    await expect(panel.launcher).toBeHidden();
    const overflow = await page.evaluate(() => {
      const scroller = window.element.shadowRoot?.querySelector('.scroller');
      return [
        document.documentElement.scrollWidth,
        (scroller?.scrollWidth ?? 0) - (scroller?.clientWidth ?? 0),
      ];
    });
    expect(overflow).toEqual([320, 0]);
    const buttons = await panel.panel.getByRole('button').all();
    expect(buttons.length).toBe(7);
    for (const button of buttons) {
      const side = await button.evaluate((element: HTMLElement) =>
        Math.min(element.offsetWidth, element.offsetHeight),
      );
      expect(side).toBeGreaterThanOrEqual(44);
    }
    await panel.button('Close').click();
    await expect(panel.launcher).toBeFocused();
  });
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('nothing is animated', async ({ panel, page }) => {
    await panel.change({ typing: { id: 'a', name: 'Ada' }, unread: 2 });
    await panel.connection({ phase: 'connecting' });
    await panel.open();
    await panel.hear({ text: 'Hello' });
    await expect(panel.messages).toHaveCount(1);
    const animated = await page.evaluate(
      () => window.element.shadowRoot?.getAnimations().length ?? -1,
    );
    expect(animated).toBe(0);
  });
});
