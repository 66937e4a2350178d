import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from '../browser.ts';
import type { Measure } from '../measure.ts';
import type { Plan } from '../plan.ts';
import { Side } from '../side.ts';
import { summarize } from '../statistics.ts';
import { now } from '../tab.ts';

const tabCount = 5;

/** The worker is killed; a message that is sent right after must come to every tab. */
export async function kill(browser: Browser, plan: Plan): Promise<Measure[]> {
  const side = await Side.start('chat', browser);
  try {
    const tabs = [await side.openConversation()];
    while (tabs.length < tabCount) tabs.push(await side.openTab());
    await delay(1_000);
    const times: number[] = [];
    for (let round = 0; round <= plan.kills; round += 1) {
      const text = `After death ${round}`;
      const origins = await Promise.all(tabs.map((tab) => tab.origin()));
      const waiting = tabs.map((tab) => tab.call('until', [text], z.number()));
      const begun = now();
      await side.killWorker();
      await side.say(text);
      const arrivals = await Promise.all(waiting);
      const last = Math.max(...arrivals.map((at, index) => at + (origins[index] ?? 0)));
      if (round > 0) times.push(last - begun);
      // A page that has seen many deaths in a row waits before it tries again: these have seen none.
      for (const tab of tabs) {
        await tab.leave();
        await tab.visit(side.url());
      }
      await delay(500);
    }
    const what = `worker killed → a message sent right after is in ${tabCount} tabs`;
    return [{ what, unit: 'ms', floor: null, ours: summarize(times), aim: null }];
  } finally {
    await side.close();
  }
}
