import type { Page } from '@playwright/test';
import { takeConversation } from './support/agent.ts';
import { brisk, expect, test } from './support/fixtures.ts';

/** Collects every text that the connection's status shows from now on. */
async function watchStatus(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const status = document
      .querySelector('partyline-chat')
      ?.shadowRoot?.querySelector('[role=status]');
    if (!status) throw new Error('there is no status to watch');
    const seen = new Set([status.textContent.trim()]);
    Object.assign(window, { statusSeen: seen });
    new MutationObserver(() => seen.add(status.textContent.trim())).observe(status, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () =>
    page.evaluate(() => {
      const seen: unknown = Reflect.get(window, 'statusSeen');
      return seen instanceof Set ? [...seen].map(String) : [];
    });
}

test.describe('a token that lives for six seconds', () => {
  test.use({ gatewayOptions: { tokenLife: 6 } });

  test('is renewed in time: nothing lost, nothing doubled, no flicker, one socket', async ({
    gateway,
    openTab,
  }) => {
    const tab = await openTab('/');
    const other = await openTab('/');
    await tab.send('visitor 0');
    const conversationId = await takeConversation(gateway);
    await other.shows(['visitor 0']);
    const seen = await watchStatus(tab.page);
    let rounds = 0;
    while (gateway.stats.connectionsOpened < 4 && rounds < 20) {
      rounds += 1;
      await gateway.agent.say(conversationId, `agent ${rounds}`);
      await tab.send(`visitor ${rounds}`);
      await expect(tab.messages).toHaveCount(1 + 2 * rounds);
    }
    await gateway.stats.waitFor((stats) => stats.connectionsOpened >= 4, { timeout: 20_000 });
    await gateway.agent.say(conversationId, 'the end');
    await expect
      .poll(async () => (await gateway.agent.transcript(conversationId)).length)
      .toBe(2 + 2 * rounds);
    const texts = (await gateway.agent.transcript(conversationId)).map(({ text }) => text);
    for (const each of [tab, other]) await each.shows(texts);
    expect(texts.filter((text) => text.startsWith('visitor'))).toEqual(
      Array.from({ length: rounds + 1 }, (_, round) => `visitor ${round}`),
    );
    expect(await seen()).toHaveLength(1);
    expect(gateway.stats.peak).toBe(1);
    expect(gateway.stats.repeatedMessages).toBe(0);
    expect(gateway.stats.violations).toEqual([]);
  });
});

test('TOKEN_EXPIRED in the middle of a session loses nothing', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.send('before');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['before']);
  const seen = await watchStatus(tab.page);
  gateway.faults.expireTokens();
  await tab.send('into the void');
  await gateway.agent.say(conversationId, 'meanwhile');
  await expect.poll(() => gateway.agent.transcript(conversationId)).toHaveLength(3);
  const texts = (await gateway.agent.transcript(conversationId)).map(({ text }) => text);
  await tab.shows(texts);
  expect(await seen()).toHaveLength(1);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test.describe('pings every two seconds', () => {
  test.use({ timing: { ...brisk, ping: 2_000, pong: 1_000 } });

  test('notice a connection that is dead while it looks open', { tag: '@either-host' }, async ({
    gateway,
    openTab,
  }) => {
    const tab = await openTab('/');
    await tab.send('before');
    const conversationId = await takeConversation(gateway);
    await tab.shows(['before']);
    gateway.faults.goSilent();
    await gateway.agent.say(conversationId, 'can you hear me?');
    await gateway.stats.waitFor((stats) => stats.connectionsOpened === 2, { timeout: 15_000 });
    await tab.shows(['before', 'can you hear me?']);
    await tab.send('now I do');
    await tab.shows(['before', 'can you hear me?', 'now I do']);
    expect(gateway.stats.peakOpenOf(gateway.stats.events.flatMap(subjectOf)[0] ?? '')).toBe(1);
  });
});

function subjectOf(event: { readonly kind: string; readonly subject?: string | null }): string[] {
  return event.kind === 'authenticated' && event.subject ? [event.subject] : [];
}

test('two refusals in a row are said in words, with a way back', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  gateway.faults.refuseAuth('INVALID_TOKEN', 2);
  const tab = await openTab('/');
  await expect(tab.status).toContainText(/signed out/i);
  expect(gateway.stats.connectionsOpened).toBe(2);
  await tab.page.reload();
  await tab.open();
  await tab.send('back again');
  await takeConversation(gateway);
  await tab.shows(['back again']);
});

test('REST carries the chat while the gateway takes no sockets, and hands it back', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('by socket');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['by socket']);
  const connected = (await tab.status.textContent()) ?? '';
  gateway.faults.refuseSockets({ how: 'http', status: 503 });
  gateway.faults.cut();
  await expect(tab.status).not.toHaveText(connected);
  await tab.send('while waiting');
  // After five retries that failed.
  await gateway.stats.waitFor(
    (stats) => (stats.rest['POST /api/v2/conversations/messages'] ?? 0) > 0,
    { timeout: 20_000 },
  );
  await gateway.agent.say(conversationId, 'by REST');
  await tab.shows(['by socket', 'while waiting', 'by REST']);
  await tab.send('by REST too');
  await tab.shows(['by socket', 'while waiting', 'by REST', 'by REST too']);
  gateway.faults.clear();
  await tab.page.getByRole('button', { name: /try now/i }).click();
  await expect(tab.status).toHaveText(connected, { timeout: 15_000 });
  await tab.send('by socket again');
  const all = ['by socket', 'while waiting', 'by REST', 'by REST too', 'by socket again'];
  await tab.shows(all);
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(all);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.repeatedMessages).toBe(0);
});

test('what was missed is fetched in pages, however many share one millisecond', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('before');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['before']);
  gateway.faults.cut();
  const texts = Array.from({ length: 130 }, (_, index) => `agent ${index}`);
  await gateway.agent.sayAll(conversationId, texts, { at: Date.now() });
  await tab.shows(['before', ...texts]);
  expect(gateway.stats.connectionsOpened).toBe(2);
});

for (const [name, skew] of [
  ['an hour ahead', 3_600_000],
  ['an hour behind', -3_600_000],
] as const) {
  test.describe(`a gateway whose clock is ${name}`, () => {
    test.use({ gatewayOptions: { clock: () => Date.now() + skew } });

    test('loses and moves nothing', { tag: '@either-host' }, async ({ gateway, openTab }) => {
      const tab = await openTab('/');
      await tab.send('one');
      const conversationId = await takeConversation(gateway);
      await gateway.agent.say(conversationId, 'two');
      await tab.shows(['one', 'two']);
      gateway.faults.cut();
      await gateway.agent.say(conversationId, 'three');
      await tab.send('four');
      await tab.shows(['one', 'two', 'three', 'four']);
      await tab.page.reload();
      await tab.open();
      await tab.shows(['one', 'two', 'three', 'four']);
    });
  });
}

test.describe('a gateway without sequence numbers', () => {
  test.use({ gatewayOptions: { sequences: false } });

  test('is understood by time, and ties by its order', { tag: '@either-host' }, async ({
    gateway,
    openTab,
  }) => {
    const tab = await openTab('/');
    const other = await openTab('/');
    await tab.send('one');
    const conversationId = await takeConversation(gateway);
    await tab.shows(['one']);
    gateway.faults.duplicate('to-client', { type: 'message', probability: 0.5 });
    gateway.faults.swap('to-client', { type: 'message', probability: 0.3 });
    const texts = Array.from({ length: 20 }, (_, index) => `agent ${index}`);
    await gateway.agent.sayAll(conversationId, texts);
    gateway.faults.clear();
    gateway.faults.cut();
    await gateway.agent.say(conversationId, 'while away');
    await other.send('last');
    await expect.poll(async () => gateway.agent.transcript(conversationId)).toHaveLength(23);
    const transcript = await gateway.agent.transcript(conversationId);
    // Those of one millisecond keep the gateway's order.
    const ordered = [...transcript].sort((a, b) => a.timestamp.localeCompare(b.timestamp));
    for (const each of [tab, other]) await each.shows(ordered.map(({ text }) => text));
  });
});

test.describe('a gateway that pings every second', () => {
  test.use({ gatewayOptions: { pingInterval: 1_000, pongTimeout: 2_000 } });

  test('is answered while every tab is hidden and frozen', async ({
    gateway,
    openTab,
    context,
  }) => {
    const tab = await openTab('/');
    await tab.send('before');
    const conversationId = await takeConversation(gateway);
    await tab.shows(['before']);
    const session = await context.newCDPSession(tab.page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    const pongs = gateway.stats.received.pong ?? 0;
    await gateway.stats.waitFor((stats) => (stats.received.pong ?? 0) >= pongs + 8, {
      timeout: 15_000,
    });
    await gateway.agent.say(conversationId, 'while you were frozen');
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await tab.shows(['before', 'while you were frozen']);
    expect(gateway.stats.connectionsOpened).toBe(1);
    expect(gateway.stats.violations).toEqual([]);
  });
});

test('servers that answer HTML, huge frames and closes in a loop end in words, and in a chat again', {
  tag: '@either-host',
}, async ({ gateway, openTab, allowWarnings }) => {
  allowWarnings(/invalid .*a frame over 64 KiB/);
  const tab = await openTab('/');
  await tab.send('before');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['before']);
  const connected = (await tab.status.textContent()) ?? '';
  gateway.faults.rest({ how: 'garbage', garbage: 'html' }, { probability: 1 });
  gateway.faults.oauth({ how: 'garbage', garbage: 'html' }, { probability: 1 });
  gateway.faults.refuseSockets({ how: 'close', code: 1011 });
  gateway.faults.garbage('huge');
  gateway.faults.cut();
  await expect(tab.status).not.toHaveText(connected);
  const opened = gateway.stats.connectionsOpened;
  await tab.send('typed meanwhile');
  await tab.page.waitForFunction(() => {
    const chat = document.querySelector('partyline-chat')?.chat;
    return (chat?.getSnapshot().connection.attempt ?? 0) >= 2;
  });
  expect(gateway.stats.connectionsOpened - opened).toBeLessThanOrEqual(2);
  gateway.faults.clear();
  await gateway.agent.say(conversationId, 'here we are again');
  await expect(tab.status).toHaveText(connected, { timeout: 45_000 });
  await expect(tab.messages).toHaveCount(3);
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(['before', 'here we are again', 'typed meanwhile']);
});
