import { expect, test } from './fixtures.ts';

test('a whole conversation works by keyboard', async ({ panel, page }) => {
  const { keyboard } = page;
  await panel.change({ conversation: null });
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await expect(panel.launcher).toBeFocused();
  await keyboard.press('Enter');
  await expect(panel.textbox).toBeFocused();

  await keyboard.type('My lamp flickers.');
  await keyboard.press('Shift+Enter');
  await keyboard.type('And hums.');
  await keyboard.press('Enter');
  expect(await panel.calls('start', 'send')).toEqual([
    ['start', { skillGroups: ['Tier1_Support', 'Billing'] }],
    ['send', 'My lamp flickers.\nAnd hums.'],
  ]);
  await expect(panel.textbox).toBeFocused();
  await panel.change({ conversation: { conversationId: 'c2', status: 'connected' } });
  await panel.hear({ text: 'Which lamp is it?' }, { text: 'See https://lamps.example/all' });
  await expect(panel.messages).toHaveCount(3);
  await expect(panel.textbox).toBeFocused();

  // Back through the messages, into a link, and to the textbox.
  await keyboard.press('Shift+Tab');
  await expect(page.getByRole('link', { name: 'https://lamps.example/all' })).toBeFocused();
  await keyboard.press('Shift+Tab');
  await expect(panel.messages.last()).toBeFocused();
  await keyboard.press('ArrowUp');
  await expect(panel.messages.nth(1)).toBeFocused();
  await keyboard.press('Home');
  await expect(panel.messages.first()).toBeFocused();
  await panel.hear({ text: 'Are you there?' });
  await expect(panel.messages).toHaveCount(4);
  await expect(panel.messages.first()).toBeFocused();
  await keyboard.press('Escape');
  await expect(panel.textbox).toBeFocused();
  await expect(panel.panel).toBeVisible();

  // The failed message is sent again.
  const failure = { code: 'rejected', message: 'Not accepted.' } as const;
  const failed = await panel.own({ text: 'Yes', status: 'failed', failure });
  await keyboard.press('Shift+Tab');
  await expect(panel.button('Delete')).toBeFocused();
  await keyboard.press('Shift+Tab');
  await expect(panel.button('Try again')).toBeFocused();
  await keyboard.press('Enter');
  expect(await panel.calls('retry')).toEqual([['retry', failed]]);
  await expect(panel.messages.last()).toBeFocused();

  // The menu opens, closes on Escape without closing the panel, and ends the conversation.
  await panel.button('More options').focus();
  await keyboard.press('Enter');
  await expect(panel.button('End chat')).toBeVisible();
  // From an item, which is removed with the menu.
  await keyboard.press('Tab');
  await expect(panel.button('Save transcript')).toBeFocused();
  await keyboard.press('Escape');
  await expect(panel.button('End chat')).toBeHidden();
  await expect(panel.button('More options')).toBeFocused();
  await keyboard.press('Enter');
  for (let steps = 0; steps < 2; steps += 1) await keyboard.press('Tab');
  await expect(panel.button('End chat')).toBeFocused();
  await keyboard.press('Enter');
  await expect(panel.button('Cancel')).toBeFocused();
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  expect(await panel.calls('end')).toEqual([['end']]);

  await panel.change({ conversation: { conversationId: 'c2', status: 'ended' } });
  await panel.button('New chat').focus();
  await keyboard.press('Enter');
  await expect.poll(() => panel.calls('start')).toHaveLength(2);
  await expect(panel.textbox).toBeFocused();
  await keyboard.press('Escape');
  await expect(panel.panel).toBeHidden();
  await expect(panel.launcher).toBeFocused();
});

test('a pasted text that is too long shows an error at once, and can be shortened', async ({
  panel,
  page,
}) => {
  await panel.open();
  await panel.textbox.fill('x'.repeat(5_000));
  await expect(panel.alert).toHaveCount(0);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+X');
  await expect(panel.textbox).toHaveValue('');
  await page.keyboard.press('Control+V');
  await expect(panel.alert).toContainText('is 904 characters too long');
  await expect(panel.textbox).toHaveValue('x'.repeat(5_000));
  expect(await panel.calls('send')).toEqual([]);
  await panel.textbox.fill('short');
  await expect(panel.alert).toHaveCount(0);
});
