import type { BrowserContext } from '@playwright/test';
import { expect } from './fixtures.ts';

async function hubSession(context: BrowserContext) {
  const browser = context.browser();
  if (!browser) throw new Error('the context has no browser to ask');
  const session = await browser.newBrowserCDPSession();
  const hubs = async () => {
    const { targetInfos } = await session.send('Target.getTargets');
    return targetInfos.filter(({ type }) => type === 'shared_worker');
  };
  // The former one may have been killed a moment ago.
  await expect.poll(async () => (await hubs()).length).toBe(1);
  const { targetId = '', url = '' } = (await hubs())[0] ?? {};
  return { session, targetId, url };
}

/** Where the hub's script was loaded from. */
export async function hubUrl(context: BrowserContext): Promise<string> {
  const { session, url } = await hubSession(context);
  await session.detach();
  return url;
}

/** Kills the hub's worker as the browser's task manager would. */
export async function killHub(context: BrowserContext): Promise<void> {
  const [dedicated] = context.pages().flatMap((page) => page.workers());
  if (dedicated) {
    await dedicated.evaluate(() => self.close());
    return;
  }
  const { session, targetId } = await hubSession(context);
  await session.send('Target.closeTarget', { targetId });
  await session.detach();
}

/** Kills it, and the next one as it is born, before it has said a word. */
export async function killHubAndSuccessor(context: BrowserContext): Promise<void> {
  const { session, targetId } = await hubSession(context);
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
  const { session, targetId } = await hubSession(context);
  const lines: string[] = [];
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const event: unknown = JSON.parse(message);
    const text = JSON.stringify(event);
    if (text.includes('Runtime.consoleAPICalled')) lines.push(text);
  });
  // Not flattened, since Playwright's sessions speak to one target alone.
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
  await session.send('Target.sendMessageToTarget', {
    sessionId,
    message: JSON.stringify({ id: 1, method: 'Runtime.enable' }),
  });
  return lines;
}
