import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from '../browser.ts';
import { type Measure, timesFloor } from '../measure.ts';
import type { Plan } from '../plan.ts';
import { Side } from '../side.ts';
import { summarize } from '../statistics.ts';
import { now, type Tab } from '../tab.ts';

/** Thousands of messages at once: until the last one is in every tab, and until all are stored. */
export async function burst(browser: Browser, plan: Plan): Promise<Measure[]> {
  const floor = await Side.start('floor', browser);
  const ours = await Side.start('chat', browser);
  try {
    const floorTabs = await openTabs(floor, plan.burstTabs);
    const ourTabs = await openTabs(ours, plan.burstTabs);
    const keeper = await ours.openTab('keeper');
    const keeperOrigin = await keeper.origin();
    const times: Record<'floor' | 'shown' | 'stored', number[]> = {
      floor: [],
      shown: [],
      stored: [],
    };
    for (let round = 0; round <= plan.bursts; round += 1) {
      const atFloor = await send(floor, floorTabs, round, plan.burstLength);
      await delay(300);
      const here = await send(ours, ourTabs, round, plan.burstLength);
      // Looked for only now, so that the looking is no part of what came before.
      const stored = (round + 1) * plan.burstLength;
      const storedAt = keeperOrigin + (await keeper.call('untilStored', [stored], z.number()));
      await delay(300);
      // The first round compiles the scripts.
      if (round === 0) continue;
      times.floor.push(atFloor.shown - atFloor.begun);
      times.shown.push(here.shown - here.begun);
      times.stored.push(storedAt - here.begun);
    }
    const what = `${plan.burstLength.toLocaleString('en')} messages at once`;
    const floorSample = summarize(times.floor);
    return [
      {
        what: `${what}, in ${plan.burstTabs} tabs`,
        unit: 'ms',
        floor: floorSample,
        ours: summarize(times.shown),
        aim: timesFloor(1.5),
      },
      {
        what: `${what}, durable`,
        unit: 'ms',
        floor: floorSample,
        ours: summarize(times.stored),
        aim: timesFloor(2),
      },
    ];
  } finally {
    await floor.close();
    await ours.close();
  }
}

async function openTabs(side: Side, count: number): Promise<Tab[]> {
  const tabs = [await side.openConversation()];
  while (tabs.length < count) tabs.push(await side.openTab());
  return tabs;
}

async function send(
  side: Side,
  tabs: readonly Tab[],
  round: number,
  count: number,
): Promise<{ begun: number; shown: number }> {
  const texts = Array.from({ length: count }, (_, index) => `Burst ${round}, message ${index}`);
  const origins = await Promise.all(tabs.map((tab) => tab.origin()));
  const waiting = tabs.map((tab) => tab.call('until', [texts.at(-1)], z.number()));
  const begun = now();
  await side.sayAll(texts);
  const arrivals = await Promise.all(waiting);
  const shown = Math.max(...arrivals.map((at, index) => at + (origins[index] ?? 0)));
  await Promise.all(tabs.map((tab) => tab.call('takeArrivals', [], z.unknown())));
  return { begun, shown };
}
