import { mkdir } from 'node:fs/promises';
import { takeConversation } from './support/agent.ts';
import { brokenRules } from './support/axe.ts';
import { expect, test } from './support/fixtures.ts';

/** A folder for pictures; without it none are taken. */
const pictures = process.env.PARTYLINE_PICTURES;

test('the chat wears every brand of the page of themes, and all can read it', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const { page, ...chat } = await openTab('/themes/');
  await page.getByRole('textbox', { name: 'Message' }).fill('Do you open on Sundays?');
  await page.keyboard.press('Enter');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'Not yet. See https://shop.example/hours');
  await expect(chat.messages).toHaveCount(2);

  const backgrounds = new Set<string>();
  for (const [name, heading] of [
    ['Saltmarsh Pottery', 'Chat with us'],
    ['Nordlys Bank', 'Nordlys Bank'],
    ['Coin-Op Arcade', 'Coin-Op'],
    ['Blütezeit', 'Blütezeit'],
  ] as const) {
    await page.getByRole('radio', { name }).check();
    const panel = page.getByRole('dialog', { name: 'Chat' });
    await expect(panel.getByRole('heading')).toHaveText(heading);
    if (name === 'Blütezeit') {
      await expect(panel.getByRole('textbox', { name: 'Nachricht' })).toBeVisible();
      await expect(page.getByText('vom Marktplatz')).toBeVisible();
      expect((await panel.boundingBox())?.x).toBeLessThan(100);
    }
    backgrounds.add(
      await page.evaluate(() => {
        const root = document.querySelector('partyline-chat')?.shadowRoot;
        const bubble = root?.querySelector('.row.visitor .bubble');
        return bubble ? getComputedStyle(bubble).backgroundColor : '';
      }),
    );
    if (pictures) {
      await mkdir(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}/theme-${heading.toLowerCase()}.png` });
    }
    expect(await brokenRules(page, 'partyline-chat'), name).toEqual([]);
  }
  expect(backgrounds.size).toBe(4);
});
