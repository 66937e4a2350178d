import { startFront } from './store/support/front.ts';
import { takeConversation } from './support/agent.ts';
import type { ChatPage } from './support/chat-page.ts';
import { Costs, type Counts, costScript } from './support/costs.ts';
import { test as base, brisk, expect } from './support/fixtures.ts';

// A chat that drops what is healthy and begins anew works, and costs. Here, what it does is counted.

const test = base.extend<{ costs: Costs; front: string }>({
  front: async ({ consoles, site }, use) => {
    const front = await startFront(site.url, costScript);
    await use(front.url);
    await consoles.end();
    await front.close();
  },
  costs: async ({ context, front }, use) => {
    await use(await Costs.watch(context, front));
  },
});

function hubOf({ page }: ChatPage) {
  return page.evaluate(() => document.querySelector('partyline-chat')?.chat?.getSnapshot().hub);
}

test.describe('a quiet minute', () => {
  const timing = { ...brisk, ping: 2_000, pong: 20_000, reconcile: 4_000 };
  test.use({ timing, gatewayOptions: { pingInterval: 600_000 } });

  test('costs pings and reconciliations, and nothing else', async ({
    gateway,
    costs,
    front,
    openTab,
    context,
  }) => {
    await context.clock.install();
    const tabs = [await openTab(front), await openTab(front)] as const;
    const [first, second] = tabs;
    await first.send('hello');
    const conversationId = await takeConversation(gateway);
    await gateway.agent.say(conversationId, 'hi');
    for (const tab of tabs) await tab.shows(['hello', 'hi']);
    const { stats } = gateway;
    const history = 'GET /api/v2/conversations/messages';
    const looks = () => stats.rest[history] ?? 0;
    const pings = () => stats.received.ping ?? 0;
    // The first look behind all that was said may still find something.
    await stats.waitFor(() => stats.received.receipt === 1);
    const looksBefore = looks();
    await expect.poll(looks).toBeGreaterThan(looksBefore);
    await costs.spent();
    const received = { ...stats.received };
    const begun = Date.now();
    const hub = await hubOf(first);
    for (const { page } of tabs) {
      await page.evaluate(() => {
        const chat = document.querySelector('partyline-chat')?.chat;
        Object.assign(window, { before: chat?.getSnapshot() });
      });
    }

    const begunAt = { pings: pings(), looks: looks() };
    await expect.poll(pings).toBeGreaterThanOrEqual(begunAt.pings + 3);
    await expect.poll(looks).toBeGreaterThanOrEqual(begunAt.looks + 2);
    // All that a page plans for the next minutes comes now.
    await context.clock.runFor(180_000);
    const spent: Record<string, number> = { ...(await costs.spent()) };
    const pinged = pings() - begunAt.pings;
    const looked = looks() - begunAt.looks;
    // At either end, one may be on its way: the hub has counted it, and the gateway has not.
    for (const [what, heard] of [
      ['hub: sends ping', pinged],
      ['hub: fetches GET /api/v2/conversations/messages', looked],
      ['hub: fetches GET /api/v2/conversations/conv_{id}', looked],
    ] as const) {
      expect(Math.abs((spent[what] ?? 0) - heard), what).toBeLessThanOrEqual(1);
      delete spent[what];
    }
    expect(spent).toEqual({});
    const most = (period: number) => Math.ceil((Date.now() - begun) / (0.9 * period));
    expect(pinged).toBeLessThanOrEqual(most(timing.ping));
    expect(looked).toBeLessThanOrEqual(most(timing.reconcile));
    expect(stats.received).toEqual({ ...received, ping: stats.received.ping });
    expect(stats.connectionsOpened).toBe(1);
    expect(stats.tokensIssued).toBe(1);
    expect(hub?.tabs).toBe(2);
    for (const tab of tabs) {
      expect(await hubOf(tab)).toEqual(hub);
      const isSame = await tab.page.evaluate(
        () =>
          Reflect.get(window, 'before') ===
          document.querySelector('partyline-chat')?.chat?.getSnapshot(),
      );
      expect(isSame).toBe(true);
    }
    await second.send('still there?');
    await first.shows(['hello', 'hi', 'still there?']);
  });
});

/** What depends on how news fall into ticks, or on what was done a moment before: no more than so many. */
const atMost: readonly RegExp[] = [
  /: posts (patch|ack|used)$/,
  /: (writes|puts meta|sends typing)$/,
  /: removeItem /,
];

/** Where the worker has to be started: within a second or not, before the panel opens or after. */
const atFirst: readonly RegExp[] = [
  ...atMost,
  /: (locks partyline-tab-\{id\}|starts a SharedWorker|attaches)$/,
  /: posts (partyline-hello|snapshot)$/,
  /: asks to (file|platform)$/,
  /: posts (an answer|partyline-connect-request)$/,
];

/** Everything else is exactly so. */
function expectCosts(flow: string, spent: Counts, costs: Counts, bounded = atMost): void {
  const isBounded = (what: string) => bounded.some((pattern) => pattern.test(what));
  const exact = (counts: Counts) =>
    Object.fromEntries(Object.entries(counts).filter(([what]) => !isBounded(what)));
  expect.soft(exact(spent), flow).toEqual(exact(costs));
  const dearer = Object.entries(spent).filter(
    ([what, count]) => isBounded(what) && count > (costs[what] ?? 0),
  );
  expect.soft(Object.fromEntries(dearer), `${flow}: more than`).toEqual({});
}

test('each thing that visitors do costs what it must, and not once more', async ({
  gateway,
  costs,
  openTab,
  front,
  withoutSharedWorker,
}) => {
  const attached: Counts = {
    ...(withoutSharedWorker
      ? { 'page: locks partyline-host': 1, 'page: posts partyline-connect-request': 1 }
      : { 'page: starts a SharedWorker': 1 }),
    'page: locks partyline-tab-{id}': 1,
    'page: locks partyline-alive-{id}': 1,
    'page: attaches': 1,
    'page: posts ack': 2,
    'page: posts used': 2,
    'page: asks to file': 1,
    'page: asks to platform': 1,
    'hub: locks partyline-tab-{id}': 1,
    'hub: posts partyline-hello': 1,
    'hub: posts snapshot': 1,
    'hub: posts an answer': 2,
    'page: setItem partyline.conversation': 2,
    'page: setItem partyline.visitor': 2,
  };
  const connected: Counts = {
    'hub: opens a socket': 1,
    'hub: sends auth': 1,
    'hub: sends conversation': 1,
    'hub: fetches GET /api/v2/conversations/messages': 1,
    'hub: fetches GET /api/v2/conversations/conv_{id}': 1,
    'hub: puts meta': 1,
    'hub: writes': 1,
  };

  const first = await openTab(front);
  await first.send('hello');
  await first.delivers('hello');
  const begun: Counts = {
    ...attached,
    ...(withoutSharedWorker
      ? {
          'page: starts a Worker': 1,
          'page: posts partyline-connect-request': 5,
          'hub: posts partyline-hub-ready': 1,
        }
      : {}),
    ...(withoutSharedWorker ? {} : { 'page: starts a SharedWorker': 3 }),
    'page: locks partyline-tab-{id}': 3,
    'page: attaches': 3,
    'hub: locks partyline-tab-{id}': 3,
    'hub: posts partyline-hello': 3,
    'hub: boots': 1,
    'hub: locks partyline-hub': 1,
    'hub: locks partyline-alive-{id}': 1,
    'hub: posts partyline-build': 2,
    'hub: opens the database': 1,
    'hub: reads': 1,
    'hub: writes': 7,
    'hub: puts meta': 8,
    'hub: puts outbox': 2,
    'hub: deletes outbox': 1,
    'hub: puts conversations': 2,
    'hub: puts messages': 1,
    'hub: fetches POST /chat/token': 1,
    'hub: opens a socket': 1,
    'hub: sends auth': 1,
    'hub: sends routing': 1,
    'hub: sends message': 1,
    'hub: sends typing': 1,
    'hub: fetches GET /api/v2/routing/skillgroups': 1,
    'hub: fetches GET /api/v2/workforcemanagement/skillcoverage': 1,
    'hub: fetches POST /chat/routing-log': 1,
    'hub: fetches GET /api/v2/conversations/messages': 1,
    'hub: fetches GET /api/v2/conversations/conv_{id}': 1,
    // One when the store is read, one with the visitor whom the token names.
    'hub: posts snapshot': 4,
    'hub: posts patch': 12,
    'hub: posts an answer': 14,
    'page: posts ack': 5,
    'page: asks to file': 4,
    'page: asks to platform': 4,
    'page: asks to draft': 1,
    'page: asks to typing': 2,
    'page: asks to start': 1,
    'page: asks to send': 1,
    'page: removeItem partyline.conversation': 20,
    'page: removeItem partyline.visitor': 20,
  };
  expectCosts('the first visit, and its first message', await costs.spent(), begun, atFirst);

  const second = await openTab(front);
  await second.shows(['hello']);
  expectCosts('a second tab', await costs.spent(), { ...attached, 'hub: posts patch': 2 });

  const conversationId = await takeConversation(gateway);
  expectCosts('somebody takes the conversation', await costs.spent(), {
    'hub: posts patch': 2,
    'hub: writes': 1,
    'hub: puts conversations': 1,
    'hub: fetches POST /chat/routing-log': 1,
    'page: posts ack': 2,
  });

  await gateway.agent.say(conversationId, 'hi');
  for (const tab of [first, second]) await tab.shows(['hello', 'hi']);
  expectCosts('an answer', await costs.spent(), {
    'hub: posts patch': 4,
    'hub: posts alert': 1,
    'hub: posts an answer': 2,
    'hub: sends receipt': 1,
    'hub: writes': 2,
    'hub: puts meta': 2,
    'hub: puts messages': 1,
    'hub: puts conversations': 1,
    'page: posts ack': 2,
    'page: asks to mark-read': 2,
  });

  await second.send('thanks');
  await second.delivers('thanks');
  expectCosts('a message', await costs.spent(), {
    'hub: posts patch': 8,
    'hub: posts an answer': 4,
    'hub: sends message': 1,
    'hub: sends typing': 1,
    'hub: writes': 3,
    'hub: puts meta': 2,
    'hub: puts outbox': 1,
    'hub: deletes outbox': 1,
    'hub: puts messages': 1,
    'hub: puts conversations': 1,
    'page: posts ack': 2,
    'page: posts used': 1,
    'page: asks to draft': 1,
    'page: asks to typing': 2,
    'page: asks to send': 1,
  });

  const next: Counts = { ...attached, 'hub: posts patch': 3, 'hub: sends typing': 1 };
  await second.page.goto(new URL('/help/', front).href);
  await second.open();
  await second.shows(['hello', 'hi', 'thanks']);
  expectCosts('another page', await costs.spent(), { ...next, 'page: posts bye': 1 });

  await second.page.reload();
  await second.open();
  await second.shows(['hello', 'hi', 'thanks']);
  expectCosts('a reload', await costs.spent(), { ...next, 'page: posts bye': 1 });

  gateway.faults.cut();
  await expect.poll(() => gateway.stats.connectionsOpened).toBe(2);
  expectCosts('a line that is cut', await costs.spent(), {
    ...connected,
    'hub: posts patch': 10,
    'hub: posts an answer': 4,
    'page: posts ack': 4,
    'page: asks to file': 2,
    'page: asks to platform': 2,
  });

  gateway.faults.expireTokens();
  await expect.poll(() => gateway.stats.tokensIssued).toBe(2);
  expectCosts('a token that has run out', await costs.spent(), {
    ...connected,
    'hub: fetches POST /chat/token': 1,
    'hub: posts patch': 6,
    'page: posts ack': 2,
  });

  await second.page.close();
  expectCosts('a tab that closes', await costs.spent(), {
    'page: posts bye': 1,
    'hub: posts patch': 1,
    'page: posts ack': 1,
  });

  await first.page.evaluate(() => document.querySelector('partyline-chat')?.chat?.signOut());
  await gateway.stats.waitFor(({ connections }) => connections === 0);
  expectCosts('signing out', await costs.spent(), {
    'page: asks to sign-out': 1,
    'page: asks to file': 1,
    'page: asks to platform': 1,
    'hub: posts snapshot': 1,
    'hub: posts an answer': 3,
    'hub: posts patch': 1,
    'hub: writes': 1,
    'hub: puts meta': 1,
    'hub: clears messages': 1,
    'hub: clears conversations': 1,
    'hub: clears outbox': 1,
    'hub: clears meta': 1,
    'page: posts ack': 1,
    'page: removeItem partyline.conversation': 4,
    'page: removeItem partyline.visitor': 4,
  });
  expect(gateway.stats.connectionsOpened).toBe(3);
  expect(gateway.stats.violations).toEqual([]);
});

test('a chat that is closed leaves no listener, no lock and no port on its page', {
  tag: '@either-host',
}, async ({ gateway, openTab, context }) => {
  const tab = await openTab('/');
  await gateway.stats.waitFor(({ authenticated }) => authenticated === 1);
  const devtools = await context.newCDPSession(tab.page);
  const listeners = async () => {
    const counts: Record<string, number> = {};
    for (const expression of ['window', 'document']) {
      const { result } = await devtools.send('Runtime.evaluate', { expression });
      const { objectId = '' } = result;
      const found = await devtools.send('DOMDebugger.getEventListeners', { objectId });
      for (const { type } of found.listeners) {
        const name = `${expression} ${type}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
    }
    return counts;
  };
  const locks = () =>
    tab.page.evaluate(async () => {
      const { held = [], pending = [] } = await navigator.locks.query();
      return [...held, ...pending].map(({ name }) => name?.replace(/-[0-9a-f]{8}-.*$/, '')).sort();
    });
  // The tab's own, on which the hub waits, and the hub's, on which the tab waits.
  expect(await locks()).toEqual([
    'partyline-alive',
    'partyline-alive',
    'partyline-hub',
    'partyline-tab',
    'partyline-tab',
  ]);
  const before = await listeners();
  await tab.page.evaluate(() => document.querySelector('partyline-chat')?.chat?.close());
  const after = await listeners();
  const gone = Object.entries(before)
    .map(([name, count]) => [name, count - (after[name] ?? 0)] as const)
    .filter(([, count]) => count !== 0);
  expect(Object.fromEntries(gone)).toEqual({
    'window focus': 1,
    'window pointerdown': 1,
    'window keydown': 1,
    'window pagehide': 1,
    'window pageshow': 1,
    'document visibilitychange': 1,
    'document freeze': 1,
    'document resume': 1,
  });
  await expect.poll(locks).toEqual(['partyline-alive', 'partyline-hub']);
});
