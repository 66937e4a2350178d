import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from './browser.ts';
import { Side } from './side.ts';

const hour = 3_600_000;

/**
 * Our side with so many messages in its store, and the same ones at the gateway. The hub makes the
 * database and the conversation's record itself; then it is killed, and the rows are put in.
 */
export async function startKept(browser: Browser, count: number): Promise<Side> {
  const side = await Side.start('chat', browser);
  const first = await side.openConversation();
  const keeper = await side.openTab('keeper');
  while ((await keeper.call('count', [], z.nullable(z.number()))) === null) await delay(50);
  // Its last writes.
  await delay(500);
  await side.closeTab(first);
  await side.endWorker();
  const begun = Date.now() - hour;
  await side.keep(count, begun);
  await keeper.call('fill', [count, begun], z.unknown());
  await side.closeTab(keeper);
  return side;
}
