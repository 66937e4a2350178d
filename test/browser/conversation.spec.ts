import type { Gateway } from '../../src/testing/index.ts';
import { takeConversation } from './support/agent.ts';
import { brisk, expect, test } from './support/fixtures.ts';

// A page that loads slowly lets an outage last until the socket is given up: it is tried again soon.
test.use({ timing: { ...brisk, probe: 5_000 } });

const home = '/';
const otherPage = '/help/';

function expectOneSocketAtATime(gateway: Gateway): void {
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
}

test('two tabs share one conversation and one socket', async ({ gateway, openTab }) => {
  const first = await openTab(home);
  const second = await openTab(otherPage);
  await first.send('hello from the first tab');
  await second.shows(['hello from the first tab']);
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'hello, visitor');
  await second.shows(['hello from the first tab', 'hello, visitor']);
  await second.send('hello from the second tab');
  for (const tab of [first, second]) {
    await tab.shows(['hello from the first tab', 'hello, visitor', 'hello from the second tab']);
  }
  expect(gateway.stats.connectionsOpened).toBe(1);
  expectOneSocketAtATime(gateway);
});

test('navigation and reload keep the conversation', async ({ gateway, openTab }) => {
  const tab = await openTab(home);
  await tab.send('before');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'while you look around');
  await tab.shows(['before', 'while you look around']);

  await tab.page.goto(new URL(otherPage, tab.page.url()).href);
  await tab.open();
  await tab.shows(['before', 'while you look around']);
  await tab.send('after navigation');
  await tab.page.reload();
  await tab.open();
  await tab.send('after reload');

  const all = ['before', 'while you look around', 'after navigation', 'after reload'];
  await tab.shows(all);
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(all);
  expect(await gateway.agent.conversations()).toHaveLength(1);
  expectOneSocketAtATime(gateway);
});

test('history shows while the gateway is down, and what was typed meanwhile arrives once', async ({
  gateway,
  openTab,
  context,
}) => {
  const tab = await openTab(home);
  await tab.send('before the outage');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'an answer');
  await tab.shows(['before the outage', 'an answer']);
  const wordsBefore = await tab.status.textContent();

  await gateway.stop();
  await expect(tab.status).not.toHaveText(wordsBefore ?? '');
  const late = await openTab(otherPage, context);
  await late.shows(['before the outage', 'an answer']);
  await late.send('typed in the dark');
  await tab.send('and more');
  const all = ['before the outage', 'an answer', 'typed in the dark', 'and more'];
  await tab.shows(all);
  await late.shows(all);

  await gateway.restart();
  await expect(tab.status).toHaveText(wordsBefore ?? '', { timeout: 40_000 });
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(all);
  await tab.shows(all);
  await late.shows(all);
  expect(gateway.stats.repeatedMessages).toBe(0);
  expectOneSocketAtATime(gateway);
});

test('the first message can be typed before the gateway was ever reached', async ({
  gateway,
  openTab,
}) => {
  await gateway.stop();
  const tab = await openTab(home);
  await tab.send('is anybody there?');
  await tab.shows(['is anybody there?']);
  await gateway.restart();
  const { conversationId } = await gateway.agent.nextQueued({ timeout: 20_000 });
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(['is anybody there?']);
  await tab.shows(['is anybody there?']);
});

test('three tabs, twenty messages each way, a navigation, a reload and a second browser session', async ({
  gateway,
  profile,
  openTab,
}) => {
  let browser = await profile.launch();
  const tabs = [
    await openTab(home, browser),
    await openTab(otherPage, browser),
    await openTab(home, browser),
  ] as const;
  await tabs[0].send('visitor 0');
  const conversationId = await takeConversation(gateway);
  await tabs[2].shows(['visitor 0']);

  for (let round = 1; round < 20; round += 1) {
    const speaker = tabs[round % 3] ?? tabs[0];
    await gateway.agent.say(conversationId, `agent ${round - 1}`);
    await speaker.send(`visitor ${round}`);
    if (round === 7) {
      await tabs[0].page.goto(new URL(otherPage, tabs[0].page.url()).href);
      await tabs[0].open();
    }
    if (round === 13) {
      await tabs[1].page.reload();
      await tabs[1].open();
    }
  }
  await gateway.agent.say(conversationId, 'agent 19');

  const texts = async () =>
    (await gateway.agent.transcript(conversationId)).map(({ text }) => text);
  await expect
    .poll(async () => (await texts()).filter((text) => text.startsWith('visitor')))
    .toEqual(Array.from({ length: 20 }, (_, index) => `visitor ${index}`));
  const transcript = await texts();
  expect(transcript).toHaveLength(40);
  for (const tab of tabs) await tab.shows(transcript);
  await browser.close();

  browser = await profile.launch();
  const later = await openTab(home, browser);
  await later.shows(transcript);
  await later.send('back again');
  await later.shows([...transcript, 'back again']);
  expect(await gateway.agent.conversations()).toHaveLength(1);
  expect(gateway.stats.repeatedMessages).toBe(0);
  expectOneSocketAtATime(gateway);
});
