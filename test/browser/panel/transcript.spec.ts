import { readFile } from 'node:fs/promises';
import { expect, type PanelPage, test } from './fixtures.ts';

async function saved(panel: PanelPage, name: string): Promise<{ file: string; text: string }> {
  const [download] = await Promise.all([
    panel.page.waitForEvent('download'),
    panel.button(name).click(),
  ]);
  return {
    file: download.suggestedFilename(),
    text: await readFile(await download.path(), 'utf8'),
  };
}

test('the whole conversation can be saved, including earlier messages', async ({ panel, page }) => {
  await page.evaluate(() => {
    const { chat } = window;
    chat.older = Array.from({ length: 45 }, (_, n) => chat.message({ text: `Older ${n}` }));
    chat.change({ hasEarlier: true });
    chat.hear({ text: 'Hello,\nI am Ada' });
    chat.add(chat.own({ text: 'Never sent', status: 'failed' }));
  });
  await panel.open();
  await panel.button('More options').click();
  const text = await saved(panel, 'Save transcript');
  expect(text.file).toMatch(/^chat-\d{4}-\d\d-\d\d\.txt$/);
  expect(text.text).toMatch(/· Ada Byron\nHello,\nI am Ada\n/);
  expect(text.text).toMatch(/· You \(Not sent\)\nNever sent\n/);
  expect(text.text.match(/Older \d+/g)).toHaveLength(45);
});

test('a conversation that has ended can be saved and followed by a new one', async ({ panel }) => {
  await panel.hear({ text: 'Goodbye' });
  await panel.open();
  await expect(panel.button('New chat')).toHaveCount(0);
  await panel.change({ conversation: { conversationId: 'c1', status: 'ended' } });
  expect((await saved(panel, 'Save transcript')).text).toContain('Goodbye');
  await panel.button('New chat').click();
  expect(await panel.calls('start')).toHaveLength(1);
  await expect(panel.textbox).toBeFocused();
});

test('nothing is saved, and an error is shown, when a part cannot be loaded', async ({
  panel,
  page,
}) => {
  await panel.hear({ text: 'New' });
  await panel.change({ hasEarlier: true });
  await panel.open();
  await page.evaluate(() => {
    window.chat.loadEarlier = () =>
      Promise.reject(
        Object.assign(new Error('The gateway is away.'), {
          name: 'PartylineError',
          code: 'unavailable',
        }),
      );
  });
  await panel.button('More options').click();
  await panel.button('Save transcript').click();
  await expect(panel.panel.locator('.error')).toHaveText(
    'Chat is temporarily unavailable. Try again later.',
  );
});
