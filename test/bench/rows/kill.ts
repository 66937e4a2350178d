import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from '../browser.ts';
import { atMost, type Measure } from '../measure.ts';
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
    const attached: number[] = [];
    const through: number[] = [];
    for (let round = 0; round <= plan.kills; round += 1) {
      const text = `After death ${round}`;
      const origins = await Promise.all(tabs.map((tab) => tab.origin()));
      const waiting = tabs.map((tab) => tab.call('until', [text], z.number()));
      const respawned = tabs.map((tab) => tab.call('untilAnotherHub', [], z.number()));
      const last = (stamps: readonly number[]) =>
        Math.max(...stamps.map((at, index) => at + (origins[index] ?? 0)));
      const begun = now();
      await side.killWorker();
      await side.say(text);
      const [respawn, arrival] = [await Promise.all(respawned), await Promise.all(waiting)];
      if (round > 0) {
        attached.push(last(respawn) - begun);
        through.push(last(arrival) - begun);
      }
      // Uses new pages, since a page waits longer after several lost workers in a row.
      for (const tab of tabs) {
        await tab.leave();
        await tab.visit(side.url());
      }
      await delay(500);
    }
    const row = (what: string, times: readonly number[], aim: Measure['aim']): Measure => ({
      what: `worker killed → ${what} ${tabCount} tabs`,
      unit: 'ms',
      floor: null,
      ours: summarize(times),
      aim,
    });
    return [
      row('new hub running in', attached, atMost(100)),
      row('a message sent right after shown in', through, null),
    ];
  } finally {
    await side.close();
  }
}
