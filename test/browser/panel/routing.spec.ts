import { expect, test } from './fixtures.ts';

const refused = { code: 'routing-refused', message: 'There is no skill group “billing”.' } as const;

test('a refused routing offers the suggested one', async ({ panel }) => {
  await panel.change({ conversation: null });
  await panel.open();
  const messageId = await panel.own({ text: 'My invoice', status: 'failed', failure: refused });
  await panel.change({
    routing: {
      kind: 'refused',
      problems: ['There is no skill group “billing”. Did you mean “Billing”?'],
      suggested: { skillGroups: ['Billing'] },
    },
  });
  await expect(panel.alert).toContainText('We couldn’t send your request.');
  await panel.button('Continue with Billing').click();
  expect(await panel.calls('start', 'retry')).toEqual([
    ['start', { skillGroups: ['Billing'] }],
    ['retry', messageId],
  ]);
  await expect(panel.textbox).toBeFocused();
  await panel.change({ routing: null });
  await expect(panel.alert).toHaveCount(0);
});

test('without available agents, the visitor can wait or leave', async ({ panel }) => {
  await panel.open();
  const uncovered = { kind: 'uncovered', skillGroups: ['Tier1_Support', 'Billing'] } as const;
  await panel.change({ routing: { ...uncovered, isAsking: true } });
  await expect(panel.alert).toContainText(
    'No one from Tier1 Support or Billing is available right now.',
  );
  await panel.button('Wait anyway').click();
  await panel.button('Not now').click();
  expect(await panel.calls('waitAnyway', 'end')).toEqual([['waitAnyway'], ['end']]);
  await panel.change({ routing: { ...uncovered, isAsking: false } });
  await expect(panel.alert).toContainText('No one from');
  await expect(panel.button('Wait anyway')).toHaveCount(0);
});

test('a long wait shows since when, and why', async ({ panel }) => {
  await panel.change({ conversation: { conversationId: 'c1', status: 'queued' } });
  await panel.open();
  const since = new Date(2026, 4, 12, 14, 30).getTime();
  await panel.change({ routing: { kind: 'stalled', since, reason: 'busy' } });
  await expect(panel.alert).toHaveText(
    /You’ve been waiting since 2:30.PM\. All agents are busy\. Thanks for waiting\./,
  );
  await panel.change({ routing: { kind: 'unchecked' } });
  await expect(panel.alert).toContainText('We can’t reach the right team right now.');
});
