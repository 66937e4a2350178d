import { expect, test } from './fixtures.ts';

test.describe('the launcher', () => {
  test('is a button "Chat" with the unread count as its description', async ({ panel }) => {
    await expect(panel.launcher).toHaveAttribute('aria-expanded', 'false');
    await expect(panel.launcher).toHaveAccessibleDescription('');
    await panel.change({ unread: 3 });
    await expect(panel.launcher).toHaveAccessibleName('Chat');
    await expect(panel.launcher).toHaveAccessibleDescription('3 unread messages');
    await expect(panel.launcher).toHaveText(/^3/);
    await panel.change({ unread: 1 });
    await expect(panel.launcher).toHaveAccessibleDescription('1 unread message');
  });

  test('opens for a click during which the panel is loaded', async ({ panel, page }) => {
    let release = () => {};
    const pressed = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Everything that is loaded after the page itself.
    await page.route(/panel/, async (route) => {
      await pressed;
      await route.continue();
    });
    await panel.reload();
    await panel.launcher.hover();
    await page.mouse.down();
    release();
    await expect(panel.launcher).toHaveAttribute('aria-controls', /./);
    await page.mouse.up();
    await expect(panel.panel).toBeVisible();
  });

  test('opens a panel in which every part has a unique name', async ({ panel, page }) => {
    await panel.open();
    await expect(panel.launcher).toHaveAttribute('aria-expanded', 'true');
    await expect(panel.panel).toBeVisible();
    await expect(panel.feed).toBeVisible();
    await expect(panel.status).toHaveText('Connected');
    // By a substring, too, as scripts and voice control match names.
    for (const [role, name] of [
      ['button', 'Chat'],
      ['button', 'Send'],
      ['textbox', 'Message'],
      ['feed', 'Conversation'],
      ['dialog', 'Chat'],
    ] as const) {
      await expect(page.getByRole(role, { name })).toHaveCount(1);
    }
    await expect(page.getByRole('status')).toHaveCount(1);
  });

  test('gets the focus back when Escape closes the panel', async ({ panel, page }) => {
    await panel.open();
    await expect(panel.textbox).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(panel.panel).toBeHidden();
    await expect(panel.launcher).toBeFocused();
    await panel.launcher.click();
    await panel.button('Close').click();
    await expect(panel.launcher).toBeFocused();
  });

  test('fires an event when the panel opens and closes', async ({ panel, page }) => {
    const states = await page.evaluateHandle(() => {
      const seen: boolean[] = [];
      window.element.addEventListener('toggle', () => seen.push(window.element.open));
      return seen;
    });
    await panel.open();
    await page.keyboard.press('Escape');
    await expect.poll(() => states.jsonValue()).toEqual([true, false]);
  });

  test('does not move the focus if the page is loaded with the panel open', async ({
    page,
    site,
  }) => {
    await page.route('**/', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('<partyline-chat>', '<partyline-chat open>');
      await route.fulfill({ response, body });
    });
    await page.goto(site.url);
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  });

  test('shows an error when the panel throws on creation, and tries again', async ({
    page,
    site,
    expectWarnings,
  }) => {
    expectWarnings(/the panel could not be loaded: Error: not this time/);
    // The first object that the panel host creates.
    await page.addInitScript(() => {
      window.MutationObserver = class extends MutationObserver {
        constructor(callback: MutationCallback) {
          if (!('isMended' in document.documentElement.dataset)) throw new Error('not this time');
          super(callback);
        }
      };
    });
    await page.goto(site.url);
    const launcher = page.getByRole('button', { name: 'Chat', exact: true });
    await launcher.click();
    await expect(page.getByRole('alert')).toContainText('couldn’t load');
    await page.evaluate(() => {
      document.documentElement.dataset.isMended = '';
    });
    await launcher.click();
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  });

  test('shows an error when the panel cannot be loaded, and tries again', async ({
    page,
    site,
    expectWarnings,
  }) => {
    expectWarnings(/the panel could not be loaded/);
    let isOut = true;
    await page.route('**/assets/panel-*.js', (route) => (isOut ? route.abort() : route.continue()));
    await page.goto(site.url);
    const launcher = page.getByRole('button', { name: 'Chat', exact: true });
    await launcher.click();
    await expect(page.getByRole('alert')).toContainText('couldn’t load');
    await expect(launcher).toHaveAttribute('aria-expanded', 'false');
    isOut = false;
    await launcher.click();
    await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  });
});
