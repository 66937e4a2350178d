import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

test.use({ withoutSharedWorker: true });

test('tabs without SharedWorker share one socket and one transcript', async ({
  gateway,
  openTab,
}) => {
  const first = await openTab('/');
  const second = await openTab('/');
  await first.send('one');
  const conversationId = await takeConversation(gateway);
  await second.send('two');
  await second.delivers('two');
  await gateway.agent.say(conversationId, 'hello');
  const third = await openTab('/');
  for (const tab of [first, second, third]) await tab.shows(['one', 'two', 'hello']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.connectionsOpened).toBe(1);
});

test('when the tab that runs the hub closes, another takes over', async ({
  gateway,
  openTab,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const first = await openTab('/');
  const second = await openTab('/');
  const third = await openTab('/');
  await first.send('before');
  const conversationId = await takeConversation(gateway);
  for (const tab of [second, third]) await tab.shows(['before']);
  await first.page.close();
  await third.send('after');
  await second.shows(['before', 'after']);
  await second.delivers('after');
  await gateway.agent.say(conversationId, 'still here');
  for (const tab of [second, third]) await tab.shows(['before', 'after', 'still here']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('a hub that dies or hangs in its tab is replaced there', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/, /the hub did not answer a ping/);
  const first = await openTab('/');
  const second = await openTab('/');
  await first.send('before');
  await second.shows(['before']);
  await killHub(context);
  await second.send('after');
  for (const tab of [first, second]) await tab.shows(['before', 'after']);
  const [worker] = context.pages().flatMap((page) => page.workers());
  await worker?.evaluate(() => {
    // In a task of its own, since the debugger's could not be ended from outside.
    setTimeout(() => {
      for (;;);
    }, 0);
  });
  await first.send('are you there?');
  await first.shows(['before', 'after', 'are you there?']);
  await second.shows(['before', 'after', 'are you there?']);
  expect(gateway.stats.violations).toEqual([]);
});

test('when the tab that runs the hub is frozen, another takes over, and it comes back', async ({
  gateway,
  openTab,
  context,
  allowWarnings,
}) => {
  allowWarnings(/the hub stopped/);
  const first = await openTab('/');
  const second = await openTab('/');
  await first.send('before');
  const conversationId = await takeConversation(gateway);
  await second.shows(['before']);
  const devtools = await context.newCDPSession(first.page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await second.send('after');
  await second.delivers('after');
  await gateway.agent.say(conversationId, 'still here');
  await second.shows(['before', 'after', 'still here']);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await first.shows(['before', 'after', 'still here']);
  await first.send('and back');
  for (const tab of [first, second]) {
    await tab.shows(['before', 'after', 'still here', 'and back']);
  }
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('when the tab that runs the hub navigates, another takes over', async ({
  gateway,
  openTab,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const first = await openTab('/');
  const second = await openTab('/');
  await first.send('before');
  await second.shows(['before']);
  await first.page.goto('about:blank');
  await second.send('meanwhile');
  await second.delivers('meanwhile');
  await first.page.goBack();
  await first.open();
  for (const tab of [first, second]) await tab.shows(['before', 'meanwhile']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});
