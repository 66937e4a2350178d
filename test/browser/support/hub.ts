import type { BrowserContext, JSHandle, Page, Worker } from '@playwright/test';
import { expect } from './fixtures.ts';
import { hearLastWords, onWorkerLine } from './watched.ts';

/** In whichever tab it runs where there is no SharedWorker; `null` where there is. */
async function dedicatedHub(context: BrowserContext): Promise<Worker | null> {
  const [page] = context.pages();
  if (!page || (await page.evaluate(() => 'SharedWorker' in globalThis))) return null;
  const hub = () => context.pages().flatMap((each) => each.workers());
  // The previous hub may have just ended, and its tab not have started the next.
  await expect.poll(() => hub().length).toBe(1);
  return hub()[0] ?? null;
}

async function hubSession(context: BrowserContext) {
  const browser = context.browser();
  if (!browser) throw new Error('the context has no browser to ask');
  const session = await browser.newBrowserCDPSession();
  const hubs = async () => {
    const { targetInfos } = await session.send('Target.getTargets');
    return targetInfos.filter(({ type }) => type === 'shared_worker');
  };
  // The previous hub may have just been killed.
  await expect.poll(async () => (await hubs()).length).toBe(1);
  const { targetId = '', url = '' } = (await hubs())[0] ?? {};
  return { browser, session, targetId, url };
}

/** Where the hub's script was loaded from. */
export async function hubUrl(context: BrowserContext): Promise<string> {
  const dedicated = await dedicatedHub(context);
  if (dedicated) return dedicated.url();
  const { session, url } = await hubSession(context);
  await session.detach();
  return url;
}

/** Kills the hub's worker as the browser's task manager would. */
export async function killHub(context: BrowserContext): Promise<void> {
  const dedicated = await dedicatedHub(context);
  if (dedicated) {
    const ended = new Promise((resolve) => dedicated.once('close', resolve));
    await dedicated.evaluate(() => self.close());
    await ended;
    return;
  }
  const { browser, session, targetId } = await hubSession(context);
  await hearLastWords(browser, targetId);
  await session.send('Target.closeTarget', { targetId });
  await session.detach();
}

/** Kills every hub's worker of the browser: those of other builds, too. */
export async function killAllHubs(context: BrowserContext): Promise<void> {
  const browser = context.browser();
  if (!browser) throw new Error('the context has no browser to ask');
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send('Target.getTargets');
  for (const { type, targetId } of targetInfos) {
    if (type !== 'shared_worker') continue;
    await hearLastWords(browser, targetId);
    await session.send('Target.closeTarget', { targetId });
  }
  await session.detach();
}

/** Kills it, and the next one as it is born, before it has said a word. */
export async function killHubAndSuccessor(context: BrowserContext): Promise<void> {
  const dedicated = await dedicatedHub(context);
  if (dedicated) {
    const successor = new Promise<Worker>((resolve) => {
      for (const page of context.pages()) page.once('worker', resolve);
    });
    await dedicated.evaluate(() => self.close());
    await (await successor).evaluate(() => self.close());
    return;
  }
  const { browser, session, targetId } = await hubSession(context);
  await hearLastWords(browser, targetId);
  const successorKilled = new Promise<void>((resolve, reject) => {
    session.on('Target.targetCreated', ({ targetInfo }) => {
      if (targetInfo.type !== 'shared_worker' || targetInfo.targetId === targetId) return;
      session
        .send('Target.closeTarget', { targetId: targetInfo.targetId })
        .then(() => session.send('Target.setDiscoverTargets', { discover: false }))
        .then(() => resolve(), reject);
    });
  });
  await session.send('Target.setDiscoverTargets', { discover: true });
  await session.send('Target.closeTarget', { targetId });
  await successorKilled;
  await session.detach();
}

/** Lines that the hub writes to its console from now on. */
export async function watchHubLog(context: BrowserContext): Promise<readonly string[]> {
  const lines: string[] = [];
  if (await dedicatedHub(context)) {
    context.on('console', (message) => lines.push(message.text()));
    return lines;
  }
  const browser = context.browser();
  if (browser) onWorkerLine(browser, (line) => lines.push(line));
  return lines;
}

/** A connection to the hub that some script opens behind its page's back. */
export interface ForeignConnection {
  readonly port: MessagePort | BroadcastChannel;
  /** For a tab that attaches by this name. */
  readonly stream: MessagePort | BroadcastChannel;
  /** The hub's end of the stream; `null` where it opens that itself. */
  readonly handOver: MessagePort | null;
}

export const foreignTab = 'evil';

export async function connectForeign(
  page: Page,
  url: string,
): Promise<JSHandle<ForeignConnection>> {
  return page.evaluateHandle(
    async ([url, tabId]): Promise<ForeignConnection> => {
      if ('SharedWorker' in globalThis) {
        const options = { type: 'module', name: 'partyline', extendedLifetime: true } as const;
        const { port } = new SharedWorker(url, options);
        const { port1: stream, port2: handOver } = new MessageChannel();
        port.start();
        return { port, stream, handOver };
      }
      const port = new BroadcastChannel(`partyline-calls-${tabId}`);
      const stream = new BroadcastChannel(`partyline-stream-${tabId}`);
      const heard = new Promise((resolve) => {
        port.addEventListener('message', resolve, { once: true });
      });
      const knock = { type: 'partyline-connect-request', connectionId: tabId };
      new BroadcastChannel('partyline-hub').postMessage(knock);
      await heard;
      return { port, stream, handOver: null };
    },
    [url, foreignTab] as const,
  );
}
