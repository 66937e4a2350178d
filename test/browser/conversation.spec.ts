import { expect, test } from './support/fixtures.ts';

test('two tabs share one conversation and one socket', async ({ gateway, openTab }) => {
  const first = await openTab('/probe.html');
  const second = await openTab('/probe.html');
  await first.send('hello from the first tab');
  await second.shows(['hello from the first tab']);
  const { conversationId } = await gateway.agent.nextQueued();
  await gateway.agent.accept(conversationId);
  await gateway.agent.say(conversationId, 'hello, visitor');
  await second.send('hello from the second tab');
  for (const tab of [first, second]) {
    await tab.shows(['hello from the first tab', 'hello, visitor', 'hello from the second tab']);
  }
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.connectionsOpened).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});
