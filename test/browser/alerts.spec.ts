import type { Page } from '@playwright/test';
import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';

/** How often a page has begun a note, since it was opened. */
function notes(page: Page): Promise<number> {
  return page.evaluate(() => Number(document.documentElement.dataset.notes ?? 0));
}

test('something new rings in one tab, is badged there, and is read in all', async ({
  gateway,
  openTab,
  context,
}) => {
  await context.addInitScript(() => {
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function count(when) {
      const { dataset } = document.documentElement;
      dataset.notes = String(Number(dataset.notes ?? 0) + 1);
      start.call(this, when);
    };
  });
  const tabs = [await openTab('/'), await openTab('/'), await openTab('/')];
  const [first, second] = tabs;
  if (!first || !second) throw new Error('there are no tabs');
  for (const tab of tabs) {
    // Used, so that it may sound, and closed, so that nothing is read at once.
    await tab.textbox.press('Escape');
    await expect(tab.textbox).toBeHidden();
  }
  await second.open();
  await second.send('hello');
  const conversationId = await takeConversation(gateway);
  await second.shows(['hello']);
  await second.textbox.press('Escape');
  const titles = await Promise.all(tabs.map(({ page }) => page.title()));
  await gateway.agent.say(conversationId, 'good morning');
  await expect(second.page).toHaveTitle(/^\(1\) /);
  expect(await Promise.all(tabs.map(({ page }) => notes(page)))).toEqual([0, 2, 0]);
  expect(await first.page.title()).toBe(titles[0]);
  // Read in another tab, it is read in this one.
  await first.open();
  await expect(second.page).toHaveTitle(titles[1] ?? '');
});
