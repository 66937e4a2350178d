import { readFile, writeFile } from 'node:fs/promises';
import { chart, type Span } from './chart.ts';
import { measure } from './measures.ts';
import {
  addedSecond,
  article,
  decorrelated,
  plain,
  policies,
  recommended,
  uniform,
} from './policies.ts';
import { outage, restart } from './scenarios.ts';
import { simulate, type Timeline } from './simulate.ts';
import { table } from './table.ts';

const drawn = [plain, article, addedSecond, decorrelated, recommended, uniform];

/** Runs everything, writes the tables between their marks in the page, and the picture beside it. */
export async function report(page: URL, picture: URL): Promise<void> {
  const restarted = policies.map((policy) => simulate(policy, restart));
  const outaged = policies.map((policy) => simulate(policy, outage));
  const text = await readFile(page, 'utf8');
  await writeFile(page, withTable(withTable(text, restarted), outaged));
  await writeFile(
    picture,
    chart([column(restarted, { to: 240, every: 30 }), column(outaged, { to: 960, every: 120 })]),
  );
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
