import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { chart, type Span } from './chart.ts';
import { measure } from './measures.ts';
import {
  addedSecond,
  article,
  core,
  decorrelated,
  plain,
  policies,
  recommended,
  uniform,
} from './policies.ts';
import { outage, restart, smaller } from './scenarios.ts';
import { simulate, type Timeline } from './simulate.ts';
import { table } from './table.ts';

const drawn = [plain, article, addedSecond, decorrelated, recommended, uniform];

/**
 * Runs everything, writes the tables between their marks in the page, and the picture beside it.
 *
 * @returns what is wrong with the policy that ships
 */
export async function report(page: URL, picture: URL): Promise<string[]> {
  const restarted = policies.map((policy) => simulate(policy, restart));
  const outaged = policies.map((policy) => simulate(policy, outage));
  const text = await readFile(page, 'utf8');
  await writeFile(page, withTable(withTable(text, restarted), outaged));
  await writeFile(
    picture,
    chart([column(restarted, { to: 240, every: 30 }), column(outaged, { to: 960, every: 120 })]),
  );
  return [restarted, outaged].flatMap(problemsOf);
}

/** The same of the policy that ships, with fewer hubs and as much less room; writes nothing. */
export function rehearse(hubs: number): string[] {
  if (!Number.isInteger(hubs) || hubs < restart.down) return ['The fleet needs a number of hubs.'];
  return [restart, outage].flatMap((scenario) => {
    const small = smaller(scenario, scenario.hubs / hubs);
    return problemsOf([core, recommended].map((policy) => simulate(policy, small)));
  });
}

/** What ships is what the page recommends, or the page tells of something else. */
function problemsOf(timelines: readonly Timeline[]): string[] {
  const [ours, best] = [core, recommended].map((policy) => {
    const found = timelines.find((timeline) => timeline.policy === policy);
    return found ? measure(found) : null;
  });
  if (ours && isDeepStrictEqual(ours, best)) return [];
  const name = timelines[0]?.scenario.name;
  return [`${name}: the hub does not wait as the page recommends.`];
}

function column(timelines: readonly Timeline[], span: Span) {
  return { span, timelines: timelines.filter(({ policy }) => drawn.includes(policy)) };
}

function withTable(text: string, timelines: readonly Timeline[]): string {
  const id = timelines[0]?.scenario.id;
  const rows = timelines.map((timeline) => ({
    policy: timeline.policy,
    measures: measure(timeline),
  }));
  const opening = `<!-- table: ${id} -->\n`;
  const [before, after] = text.split(opening);
  const end = after?.indexOf('<!-- end -->') ?? -1;
  if (after === undefined || end < 0) throw new Error(`the page has no place for '${id}'`);
  return `${before}${opening}${table(rows, recommended)}\n${after.slice(end)}`;
}
