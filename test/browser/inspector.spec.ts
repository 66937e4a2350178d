import { readFile } from 'node:fs/promises';
import { readRecording, replay } from '../simulation/replay.ts';
import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';

test('the inspector shows what the hub does, and saves what can be replayed, without a word of it', {
  tag: '@either-host',
}, async ({ gateway, openTab, context }) => {
  const tab = await openTab('/');
  await tab.send('my name is Quetzalcoatl');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'thank you, Mrs Miller');
  await tab.shows(['my name is Quetzalcoatl', 'thank you, Mrs Miller']);

  const inspector = await context.newPage();
  const reports: string[] = [];
  inspector.on('console', (message) => {
    if (message.type() === 'error') reports.push(message.text());
  });
  await inspector.goto(new URL('/inspector/', tab.page.url()).href);
  await expect(inspector.getByText('online, conversation')).toBeVisible();
  await expect(inspector.getByText(/(visible|hidden), \d+ updates left/)).toBeVisible();
  const steps = inspector.getByRole('list', { name: 'Events' }).getByRole('listitem');
  await expect(steps.filter({ hasText: 'call send' }).first()).toBeVisible();

  // What goes out meanwhile is seen as it goes.
  await gateway.stop();
  await expect(inspector.getByText('waiting', { exact: true })).toBeVisible();
  await tab.send('are you there?');
  await expect(inspector.getByText('queued', { exact: true })).toBeVisible();

  await expect(steps.filter({ hasText: 'tab-attached' })).not.toHaveCount(0);
  await inspector.getByRole('combobox').selectOption('calls');
  await expect(steps.filter({ hasText: 'tab-attached' })).toHaveCount(0);
  const downloading = inspector.waitForEvent('download');
  await inspector.getByRole('button', { name: 'Download recording' }).click();
  const text = await readFile(await (await downloading).path(), 'utf8');
  for (const word of ['Quetzalcoatl', 'Miller', 'are you there']) {
    expect(text).not.toContain(word);
    expect(await inspector.content()).not.toContain(word);
  }
  const { steps: count, difference } = replay(readRecording(text));
  expect(difference).toBeNull();
  expect(count).toBeGreaterThan(20);
  expect(reports).toEqual([]);
});

test('the inspector says so when there is no hub to look at', async ({ site, page }) => {
  await page.goto(new URL('/inspector/', site.url).href);
  await expect(page.getByRole('status')).toContainText('No hub found');
});
