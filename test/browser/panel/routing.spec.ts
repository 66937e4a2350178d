import { expect, test } from './fixtures.ts';

const refused = { code: 'routing-refused', message: 'There is no skill group “billing”.' } as const;

test('a refused routing is said with what was meant, and can go on with it', async ({ panel }) => {
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
  await expect(panel.alert).toContainText('Did you mean “Billing”?');
  await panel.button('Go on with Billing').click();
  expect(await panel.calls('start', 'retry')).toEqual([
    ['start', { skillGroups: ['Billing'] }],
    ['retry', messageId],
  ]);
  await expect(panel.textbox).toBeFocused();
  await panel.change({ routing: null });
  await expect(panel.alert).toHaveCount(0);
});

test('with nobody on duty the visitor chooses to wait, or leaves it', async ({ panel }) => {
  await panel.open();
  const uncovered = { kind: 'uncovered', skillGroups: ['Tier1_Support', 'Billing'] } as const;
  await panel.change({ routing: { ...uncovered, isAsking: true } });
  await expect(panel.alert).toContainText(
    'Nobody from Tier1 Support or Billing is on duty at the moment.',
  );
  await panel.button('Wait all the same').click();
  await panel.button('Not now').click();
  expect(await panel.calls('waitAnyway', 'end')).toEqual([['waitAnyway'], ['end']]);
  await panel.change({ routing: { ...uncovered, isAsking: false } });
  await expect(panel.alert).toContainText('Nobody from');
  await expect(panel.button('Wait all the same')).toHaveCount(0);
});

test('a queue that stalls says since when, and why', async ({ panel }) => {
  await panel.change({ conversation: { conversationId: 'c1', status: 'queued' } });
  await panel.open();
  const since = new Date(2026, 4, 12, 14, 30).getTime();
  await panel.change({ routing: { kind: 'stalled', since, reason: 'busy' } });
  await expect(panel.alert).toHaveText(
    /You have been waiting since 2:30.PM\. Everybody is busy; it will be your turn\./,
  );
  await panel.change({ routing: { kind: 'unchecked' } });
  await expect(panel.alert).toContainText('The right team can’t be found at the moment.');
});
