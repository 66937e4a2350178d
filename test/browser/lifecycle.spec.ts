import { takeConversation } from './support/agent.ts';
import { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub, killHubAndSuccessor } from './support/hub.ts';

test.describe('the worker', () => {
  test('killed again and again comes back, and loses nothing', async ({
    gateway,
    openTab,
    context,
    expectWarnings,
  }) => {
    expectWarnings(/the hub stopped/);
    const first = await openTab('/');
    const second = await openTab('/');
    const texts: string[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const text = `message ${round}`;
      texts.push(text);
      const sender = round % 2 === 0 ? first : second;
      await sender.send(text);
      await killHub(context);
      // Each death is followed by a longer wait: 0, 0.25, 1, 4 and 10 s. Until it has arrived, what a tab
      // asks again and what the other one asks next are on their way side by side.
      await sender.delivers(text, { timeout: 40_000 });
      for (const tab of [first, second]) await tab.shows(texts);
    }
    const { conversationId } = await gateway.agent.nextQueued();
    await expect
      .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
      .toEqual(texts);
    expect(gateway.stats.peak).toBe(1);
    expect(gateway.stats.violations).toEqual([]);
  });

  test('killed as it is born is missed soon, although no lock tells of its death', async ({
    openTab,
    context,
    expectWarnings,
    allowWarnings,
  }) => {
    expectWarnings(/the hub stopped/);
    // Killed while its script was on the way.
    allowWarnings(/the worker script failed to load/);
    const tab = await openTab('/');
    await tab.send('before');
    await tab.shows(['before']);
    await killHubAndSuccessor(context);
    await tab.send('meanwhile');
    await tab.shows(['before', 'meanwhile']);
    await tab.delivers('meanwhile', { timeout: 8_000 });
  });

  // One that hangs in a tab can be ended by it: fallback.spec.ts.
  test('that hangs is given up in words, with a way on', {
    tag: '@shared-worker',
  }, async ({ openTab, context, expectWarnings }) => {
    expectWarnings(/the hub did not answer a ping/, /the hub is not responding/, /failed:/);
    const tab = await openTab('/');
    await tab.send('before');
    await tab.shows(['before']);
    const browser = context.browser();
    const session = await browser?.newBrowserCDPSession();
    const { targetInfos } = (await session?.send('Target.getTargets')) ?? { targetInfos: [] };
    const worker = targetInfos.find(({ type }) => type === 'shared_worker');
    const attached = await session?.send('Target.attachToTarget', {
      targetId: worker?.targetId ?? '',
      flatten: false,
    });
    await session?.send('Target.sendMessageToTarget', {
      sessionId: attached?.sessionId ?? '',
      message: JSON.stringify({
        id: 1,
        method: 'Runtime.evaluate',
        params: { expression: 'setTimeout(() => { for (;;); }, 0)' },
      }),
    });
    await tab.textbox.fill('anybody?');
    await tab.sendButton.click();
    // The page says so once it has waited for the hub, asked it, and waited for another one.
    await expect.poll(() => tab.warnings.join(), { timeout: 60_000 }).toContain('failed:');
    // Its transcript stays, and what was typed is not lost.
    await expect(tab.status).not.toContainText('Connected');
    await tab.shows(['before']);
  });
});

// A Worker's script is never run again.
test('a hub that is born anew on the same port is recognised, and attached to again', {
  tag: '@shared-worker',
}, async ({ openTab, context, expectWarnings }) => {
  expectWarnings(/the hub restarted/);
  await context.addInitScript(() => {
    const Native = SharedWorker;
    Reflect.set(globalThis, 'ports', []);
    Reflect.set(
      globalThis,
      'SharedWorker',
      class extends Native {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          Reflect.get(globalThis, 'ports').push(this.port);
        }
      },
    );
  });
  const tab = await openTab('/');
  await tab.send('before');
  await tab.shows(['before']);
  // As Safari does it: another first word comes on the port that a tab has.
  const opened = await tab.page.evaluate(() => {
    const hello = {
      type: 'partyline-hello',
      epoch: 'another.0',
      protocolVersion: 1,
      build: '1',
      name: '',
    };
    const port = Reflect.get(globalThis, 'ports').at(-1);
    port.dispatchEvent(new MessageEvent('message', { data: hello }));
    return Reflect.get(globalThis, 'ports').length;
  });
  await expect
    .poll(() => tab.page.evaluate(() => Reflect.get(globalThis, 'ports').length))
    .toBeGreaterThan(opened);
  await tab.send('after');
  await tab.shows(['before', 'after']);
  expect(tab.warnings.join()).toContain('the hub restarted');
});

// A Worker ends with its page.
test('a single tab’s navigation keeps the socket where the browser keeps the worker', {
  tag: '@shared-worker',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('before');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['before']);
  for (const path of ['/help/', '/cart/', '/']) {
    await tab.page.goto(new URL(path, tab.page.url()).href);
    await tab.open();
    await tab.shows(['before']);
  }
  await gateway.agent.say(conversationId, 'welcome back');
  await tab.shows(['before', 'welcome back']);
  expect(gateway.stats.connectionsOpened).toBe(1);
});

test('a hundred tabs come and go, and leave nothing behind', async ({
  gateway,
  openTab,
  context,
}) => {
  test.setTimeout(180_000);
  // The demo lets nobody frame it; here frames stand for tabs.
  await context.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'document') return route.fallback();
    // The server may close an idle connection at the moment in which it is used again.
    const response = await route.fetch({ maxRetries: 3 });
    const { 'x-frame-options': _x, 'content-security-policy': _c, ...headers } = response.headers();
    return route.fulfill({ response, headers });
  });
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.shows(['hello']);
  const tabs = () =>
    tab.page.evaluate(() => document.querySelector('partyline-chat')?.chat?.getSnapshot().hub.tabs);
  await expect.poll(tabs).toBe(1);
  for (let round = 0; round < 4; round += 1) {
    await tab.page.evaluate(() => {
      for (let count = 0; count < 25; count += 1) {
        const frame = document.createElement('iframe');
        frame.src = '/cart/';
        frame.hidden = true;
        document.body.append(frame);
      }
    });
    await expect.poll(tabs, { timeout: 60_000 }).toBe(26);
    // All at once, and without a word.
    await tab.page.evaluate(() => {
      for (const frame of document.querySelectorAll('iframe')) frame.remove();
    });
    await expect.poll(tabs).toBe(1);
  }
  const locks = await tab.page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return [...held, ...pending].map(({ name }) => name).filter((name) => name !== undefined);
  });
  // The hub's two, this tab's one, and one that each waits in for the other's death.
  expect(locks.filter((name) => name.startsWith('partyline-')).length).toBeLessThanOrEqual(6);
  await tab.send('still here');
  await tab.shows(['hello', 'still here']);
  expect(gateway.stats.connectionsOpened).toBe(1);
});

// Channels are every tab's: there a frozen one is spared nothing.
test('a tab that is frozen costs the hub no more than its credit, and catches up at once', {
  tag: '@shared-worker',
}, async ({ gateway, openTab, context }) => {
  const awake = await openTab('/');
  const page = await context.newPage();
  // What the hub posts to this tab, on whichever port.
  await page.addInitScript(() => {
    const posted = { count: 0 };
    Object.assign(window, { posted });
    const Channel = MessageChannel;
    window.MessageChannel = class extends Channel {
      constructor() {
        super();
        this.port1.addEventListener('message', () => {
          posted.count += 1;
        });
      }
    };
  });
  await page.goto(awake.page.url());
  const frozen = new ChatPage(page);
  await frozen.open();
  await awake.send('before');
  const conversationId = await takeConversation(gateway);
  await frozen.shows(['before']);

  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  const before = await page.evaluate(
    () => Object.assign({ posted: { count: 0 } }, window).posted.count,
  );
  // As many as an hour may bring, each in a tick of its own.
  const count = 300;
  for (let index = 1; index <= count; index += 1) {
    await gateway.agent.say(conversationId, `word ${index}`);
  }
  await expect(awake.messages.last()).toContainText(`word ${count}`);
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(frozen.messages.last()).toContainText(`word ${count}`);
  const after = await page.evaluate(
    () => Object.assign({ posted: { count: 0 } }, window).posted.count,
  );
  // 16 patches, the word that there is more, the snapshot that it pulls, and what came with that.
  expect(after - before).toBeLessThanOrEqual(25);
  expect(after - before).toBeGreaterThan(1);
});
