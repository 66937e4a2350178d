import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from '../browser.ts';
import { atMost, type Measure, timesFloor } from '../measure.ts';
import type { Plan } from '../plan.ts';
import { Side } from '../side.ts';
import { type Sample, summarize } from '../statistics.ts';
import { now, type Tab } from '../tab.ts';
import { countTraffic, type Traffic } from '../traffic.ts';

const arrivalsSchema = z.array(z.tuple([z.string(), z.number()]));

interface Bench {
  readonly side: Side;
  readonly tabs: Tab[];
  readonly traffic: Traffic;
}

/** One message after the other to more and more tabs, and what that takes of the network. */
export async function latency(browser: Browser, plan: Plan): Promise<Measure[]> {
  const floor = await start('floor', browser);
  const ours = await start('chat', browser);
  const measures: Measure[] = [];
  try {
    for (const tabCount of plan.tabCounts) {
      for (const bench of [floor, ours]) {
        while (bench.tabs.length < tabCount) bench.tabs.push(await bench.side.openTab());
      }
      await warmUp([floor, ours]);
      const bytes = [floor, ours].map(({ traffic }) => traffic.bytes());
      const [floorTimes, ourTimes] = await exchange([floor, ours], plan);
      const [floorBytes, ourBytes] = [floor, ours].map(
        ({ traffic }, index) => traffic.bytes() - (bytes[index] ?? 0),
      );
      measures.push({
        what: `one message, gateway → every tab, ${tabCount} ${tabCount === 1 ? 'tab' : 'tabs'}`,
        unit: 'ms',
        floor: summarize(floorTimes ?? []),
        ours: summarize(ourTimes ?? []),
        aim: timesFloor(tabCount === plan.tabCounts.at(-1) ? 1.1 : 1.3),
      });
      if (tabCount !== plan.tabCounts.at(-1)) continue;
      measures.push(
        {
          what: `sockets at the server, ${tabCount} tabs`,
          unit: '',
          floor: exactly(floor.side.gateway.stats.peak),
          ours: exactly(ours.side.gateway.stats.peak),
          aim: atMost(1),
        },
        {
          what: `bytes at the server, ${tabCount} tabs, ${plan.messages} messages`,
          unit: 'kB',
          floor: exactly((floorBytes ?? 0) / 1_000),
          ours: exactly((ourBytes ?? 0) / 1_000),
          aim: timesFloor(1.1),
        },
        {
          what: 'bytes in total, with connecting and all earlier messages',
          unit: 'kB',
          floor: exactly(floor.traffic.bytes() / 1_000),
          ours: exactly(ours.traffic.bytes() / 1_000),
          aim: null,
        },
      );
    }
    return measures;
  } finally {
    await floor.side.close();
    await ours.side.close();
  }
}

async function start(kind: 'floor' | 'chat', browser: Browser): Promise<Bench> {
  const side = await Side.start(kind, browser);
  const traffic = countTraffic(side.gateway.port);
  return { side, tabs: [await side.openConversation()], traffic };
}

/** So that no script is compiled while it is measured. */
async function warmUp(benches: readonly Bench[]): Promise<void> {
  for (let message = 0; message < 20; message += 1) {
    for (const { side } of benches) await side.say(`warming up ${message}`);
    await delay(20);
  }
  await delay(500);
  for (const { tabs } of benches) {
    await Promise.all(tabs.map((tab) => tab.call('takeArrivals', [], z.unknown())));
  }
}

/** In turn, so that whatever else the machine does hits both. Times in ms, those of each bench. */
async function exchange(benches: readonly Bench[], plan: Plan): Promise<number[][]> {
  const sent = benches.map(() => new Map<string, number>());
  for (let message = 0; message < plan.messages; message += 1) {
    const text = `Message ${message}: your parcel has left our warehouse.`;
    for (const [index, { side }] of benches.entries()) {
      sent[index]?.set(text, now());
      await side.say(text);
      await delay(plan.pause);
    }
  }
  await delay(500);
  return Promise.all(benches.map(({ tabs }, index) => timesOf(tabs, sent[index] ?? new Map())));
}

/** From the sending of each message to its arrival in the last tab. */
async function timesOf(tabs: readonly Tab[], sent: Map<string, number>): Promise<number[]> {
  const last = new Map<string, number>();
  for (const tab of tabs) {
    const origin = await tab.origin();
    const arrivals = new Map(await tab.call('takeArrivals', [], arrivalsSchema));
    for (const text of sent.keys()) {
      const at = arrivals.get(text);
      if (at === undefined) throw new Error(`a tab has not got “${text}”`);
      last.set(text, Math.max(last.get(text) ?? 0, origin + at));
    }
  }
  return [...sent].map(([text, at]) => (last.get(text) ?? Number.NaN) - at);
}

function exactly(value: number): Sample {
  return { p50: value, p95: value, count: 1 };
}
