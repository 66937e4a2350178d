import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { takeConversation } from './support/agent.ts';
import { ChatPage } from './support/chat-page.ts';
import { test as base, expect } from './support/fixtures.ts';
import { type Site, startSite } from './support/site.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Fixtures {
  /** A site of which two builds are there, and which serves one at a time. */
  deployment: Deployment;
}

interface Deployment {
  readonly url: string;
  /**
   * @param build `3` speaks another protocol on the port than the others
   * @param keepsOld whether the first build's files stay beside the new ones
   */
  deploy(build: '1' | '2' | '3', keepsOld: boolean): Promise<void>;
}

const test = base.extend<Fixtures, { builds: string }>({
  builds: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'partyline-builds-'));
      await buildSite('1', '1', join(folder, '1'));
      await buildSite('2', '1', join(folder, '2'));
      await buildSite('3', '2', join(folder, '3'));
      for (const build of ['2', '3']) {
        for (const part of ['1', build]) {
          await cp(join(folder, part), join(folder, `1+${build}`), { recursive: true });
        }
      }
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  deployment: async ({ builds, gateway }, use) => {
    // The same port for each, since the name of the visitor's cookie holds it.
    const port = await freePort();
    let site: Site = await startSite(gateway, { port, folder: join(builds, '1') });
    const { url } = site;
    await use({
      url,
      deploy: async (build, keepsOld) => {
        await site.close();
        const folder = build !== '1' && keepsOld ? `1+${build}` : build;
        site = await startSite(gateway, { port, folder: join(builds, folder) });
      },
    });
    await site.close();
  },
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

async function buildSite(build: string, protocol: string, folder: string): Promise<void> {
  const script = fileURLToPath(new URL('./support/build-site.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [script, folder, protocol], {
    cwd: root,
    env: { ...process.env, PARTYLINE_BUILD: build },
  });
}

async function open(page: Page, url: string): Promise<ChatPage> {
  await page.goto(url);
  const chat = new ChatPage(page);
  await chat.open();
  return chat;
}

/** The build of the hub that a page is attached to. */
function buildOf({ page }: ChatPage): Promise<string | undefined> {
  return page.evaluate(
    () => document.querySelector('partyline-chat')?.chat?.getSnapshot().hub.build,
  );
}

test('a newer build takes over: one socket, nothing lost, and the old tabs come along', async ({
  deployment,
  context,
  gateway,
}) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('before');
  const conversationId = await takeConversation(gateway);
  await old.shows(['before']);
  await old.textbox.fill('half a thought');
  await deployment.deploy('2', true);
  const fresh = await open(await context.newPage(), deployment.url);
  await fresh.shows(['before']);
  for (const tab of [old, fresh]) {
    await expect.poll(() => buildOf(tab)).toBe('2');
    await expect(tab.textbox).toHaveValue('half a thought');
  }
  await gateway.agent.say(conversationId, 'still the same?');
  await old.send('yes');
  for (const tab of [old, fresh]) await tab.shows(['before', 'still the same?', 'yes']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('messages typed while a newer build takes over arrive once, in order', async ({
  deployment,
  context,
  gateway,
}) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('message 0');
  const conversationId = await takeConversation(gateway);
  await deployment.deploy('2', true);
  gateway.faults.delay('to-client', 300, { type: 'message' });
  const opening = open(await context.newPage(), deployment.url);
  const texts = Array.from({ length: 15 }, (_, index) => `message ${index + 1}`);
  for (const text of texts) await old.send(text);
  const fresh = await opening;
  gateway.faults.clear();
  await expect.poll(() => buildOf(old)).toBe('2');
  for (const tab of [old, fresh]) await tab.shows(['message 0', ...texts]);
  const arrived = await gateway.agent.transcript(conversationId);
  expect(arrived.map(({ text }) => text)).toEqual(['message 0', ...texts]);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('after a roll-back an older page joins the newer hub', async ({
  deployment,
  context,
  gateway,
}) => {
  await deployment.deploy('2', false);
  const newer = await open(await context.newPage(), deployment.url);
  await newer.send('from the newer');
  await newer.shows(['from the newer']);
  await deployment.deploy('1', false);
  const older = await open(await context.newPage(), deployment.url);
  await older.shows(['from the newer']);
  expect(await buildOf(older)).toBe('2');
  await older.send('from the older');
  for (const tab of [newer, older]) await tab.shows(['from the newer', 'from the older']);
  expect(gateway.stats.connectionsOpened).toBe(1);
  // With the newer one's last tab its hub is gone, and the older one's own is good enough.
  await newer.page.close();
  await older.page.reload();
  await older.open();
  await older.send('and on');
  await older.shows(['from the newer', 'from the older', 'and on']);
  expect(gateway.stats.peak).toBe(1);
});

test('a build that the page can’t talk to: a reload is offered, and keeps the draft', async ({
  deployment,
  context,
  gateway,
}) => {
  const old = await open(await context.newPage(), deployment.url);
  await old.send('before');
  await old.shows(['before']);
  await old.textbox.fill('half a thought');
  await deployment.deploy('3', true);
  const fresh = await open(await context.newPage(), deployment.url);
  await fresh.shows(['before']);
  await expect(old.status).toContainText('Reload the page');
  // What can be read stays, and what was typed as well.
  await old.shows(['before']);
  await expect(old.textbox).toHaveValue('half a thought');
  const reloaded = old.page.waitForEvent('load');
  await old.page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  await old.open();
  await expect(old.textbox).toHaveValue('half a thought');
  await old.send('after');
  for (const tab of [old, fresh]) await tab.shows(['before', 'after']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('a tab whose worker file is gone from the server says so, and works after a reload', async ({
  deployment,
  context,
  gateway,
}) => {
  const tab = await open(await context.newPage(), deployment.url);
  await tab.send('before');
  await tab.shows(['before']);
  await deployment.deploy('2', false);
  const browser = context.browser();
  const session = await browser?.newBrowserCDPSession();
  const { targetInfos } = (await session?.send('Target.getTargets')) ?? { targetInfos: [] };
  // The file is not in the browser's cache either.
  const devtools = await context.newCDPSession(tab.page);
  await devtools.send('Network.clearBrowserCache');
  const worker = targetInfos.find(({ type }) => type === 'shared_worker');
  await session?.send('Target.closeTarget', { targetId: worker?.targetId ?? '' });
  await expect(tab.status).toContainText('Reload the page', { timeout: 30_000 });
  await tab.shows(['before']);
  await tab.page.reload();
  await tab.open();
  await tab.send('after');
  await tab.shows(['before', 'after']);
  expect(gateway.stats.peak).toBe(1);
});
