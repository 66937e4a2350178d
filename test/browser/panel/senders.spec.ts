import type { Content } from '../../../src/protocol/content.ts';
import { expect, test } from './fixtures.ts';

const nobody = { id: 'agent', name: '', role: 'agent' } as const;
const bot = { id: 'bot', name: '', role: 'bot' } as const;
/** The fixture's CSP allows no pictures. */
const imageUrl = 'https://pictures.example/ada.jpg';

test('a sender without a name has a general one, seen and heard', async ({ panel }) => {
  await panel.open();
  await panel.hear({ text: 'hi', from: nobody }, { text: 'beep', from: bot });
  await expect(panel.messages.first().locator('.name')).toHaveText('Agent');
  await expect(panel.messages.last().locator('.name')).toHaveText('Virtual assistant');
  await expect(panel.messages.last()).toHaveAccessibleName('Virtual assistant beep');
  await expect(panel.log).toContainText('Agent: hi');
  await expect(panel.log).toContainText('Virtual assistant: beep');
});

test('a message without any words is announced without an empty line', async ({ panel }) => {
  await panel.open();
  const times: Content = { type: 'times', title: null, subtitle: null, imageUrl: null, times: [] };
  await panel.hear({ text: 'first' }, { text: '', from: nobody, content: [times] });
  await expect(panel.log.locator('p').last()).toHaveText('1 new message');
});

test('a system message without a name is announced as the chat', async ({ panel }) => {
  await panel.open();
  await panel.hear({ text: 'Queue moved', from: { id: 's', name: '', role: 'system' } });
  await expect(panel.log).toContainText('Chat: Queue moved');
});

test('somebody without a name who types has a general one', async ({ panel }) => {
  await panel.open();
  await panel.change({ typing: { id: 'agent', name: '' } });
  await expect(panel.panel.locator('.typing')).toHaveText('Agent is typing…');
  await expect(panel.log).toContainText('Agent is typing…');
  await panel.change({ typing: { id: 'bot', name: '', role: 'bot' } });
  await expect(panel.panel.locator('.typing')).toHaveText('Virtual assistant is typing…');
});

test('the site names its agents and bots by attributes, in any language', async ({
  panel,
  page,
}) => {
  await panel.open();
  await panel.hear({ text: 'hi', from: nobody }, { text: 'beep', from: bot });
  await page.evaluate(() => {
    window.element.setAttribute('agent-name', 'Lamp Team');
    window.element.setAttribute('bot-name', 'Lampy');
  });
  await expect(panel.messages.first().locator('.name')).toHaveText('Lamp Team');
  await expect(panel.messages.first().locator('.avatar')).toHaveAttribute('data-initials', 'LT');
  await page.evaluate(() => window.element.setAttribute('lang', 'de'));
  await expect(page.getByRole('textbox', { name: 'Nachricht' })).toBeVisible();
  const names = page.locator('partyline-chat article .name');
  await expect(names).toHaveText(['Lamp Team', 'Lampy']);
  await page.evaluate(() => window.element.removeAttribute('agent-name'));
  await expect(names).toHaveText(['Unser Team', 'Lampy']);
});

test('a picture that cannot be loaded leaves the initials', async ({
  panel,
  page,
  allowWarnings,
}) => {
  allowWarnings(/Loading the image 'https:\/\/pictures\.example/);
  await panel.open();
  await panel.hear({
    text: 'hi',
    from: { id: 'agent:Ada', name: 'Ada Byron', role: 'agent', imageUrl },
  });
  const avatar = panel.messages.last().locator('.avatar');
  await expect(avatar).toHaveAttribute('data-initials', 'AB');
  const image = avatar.locator('img');
  await expect(image).toHaveAttribute('alt', '');
  await expect(image).toHaveAttribute('loading', 'lazy');
  await expect(image).toHaveAttribute('referrerpolicy', 'no-referrer');
  await expect(image).toBeHidden();
  const box = await avatar.boundingBox();
  expect([box?.width, box?.height]).toEqual([28, 28]);
  await expect(panel.messages.last()).toHaveAccessibleName('Ada Byron hi');
  // The fixture's CSP allows no pictures from elsewhere.
  await page.evaluate(() => window.violations.splice(0));
});

test('an offer that was declined is told in words, in any language', async ({ panel, page }) => {
  await panel.open();
  await panel.hear(
    { text: '', content: [{ type: 'declined', offer: 'co-browse' }] },
    { text: '', content: [{ type: 'declined', offer: 'video' }] },
  );
  const words = 'Screen sharing isn’t available in this chat. The request was declined.';
  await expect(panel.messages.first().locator('.extras')).toHaveText(words);
  await expect(panel.messages.first()).toHaveAccessibleName(`Ada Byron ${words}`);
  await expect(panel.log).toContainText(`Ada Byron: ${words}`);
  await expect(panel.messages.last()).toContainText('Video calls aren’t available in this chat.');
  await page.evaluate(() => window.element.setAttribute('lang', 'fr'));
  await expect(page.locator('partyline-chat article').last()).toContainText('appels vidéo');
});

test('a message that could not be delivered says so, and offers nothing that cannot work', async ({
  panel,
}) => {
  await panel.open();
  const failure = { code: 'undelivered', message: 'no' } as const;
  await panel.own({ text: 'hello', status: 'failed', failure });
  const message = panel.messages.last();
  await expect(message).toContainText('This message couldn’t be delivered. Send it again.');
  await expect(message.getByRole('button')).toHaveCount(0);
});
