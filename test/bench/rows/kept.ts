import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from '../browser.ts';
import { startKept } from '../kept-side.ts';
import { floorPlus, type Measure } from '../measure.ts';
import type { Plan } from '../plan.ts';
import { Side } from '../side.ts';
import { summarize } from '../statistics.ts';
import type { Tab } from '../tab.ts';

/** For what a page does after its first messages are in, in ms. */
const settle = 150;

/** Measures what must not depend on the number of stored messages. */
export async function kept(browser: Browser, plan: Plan): Promise<Measure[]> {
  const sides = [
    await Side.start('floor', browser),
    await startKept(browser, plan.few),
    await startKept(browser, plan.many),
  ];
  try {
    const [floor, few, many] = sides;
    if (!floor || !few || !many) return [];
    const alive = await navigations(sides, plan.navigations);
    const attached = await attachments([few, many], plan.attachments);
    for (const { gateway } of sides) await gateway.stop();
    const away = await coldNavigations(sides, plan.navigations);

    const rows = (what: string, times: readonly number[][], aim: Measure['aim']) =>
      [plan.few, plan.many].map((count, index): Measure => {
        const floorTimes = times.length > 2 ? times[0] : undefined;
        return {
          what: `${what}, ${count.toLocaleString('en')} stored`,
          unit: 'ms',
          floor: floorTimes ? summarize(floorTimes) : null,
          ours: summarize(times.at(index - 2) ?? []),
          aim,
        };
      });
    return [
      ...rows('navigation → newest 50, hub alive', alive, floorPlus(20, 'ms')),
      ...rows('navigation → newest 50, no hub, server down', away, floorPlus(40, 'ms')),
      ...rows('attach in an open page → newest 50', attached.attach, null),
      ...rows('loadEarlier(50)', attached.earlier, null),
    ];
  } finally {
    for (const side of sides) await side.close();
  }
}

/** From page to page, while another tab stays. */
async function navigations(sides: readonly Side[], rounds: number): Promise<number[][]> {
  const places: { side: Side; holder: Tab; tab: Tab }[] = [];
  for (const side of sides) {
    places.push({ side, holder: await side.openTab(), tab: await side.openTab() });
  }
  // The hubs connect and catch up.
  await delay(2_000);
  const times = sides.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { side, tab }] of places.entries()) {
      const time = await tab.navigate(side.url(side.kind, round));
      // The first one fills the browser's caches.
      if (round > 0) times[index]?.push(time);
      await delay(settle);
    }
  }
  for (const { side, holder, tab } of places) {
    await side.closeTab(tab);
    await side.closeTab(holder);
  }
  return times;
}

/** The first page of a visit: each time the worker is started anew. */
async function coldNavigations(sides: readonly Side[], rounds: number): Promise<number[][]> {
  const places: { side: Side; tab: Tab }[] = [];
  for (const side of sides) places.push({ side, tab: await side.openTab('empty') });
  const times = sides.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { side, tab }] of places.entries()) {
      await tab.leave();
      await side.endWorker();
      await delay(settle);
      const time = await tab.navigate(side.url(side.kind, round));
      if (round > 0) times[index]?.push(time);
    }
  }
  for (const { side, tab } of places) await side.closeTab(tab);
  return times;
}

async function attachments(
  sides: readonly Side[],
  rounds: number,
): Promise<{ attach: number[][]; earlier: number[][] }> {
  const tabs = await Promise.all(sides.map((side) => side.openTab()));
  await delay(500);
  const attach = sides.map((): number[] => []);
  const earlier = sides.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, tab] of tabs.entries()) {
      const attached = await tab.call('attach', [], z.number());
      const loaded = await tab.call('loadEarlier', [], z.number());
      if (round > 0) {
        attach[index]?.push(attached);
        earlier[index]?.push(loaded);
      }
      await delay(20);
    }
  }
  for (const [index, tab] of tabs.entries()) await sides[index]?.closeTab(tab);
  return { attach, earlier };
}
