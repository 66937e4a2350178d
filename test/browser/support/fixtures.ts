import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type LaunchOptions } from '@playwright/test';
import { type Gateway, type GatewayOptions, startGateway } from '../../../src/testing/index.ts';
import type { Timing } from '../../../src/worker/index.ts';
import { ChatPage } from './chat-page.ts';
import { type Site, startSite } from './site.ts';
import { test as base, expect } from './watched.ts';

export interface Options {
  /** Browsers that have no SharedWorker. */
  withoutSharedWorker: boolean;
  /** The hub's times, where a test would only wait for its defaults. */
  timing: Partial<Timing>;
}

interface Fixtures {
  /** Options of the gateway, for `test.use`. */
  gatewayOptions: GatewayOptions;
  gateway: Gateway;
  site: Site;
  /** A browser profile on disk: close it and launch again for a second browser session. */
  profile: { launch(): Promise<BrowserContext> };
  /** A new tab of the context with a page in it, the chat open: a path of the site, or a whole URL. */
  openTab: (path?: string, context?: BrowserContext) => Promise<ChatPage>;
}

/**
 * A line that is cut is there again in half a second. What the default times are, and how they grow, is
 * held by the core's tests; here it would only be waited for.
 */
export const brisk: Partial<Timing> = { backoffFloor: 200, backoffBase: 800, backoffCap: 3_000 };

async function hideSharedWorker(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'SharedWorker');
  });
}

export const test = base.extend<Fixtures & Options>({
  withoutSharedWorker: [false, { option: true }],
  context: async ({ allowWarnings, context, withoutSharedWorker }, use) => {
    if (withoutSharedWorker) {
      await hideSharedWorker(context);
      // With the tab that runs it, which closes or goes to another page in many a test.
      allowWarnings(/the hub stopped/);
    }
    await use(context);
  },
  gatewayOptions: [{}, { option: true }],
  gateway: async ({ consoles, gatewayOptions }, use) => {
    const gateway = await startGateway(gatewayOptions);
    await use(gateway);
    await consoles.end();
    await gateway.close();
  },
  timing: [brisk, { option: true }],
  site: async ({ consoles, gateway, timing }, use) => {
    const site = await startSite(gateway, { timing });
    await use(site);
    await consoles.end();
    await site.close();
  },
  profile: async ({ consoles, launchOptions, serviceWorkers, withoutSharedWorker }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'partyline-profile-'));
    const contexts: BrowserContext[] = [];
    await use({
      launch: async () => {
        const options: LaunchOptions = launchOptions;
        const context = await chromium.launchPersistentContext(folder, {
          ...options,
          serviceWorkers,
        });
        contexts.push(context);
        await consoles.watch(context);
        if (withoutSharedWorker) await hideSharedWorker(context);
        return context;
      },
    });
    await consoles.end();
    for (const context of contexts) await context.close();
    await rm(folder, { recursive: true, force: true });
  },
  openTab: async ({ context, site }, use) => {
    await use(async (path = '/', within = context) => {
      const page = await within.newPage();
      await page.goto(new URL(path, site.url).href);
      const chat = new ChatPage(page);
      await chat.open();
      return chat;
    });
  },
});

export { expect };
