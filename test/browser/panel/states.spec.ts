import type { Ending } from '../../../src/protocol/conversation.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import { expect, test } from './fixtures.ts';
import { states } from './states.ts';

test.describe('the panel shows its state, and what to do', () => {
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

  test('when the browser stores no history, also to screen readers', async ({ panel }) => {
    await panel.open();
    await states.notKept?.(panel);
    await expect(panel.panel.locator('[aria-live=polite]', { hasText: /./ })).toHaveText(
      'Your chat history won’t be saved in this browser.',
    );
  });

  test('when an agent joins, until they write', async ({ panel }) => {
    await panel.open();
    await states.joined?.(panel);
    await expect(panel.panel).toContainText('An agent joined the chat.');
    await panel.hear({ text: 'Hello' });
    await expect(panel.panel).not.toContainText('joined the chat');
  });

  test('when the agent has left, and the conversation is still open', async ({ panel }) => {
    await panel.open();
    await states.left?.(panel);
    const words = 'The agent has left. Send a message if you still need help.';
    await expect(panel.panel.locator('[aria-live=polite]', { hasText: words })).toBeVisible();
    await panel.change({ conversation: { conversationId: 'c1', status: 'connected' } });
    await expect(panel.panel).not.toContainText('The agent has left');
  });

  test('when someone is typing: once, until they have written', async ({ panel, page, site }) => {
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
});

test.describe('the menu', () => {
  test('ends the conversation, and closes on Escape and when the focus leaves', async ({
    panel,
    page,
  }) => {
    await panel.open();
    const more = panel.button('More options');
    await more.click();
    await expect(panel.button('End chat')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(panel.button('End chat')).toHaveCount(0);
    await expect(more).toBeFocused();
    await more.click();
    await panel.textbox.focus();
    await expect(panel.button('End chat')).toHaveCount(0);
    await more.click();
    await panel.button('End chat').click();
    const question = page.getByRole('alertdialog', { name: 'End chat' });
    await expect(question).toHaveAccessibleDescription('End this chat?');
    await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(question).toHaveCount(0);
    await expect(more).toBeFocused();
    expect(await panel.calls('end')).toEqual([]);
    await more.click();
    await panel.button('End chat').click();
    await question.getByRole('button', { name: 'End chat' }).click();
    expect(await panel.calls('end')).toEqual([['end']]);
    await expect(panel.textbox).toBeFocused();
  });
});

test.describe('a chat that the visitor ends', () => {
  const ending = (state: Ending): Partial<ChatSnapshot> => ({
    conversation: { conversationId: 'c1', status: 'connected', ending: state },
  });

  test('is not shown as ended before it is', async ({ panel, page }) => {
    await panel.own({ text: 'Mine' });
    await panel.open();
    await panel.change(ending('pending'));
    await expect(page.getByText('Ending this chat…')).toBeVisible();
    await expect(page.getByText('This chat has ended')).toBeHidden();
    await panel.button('More options').click();
    await expect(panel.button('End chat')).toHaveCount(0);
    await panel.change({ conversation: { conversationId: 'c1', status: 'ended' } });
    await expect(page.getByText('This chat has ended')).toBeVisible();
  });

  test('and did not end can be ended again, or goes on', async ({ panel, page }) => {
    const words = 'We couldn’t confirm that this chat has ended.';
    await panel.open();
    await panel.refuse({ end: { code: 'timeout', message: 'no confirmation' } });
    await panel.button('More options').click();
    await panel.button('End chat').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End chat' }).click();
    await panel.change(ending('unconfirmed'));
    await expect(page.getByText(words)).toBeVisible();
    // Once, and not in the alert as well.
    await expect(page.getByText('We couldn’t confirm')).toHaveCount(1);
    await panel.refuse({});
    await panel.button('Try again').click();
    expect(await panel.calls('end')).toEqual([['end'], ['end']]);
    await expect(panel.textbox).toBeFocused();
    await panel.change({ conversation: { conversationId: 'c1', status: 'connected' } });
    await expect(page.getByText(words)).toBeHidden();
  });

  test('says why it could not be ended', async ({ panel, page }) => {
    await panel.open();
    for (const [state, words, isRetried] of [
      ['forbidden', 'This isn’t available in this chat.', 0],
      ['rate-limited', 'We’re a little slow right now. Please wait a moment.', 1],
      ['unavailable', 'Chat is temporarily unavailable. Try again later.', 1],
    ] as const) {
      await panel.change(ending(state));
      await expect(page.getByText(`This chat couldn’t be ended. ${words}`)).toBeVisible();
      await expect(panel.button('Try again')).toHaveCount(isRetried);
    }
  });

  test('takes a message for the next one', async ({ panel }) => {
    await panel.open();
    await panel.change(ending('pending'));
    await panel.textbox.fill('something else');
    await panel.button('Send').click();
    await expect.poll(() => panel.calls('start')).toHaveLength(1);
    expect(await panel.calls('send')).toEqual([['send', 'something else']]);
  });
});

test('the launcher uses the Arabic plural forms', async ({ panel, page }) => {
  await page.evaluate(() => {
    document.documentElement.lang = 'ar';
  });
  const launcher = page.getByRole('button', { name: 'الدردشة', exact: true });
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
