import { expect, test } from './fixtures.ts';
import { form, list } from './form-content.ts';

const offered = { text: 'Then let us talk.', messageId: 'offer' } as const;

test('a form can be filled in by keyboard', async ({ panel, page }) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form] });
  const { keyboard } = page;
  await panel.button('Yes, call me').focus();
  await keyboard.press('Enter');
  const box = panel.panel.getByRole('form', { name: 'Shall we call you back?' });
  // The focus moves to the start of the page, which says its number.
  await expect(page.locator('[data-step]')).toBeFocused();
  await expect(page.locator('[data-step]')).toHaveText(/1 of 3\s*You/);
  await keyboard.press('Tab');
  await expect(box.getByLabel('First name (required)')).toBeFocused();
  await keyboard.type('Grace');
  await keyboard.press('Tab');
  await expect(box.getByLabel('E-mail')).toHaveAccessibleDescription('Only for this call.');
  await expect(box.getByLabel('E-mail')).toHaveAttribute('autocomplete', 'email');
  await keyboard.press('Enter');

  await expect(page.locator('[data-step]')).toHaveText(/2 of 3/);
  await keyboard.press('Tab');
  await expect(box.getByLabel('Day (required)')).toHaveAccessibleDescription(
    'March 2, 2026 – March 20, 2026',
  );
  await keyboard.type('03052026');
  await box.getByLabel('Time of day').focus();
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await expect(box.getByRole('button', { name: 'Next' })).toBeFocused();
  await keyboard.press('Space');

  await expect(page.locator('[data-step]')).toHaveText('3 of 3');
  await keyboard.press('Tab');
  await expect(box.getByRole('checkbox', { name: 'Delivery' })).toBeFocused();
  await keyboard.press('Space');
  await keyboard.press('Tab');
  await keyboard.press('Space');
  await box.getByRole('button', { name: 'Next' }).focus();
  await keyboard.press('Enter');

  await expect(page.locator('[data-step]')).toHaveText('Check your answers');
  await expect(box.locator('dd')).toHaveText([
    'Grace',
    '–',
    'March 5',
    'Afternoon',
    'Delivery, Invoice',
    '–',
  ]);
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await expect(box.getByRole('button', { name: 'Send' })).toBeFocused();
  await keyboard.press('Enter');
  expect(await panel.calls('send')).toEqual([
    [
      'send',
      [
        'Please call me',
        {
          kind: 'form',
          payload: 'call-back',
          originatingMessageId: 'offer',
          values: [
            { id: 'name', text: 'Grace', payload: 'Grace' },
            { id: 'day', text: 'March 5', payload: '2026-03-05T00:00:00.000Z' },
            { id: 'hour', text: 'Afternoon', payload: 'pm' },
            { id: 'topics', text: 'Delivery', payload: 't1' },
            { id: 'topics', text: 'Invoice', payload: 't2' },
          ],
        },
      ],
    ],
  ]);
  await expect(panel.panel.getByRole('form')).toHaveCount(0);
  await expect(panel.button('Yes, call me')).toHaveCount(0);
  // The focus stays with the answered message.
  await expect(panel.messages.first()).toBeFocused();
});

test('errors are shown next to their fields, and the first one gets the focus', async ({
  panel,
}) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form] });
  await panel.button('Yes, call me').click();
  const name = panel.panel.getByLabel('First name');
  const mail = panel.panel.getByLabel('E-mail');
  await mail.fill('somewhere');
  await panel.button('Next').click();
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(name).toHaveAccessibleDescription('This field is required.');
  await expect(mail).toHaveAccessibleDescription(
    'Only for this call. Enter a valid email address.',
  );
  await name.fill('A'.repeat(31));
  await expect(name).toHaveAccessibleDescription('Use up to 30 characters.');
  await name.fill('Ada');
  await expect(name).not.toHaveAttribute('aria-invalid');
  await mail.fill('ada@tea.example');
  await panel.button('Next').click();

  const day = panel.panel.getByLabel('Day (required)');
  await day.fill('2026-04-01');
  await panel.button('Next').click();
  await expect(day).toBeFocused();
  await expect(day).toHaveAccessibleDescription(/Check this answer\./);
  await day.fill('2026-03-20');
  await panel.button('Next').click();
  await panel.button('Next').click();
  const delivery = panel.panel.getByRole('checkbox', { name: 'Delivery' });
  await expect(delivery).toBeFocused();
  await expect(delivery).toHaveAccessibleDescription('Choose at least one.');
  expect(await panel.calls('send')).toEqual([]);
});

test('a half-filled form survives new messages, closing, and going back', async ({ panel }) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form] });
  await panel.button('Yes, call me').click();
  const name = panel.panel.getByLabel('First name');
  await name.pressSequentially('Ad');
  await panel.hear({ text: 'Take your time.' });
  await name.pressSequentially('a');
  await expect(name).toHaveValue('Ada');
  // Enough that the row of the form is removed and added again.
  await panel.fill(200);
  await panel.page.locator('textarea.input').focus();
  await expect(name).toHaveCount(0);
  await panel.page.evaluate(() => {
    window.element.shadowRoot?.querySelector('.scroller')?.scrollTo(0, 0);
  });
  await expect(name).toHaveValue('Ada');
  await panel.button('Cancel').click();
  await expect(name).toHaveCount(0);
  await panel.button('Yes, call me').click();
  await panel.button('Next').click();
  await panel.button('Back').click();
  await expect(name).toHaveValue('Ada');
});

test('a form that could not be sent is shown again, as it was', async ({ panel }) => {
  await panel.open();
  await panel.hear({ ...offered, content: [list] });
  await panel.panel.getByRole('checkbox', { name: 'Shino' }).check();
  await panel.refuse({ send: { code: 'rejected', message: 'Too many are waiting.' } });
  await panel.button('Send: Samples').click();
  await expect(panel.alert).toContainText('This couldn’t be sent. Change it and try again.');
  await expect(panel.panel.getByRole('checkbox', { name: 'Shino' })).toBeChecked();
});

test('several items of a list are sent together, and an empty choice has an error', async ({
  panel,
}) => {
  await panel.open();
  await panel.hear({ ...offered, content: [list] });
  const box = panel.panel.getByRole('form', { name: 'Samples' });
  const send = box.getByRole('button', { name: 'Send: Samples' });
  await expect(send).toHaveAttribute('aria-disabled', 'true');
  await expect(send).toHaveAccessibleDescription('Choose at least one.');
  // As a key press or a tap does.
  await send.dispatchEvent('click');
  expect(await panel.calls('send')).toEqual([]);
  const glazes = box.getByRole('group', { name: 'Glazes' });
  await glazes.getByLabel('Shino').check();
  await glazes.getByLabel('Celadon').check();
  await box.getByLabel('Small').check();
  await box.getByLabel('Large').check();
  await expect(send).not.toHaveAttribute('aria-disabled');
  await expect(send).toHaveAccessibleDescription('');
  await send.click();
  expect(await panel.calls('send')).toEqual([
    [
      'send',
      [
        'Celadon, Shino, Large',
        {
          kind: 'list',
          payload: 'g1',
          originatingMessageId: 'offer',
          values: [
            { id: '', text: 'Celadon', payload: 'g1' },
            { id: '', text: 'Shino', payload: 'g3' },
            { id: '', text: 'Large', payload: 's2' },
          ],
        },
      ],
    ],
  ]);
  await expect(box).toHaveCount(0);
  await expect(panel.messages.first()).toContainText('Tenmoku');
});

test('a form in a conversation that has ended can’t be sent', async ({ panel }) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form, list] });
  await panel.panel.getByLabel('Shino').check();
  await panel.change({ conversation: { conversationId: 'c1', status: 'ended' } });
  await expect(panel.button('Yes, call me')).toBeDisabled();
  await expect(panel.panel.getByRole('form').getByRole('button', { name: 'Send' })).toBeDisabled();
});

test('a form answered in another tab goes away, and the focus stays with its message', async ({
  panel,
}) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form] });
  await panel.button('Yes, call me').click();
  await panel.panel.getByLabel('First name').fill('Ada');
  await panel.own({ text: 'Please call me' });
  await expect(panel.panel.getByRole('form')).toHaveCount(0);
  await expect(panel.messages.first()).toBeFocused();
});

test('the next visitor does not see what the previous one filled in', async ({ panel }) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form] });
  await panel.button('Yes, call me').click();
  await panel.panel.getByLabel('First name').fill('Ada');
  const hub = await panel.page.evaluate(() => window.chat.getSnapshot().hub);
  await panel.change({ hub: { ...hub, epoch: 'e1.2' }, messages: [] });
  await panel.hear({ ...offered, content: [form] });
  await panel.button('Yes, call me').click();
  await expect(panel.panel.getByLabel('First name')).toHaveValue('');
});

test('the answers of a form are shown below the visitor’s message', async ({ panel }) => {
  await panel.open();
  const answer = (text: string) => ({ type: 'answer', kind: 'form', text, payload: text }) as const;
  await panel.own({ text: 'Please call me', content: [answer('Ada'), answer('March 5')] });
  await expect(panel.messages.last()).toContainText(/Please call me\s*Ada\s*March 5/);
});

test('the controls are at least 44 px large', async ({ panel }) => {
  await panel.open();
  await panel.hear({ ...offered, content: [form, list] });
  await panel.button('Yes, call me').click();
  const controls = panel.panel.locator('.form :is(label.option, .form-field > input)');
  await expect(controls).toHaveCount(7);
  for (const control of await controls.all()) {
    expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  }
});

test('a form is in the page’s language, or has the site’s own texts', async ({ panel, page }) => {
  await page.evaluate(() => {
    document.documentElement.lang = 'de';
  });
  await page.evaluate(() => {
    window.element.open = true;
  });
  await panel.hear({ ...offered, content: [{ ...form, button: null }] });
  await page.getByRole('button', { name: 'Formular ausfüllen' }).click();
  await expect(page.locator('[data-step]')).toContainText('1 von 3');
  await page.getByLabel('First name (erforderlich)').fill('Ada');
  await page.getByRole('button', { name: 'Weiter', exact: true }).click();
  await expect(page.getByLabel('Day (erforderlich)')).toHaveAccessibleDescription(
    '2. März 2026 – 20. März 2026',
  );
  await page.evaluate(() => {
    const form = {
      open: 'Go',
      next: 'Onwards',
      back: 'Backwards',
      step: (page: number) => `Leaf ${page}`,
      summary: 'All of it',
      required: 'a must',
      choose: 'Which?',
      chooseOne: 'Any.',
      empty: 'Nothing?',
      invalid: 'Sure?',
      invalidEmail: 'Sure?',
      invalidDate: 'Sure?',
      atMost: () => 'Too much.',
    };
    window.element.texts = { ...window.english, form };
  });
  await expect(page.locator('[data-step]')).toContainText('Leaf 2');
  await expect(page.getByRole('button', { name: 'Onwards' })).toBeVisible();
});

test('a form whose code can’t be loaded shows an error and a retry button', async ({
  panel,
  page,
}) => {
  await panel.open();
  // The controller of files has a chunk of the same name, which isn't loaded here.
  await page.route('**/controller-*.js', (route) => route.abort());
  await panel.hear({ ...offered, content: [form] });
  await expect(panel.messages.last()).toContainText(
    'Can’t connect. Check your internet connection.',
  );
  await page.unroute('**/controller-*.js');
  await panel.button('Try again').click();
  await expect(panel.button('Yes, call me')).toBeVisible();
});
