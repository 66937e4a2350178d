import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from '../browser.ts';
import { atMost, type Measure } from '../measure.ts';
import type { Plan } from '../plan.ts';
import { Side } from '../side.ts';
import { summarize } from '../statistics.ts';

const mebibyte = 2 ** 20;

interface Grown {
  /** Of a page's process, in bytes. */
  readonly process: number;
  /** Of a page's heap, in bytes. */
  readonly heap: number;
}

/** What a further tab takes above one with an empty page of the same origin. */
export async function memory(browser: Browser, plan: Plan): Promise<Measure[]> {
  const floor = await Side.start('floor', browser);
  const ours = await Side.start('chat', browser);
  try {
    await floor.openConversation();
    await ours.openConversation();
    // What every page shows later is there.
    const texts = Array.from({ length: 50 }, (_, index) => `Message ${index} of some fifty.`);
    for (const side of [floor, ours]) await side.sayAll(texts);
    await delay(1_000);
    const extra = { floor: grownNothing(), ours: grownNothing() };
    for (let round = 0; round <= plan.memoryRounds; round += 1) {
      const empty = await grow(browser, ours, 'empty', plan.memoryTabs);
      const floorTabs = await grow(browser, floor, 'floor', plan.memoryTabs);
      const ourTabs = await grow(browser, ours, 'chat', plan.memoryTabs);
      // The first round brings the browser to its working size.
      if (round === 0) continue;
      add(extra.floor, floorTabs, empty);
      add(extra.ours, ourTabs, empty);
    }
    const row = (what: string, key: keyof Grown, aim: Measure['aim']): Measure => ({
      what,
      unit: 'MiB',
      floor: summarize(extra.floor[key]),
      ours: summarize(extra.ours[key]),
      aim,
    });
    return [
      row('memory of another tab, compared with an empty page', 'process', atMost(0.5)),
      row('of which the page’s heap', 'heap', null),
    ];
  } finally {
    await floor.close();
    await ours.close();
  }
}

async function grow(browser: Browser, side: Side, page: string, count: number): Promise<Grown> {
  const before = await browser.renderers();
  const tabs = [];
  for (let index = 0; index < count; index += 1) tabs.push(await side.openTab(page));
  await delay(1_000);
  const heaps = [];
  for (const tab of tabs) heaps.push(await tab.heap());
  const after = await browser.renderers();
  for (const tab of tabs) await side.closeTab(tab);
  await delay(500);
  // Among the new processes are one or two that the browser keeps in reserve: the median is a page's.
  const sizes = [...after].filter(([pid]) => !before.has(pid)).map(([, size]) => size);
  return { process: summarize(sizes).p50, heap: summarize(heaps).p50 };
}

function grownNothing(): Record<keyof Grown, number[]> {
  return { process: [], heap: [] };
}

function add(into: Record<keyof Grown, number[]>, tabs: Grown, empty: Grown): void {
  into.process.push((tabs.process - empty.process) / mebibyte);
  into.heap.push((tabs.heap - empty.heap) / mebibyte);
}
