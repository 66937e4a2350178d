import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { freePort } from '../../support/ports.ts';
import { ChatPage } from './chat-page.ts';
import { test as base, expect } from './fixtures.ts';
import { type Site, startSite } from './site.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

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

export const test = base.extend<Fixtures, { builds: string }>({
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
  deployment: async ({ allowWarnings, builds, consoles, gateway }, use) => {
    // The server is away for a moment while it changes.
    allowWarnings(/Routing log entry lost: the server is unreachable/);
    // The same port for each, since the name of the visitor's cookie holds it.
    const port = await freePort();
    let site: Site = await startSite(gateway, { port, folder: join(builds, '1') });
    const { url } = site;
    await use({
      url,
      deploy: async (build, keepsOld) => {
        // Tabs that are still loading code find it gone.
        if (!keepsOld) allowWarnings(/Failed to fetch dynamically imported module/);
        await site.close();
        const folder = build !== '1' && keepsOld ? `1+${build}` : build;
        site = await startSite(gateway, { port, folder: join(builds, folder) });
      },
    });
    await consoles.end();
    await site.close();
  },
});

async function buildSite(build: string, protocol: string, folder: string): Promise<void> {
  const script = fileURLToPath(new URL('./build-site.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [script, folder, protocol], {
    cwd: root,
    env: { ...process.env, PARTYLINE_BUILD: build },
  });
}

export async function open(page: Page, url: string): Promise<ChatPage> {
  await page.goto(url);
  const chat = new ChatPage(page);
  await chat.open();
  return chat;
}

/** The build of the hub that a page is attached to. */
export function buildOf({ page }: ChatPage): Promise<string | undefined> {
  return page.evaluate(
    () => document.querySelector('partyline-chat')?.chat?.getSnapshot().hub.build,
  );
}

export { expect };
