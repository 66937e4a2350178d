import type { Content } from '../../../src/protocol/content.ts';
import { expect, test } from './fixtures.ts';

const choice = (text: string, payload: string) =>
  ({ type: 'reply', text, payload, url: null, imageUrl: null }) as const;

const offer: Content = {
  type: 'choices',
  title: null,
  choices: [choice('Yes', 'y'), choice('No', 'n')],
};

test('quick replies go away once one is chosen', async ({ panel }) => {
  await panel.open();
  await panel.hear({ text: 'Shall we?', messageId: 'offer', content: [offer] });
  const group = panel.messages.last().getByRole('group', { name: 'Suggested replies' });
  await expect(group.getByRole('button')).toHaveText(['Yes', 'No']);
  await panel.button('Yes').click();
  expect(await panel.calls('send')).toEqual([
    ['send', ['Yes', { kind: 'quick-reply', payload: 'y', originatingMessageId: 'offer' }]],
  ]);
  await expect(panel.button('No')).toHaveCount(0);
  // The focus stays with the answered message.
  await expect(panel.messages.first()).toBeFocused();
});

test('a message without a text shows its content, and screen readers get its title', async ({
  panel,
}) => {
  await panel.open();
  const file: Content = {
    type: 'attachment',
    attachmentId: 'a',
    url: null,
    name: 'lamp.pdf',
    kind: 'file',
    mime: 'application/pdf',
    size: 1_200,
    text: null,
  };
  await panel.hear({ text: '', content: [file] });
  const message = panel.messages.last();
  await expect(message).toHaveAccessibleName(/lamp\.pdf$/);
  // The bubble is for screen readers only.
  await expect(message.locator('.bubble')).toHaveCSS('clip-path', 'inset(50%)');
  await expect(message.locator('.file')).toBeVisible();
});

test('quick replies are disabled in a conversation that has ended', async ({ panel }) => {
  await panel.open();
  await panel.hear({ text: 'Shall we?', content: [offer] });
  await panel.change({ conversation: { conversationId: 'c1', status: 'ended' } });
  await expect(panel.button('Yes')).toBeDisabled();
});

test('cards, lists, times and files are shown, and their links work', async ({ panel }) => {
  await panel.open();
  await panel.hear(
    {
      text: 'Our teas',
      content: [
        {
          type: 'cards',
          cards: [
            {
              title: 'Sencha',
              description: 'Green and mild',
              imageUrl: null,
              link: null,
              choices: [
                {
                  type: 'link',
                  text: 'Look',
                  payload: '',
                  url: 'https://tea.example/',
                  imageUrl: null,
                },
                choice('Buy', 'buy-sencha'),
              ],
            },
          ],
        },
      ],
    },
    {
      text: 'Pick',
      content: [
        {
          type: 'list',
          title: 'Sizes',
          subtitle: null,
          sections: [
            {
              title: null,
              isMultiple: false,
              items: [{ id: 's', title: 'Small', subtitle: '50 g', imageUrl: null }],
            },
          ],
        },
        {
          type: 'times',
          title: 'Delivery',
          subtitle: null,
          imageUrl: null,
          times: [
            { dateTime: '2026-03-02T09:30:00Z', at: Date.UTC(2026, 2, 2, 9, 30), duration: 30 },
          ],
        },
      ],
    },
    {
      text: '',
      content: [
        {
          type: 'attachment',
          attachmentId: 'a',
          url: 'https://files.example/menu.pdf',
          name: 'menu.pdf',
          kind: 'file',
          mime: 'application/pdf',
          size: 1_500_000,
          text: null,
        },
        { type: 'unsupported', name: 'Form', title: 'Your address' },
      ],
    },
  );
  await expect(panel.messages.first()).toContainText('Green and mild');
  await expect(panel.panel.getByRole('link', { name: 'Look' })).toHaveAttribute(
    'href',
    'https://tea.example/',
  );
  const file = panel.panel.getByRole('link', { name: /menu\.pdf/ });
  await expect(file).toContainText('1.5 MB');
  await expect(file).toHaveAttribute('rel', /noopener/);
  await expect(panel.messages.last()).toContainText('can’t be shown here: Your address');
  await panel.button('Small 50 g').click();
  await panel.button('Buy').click();
  expect(await panel.calls('send')).toMatchObject([
    ['send', ['Small', { kind: 'list', payload: 's' }]],
    ['send', ['Buy', { kind: 'button', payload: 'buy-sencha' }]],
  ]);
});

test('a conversation that is about to end shows when', async ({ panel }) => {
  await panel.open();
  await panel.hear({ text: 'Hello' });
  const expiresAt = Date.now() + 240_000;
  await panel.change({ conversation: { conversationId: 'c1', status: 'connected', expiresAt } });
  await expect(
    panel.panel.getByText(/^This chat will close at .* unless there’s a new message\.$/),
  ).toBeVisible();
});

test('a card that says something when it is pressed has its title as a button', async ({
  panel,
  allowWarnings,
}) => {
  allowWarnings(/violates the following Content Security Policy directive/);
  await panel.open();
  await panel.hear({
    text: 'Our tea',
    messageId: 'tea',
    content: [
      {
        type: 'cards',
        cards: [
          {
            title: 'Sencha',
            description: null,
            imageUrl: null,
            videoUrl: 'https://tea.example/sencha.mp4',
            link: choice('Sencha, please', 'sencha'),
            choices: [],
          },
        ],
      },
    ],
  });
  // The fixture's CSP allows no videos, so that the link stands in for it.
  const link = panel.panel.getByRole('link', { name: 'Sencha' });
  await expect(link).toHaveAttribute('href', 'https://tea.example/sencha.mp4');
  await expect(panel.messages.last().locator('video')).toBeHidden();
  await panel.button('Sencha').click();
  const reply = { kind: 'button', payload: 'sencha', originatingMessageId: 'tea' };
  expect(await panel.calls('send')).toEqual([['send', ['Sencha, please', reply]]]);
  await expect(panel.button('Sencha')).toHaveCount(0);
  await panel.page.evaluate(() => window.violations.splice(0));
});

test('a list says its own words, and the choice stays visible', async ({ panel }) => {
  await panel.open();
  const item = { id: 's', title: 'Small', subtitle: null, imageUrl: null };
  await panel.hear({
    text: 'Which size?',
    messageId: 'size',
    content: [
      {
        type: 'list',
        title: null,
        subtitle: null,
        reply: 'My size',
        sections: [{ title: null, isMultiple: false, items: [item] }],
      },
    ],
  });
  await panel.button('Small').click();
  const values = [{ id: '', text: 'Small', payload: 's' }];
  const reply = { kind: 'list', payload: 's', originatingMessageId: 'size', values };
  expect(await panel.calls('send')).toEqual([['send', ['My size', reply]]]);
  await panel.own({
    text: 'My size',
    content: [{ type: 'answer', kind: 'ListPicker', text: 'Small', payload: 's' }],
  });
  await expect(panel.messages.last().locator('.extras')).toHaveText('Small');
});

test('a date picker without a free time says so, with the days that it was for', async ({
  panel,
}) => {
  await panel.open();
  await panel.hear({
    text: 'When?',
    content: [
      {
        type: 'times',
        title: null,
        subtitle: null,
        imageUrl: null,
        earliest: '2026-08-22',
        latest: '2026-08-30',
        times: [],
      },
    ],
  });
  const extras = panel.messages.last().locator('.extras');
  await expect(extras).toContainText('August 22, 2026 – August 30, 2026');
  await expect(extras).toContainText('No times are available right now.');
  await expect(extras.getByRole('group')).toHaveCount(0);
});
