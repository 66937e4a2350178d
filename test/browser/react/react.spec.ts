import { serveFixture } from '../panel/serve-fixture.ts';
import { test as base, expect } from '../support/watched.ts';

const test = base.extend<Record<never, never>, { site: { url: string } }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const site = await serveFixture(new URL('./fixture', import.meta.url));
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],
});

test.beforeEach(async ({ page, site }) => {
  await page.goto(site.url);
});

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.violations)).toEqual([]);
});

test('useChat draws what the chat has, again whenever it changes', async ({ page }) => {
  await expect(page.getByRole('status').first()).toHaveText('0 unread of 0, null');
  await page.evaluate(() => {
    window.chat.add(window.chat.message({ text: 'hello' }));
    window.chat.change({ unread: 1 });
  });
  await expect(page.locator('output')).toHaveText('1 unread of 1, null');
  await expect(page.getByRole('button', { name: 'Chat', exact: true })).toHaveAccessibleDescription(
    '1 unread message',
  );
});

test('the component’s props are the element’s properties, and its event comes back', async ({
  page,
}) => {
  await expect(page.getByText('It is closed.')).toBeVisible();
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByRole('heading', { name: 'Ask the lamp shop' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeFocused();
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article')).toContainText('hello');
  await page.keyboard.press('Escape');
  await expect(page.getByText('It is closed.')).toBeVisible();
});

test('a prop that is taken away is the default again', async ({ page }) => {
  await page.getByRole('button', { name: 'Open it' }).click();
  await page.getByRole('button', { name: 'Forget the heading' }).click();
  await expect(page.getByRole('heading', { name: 'Chat with us' })).toBeVisible();
});

test('nothing listens to the chat any more once React has taken the component away', async ({
  page,
}) => {
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();
  await page.evaluate(() => window.unmount());
  await expect.poll(() => page.evaluate(() => window.chat.listeners.size)).toBe(0);
});
