import { Browser } from './browser.ts';
import { isMet, type Measure } from './measure.ts';
import { choosePlan, isQuick, type Plan } from './plan.ts';
import { loadAverage, writeReport } from './report.ts';
import { burst } from './rows/burst.ts';
import { kept } from './rows/kept.ts';
import { kill } from './rows/kill.ts';
import { latency } from './rows/latency.ts';
import { memory } from './rows/memory.ts';
import { buildSite } from './site-build.ts';
import { table } from './table.ts';

type Part = (browser: Browser, plan: Plan) => Promise<Measure[]>;

const parts: Readonly<Record<string, Part>> = { latency, burst, kept, memory, kill };

/**
 * Measures, prints the table, and writes it into the docs.
 *
 * @param wanted names of parts; empty for all. Only a complete table is written.
 * @returns whether all targets were met
 * @throws {RangeError} for an unknown part
 */
export async function bench(executable: string, wanted: readonly string[]): Promise<boolean> {
  const unknown = wanted.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    const known = Object.keys(parts).join(', ');
    throw new RangeError(`Unknown part ${unknown.join(', ')}. Known parts: ${known}.`);
  }
  const plan = choosePlan();
  const chosen = Object.entries(parts).filter(
    ([name]) => wanted.length === 0 || wanted.includes(name),
  );
  const load = loadAverage();
  await buildSite();
  const measures: Measure[] = [];
  let version = '';
  for (const [name, part] of chosen) {
    const begun = Date.now();
    process.stderr.write(`› ${name} … `);
    // A new browser for each part, so that parts do not affect each other.
    const browser = await Browser.launch(executable);
    const stop = () => process.exit(130);
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      version = browser.version;
      const measured = await part(browser, plan);
      if (measured.length === 0) throw new Error(`${name} returned no measures`);
      measures.push(...measured);
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      await browser.close();
    }
    process.stderr.write(`${Math.round((Date.now() - begun) / 1000)} s\n`);
  }
  console.log(`\n${version}\n\n${table(measures)}`);
  const missed = measures.filter((measure) => isMet(measure) === false).length;
  console.log(`\n${missed === 0 ? 'All targets are met.' : `${missed} targets are missed.`}`);
  if (!isQuick && wanted.length === 0) await writeReport(measures, version, load);
  return missed === 0;
}
