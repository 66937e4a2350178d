import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Measure } from './measure.ts';
import { table } from './table.ts';

const page = new URL('../../docs/speed.md', import.meta.url);

/** What else the machine does, in cores: asked before a run, which is a load itself. */
export function business(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** Writes docs/speed.md. */
export async function writeReport(
  measures: readonly Measure[],
  browser: string,
  busy: number,
): Promise<void> {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'an unknown processor';
  const machine = `${processors.length} × ${model}, ${gibibytes} GiB, ${type()} ${release()}`;
  await writeFile(
    page,
    `# Speed

The hub against the *physical floor*: a bare SharedWorker with one WebSocket that posts each frame to
every tab and keeps nothing. \`npm run bench\` measures both in one run and writes this page.

- Machine: ${machine}
- Browser: ${browser}, headless; Node ${process.version}
- What else ran: a load average of ${busy.toFixed(1)} before the run (1 is one core busy)
- Date: ${new Date().toISOString().slice(0, 10)}

${table(measures)}

## How it is measured

- **Both sides alike.** Each has an origin, a visitor and a gateway emulator of its own, all served from
  one process. The floor's worker says to the emulator the least that makes it send (token, auth,
  routing, pongs), so both get the same frames from the same code, and only the browser differs.
- **In turn.** Floor, ours, floor, ours: whatever else the machine does hits both. First rounds, in which
  scripts are compiled and caches filled, do not count.
- **Ours** is the package's own client in a page that draws nothing, built by vite as a site builds it.
- **Tabs** are real pages, each visible in a window of its own. Nothing listens to their network: the
  browser is driven by a bare DevTools client, and tabs are asked for their stamps when all is over.
- **One clock.** Node and the browser stamp with the system's monotonic clock. Pages are isolated
  (COOP, COEP), which gives them 5 µs instead of 100.
- **One message** counts from before the emulator is told to send it until the last tab has it in its
  snapshot; the floor's tab has parsed the frame.
- **Durable** is when another page's look into IndexedDB counts all rows. It is compared with the
  floor's time for the tabs, since the floor keeps nothing.
- **Bytes** are those on all TCP connections to the gateway, REST included, in both directions.
- **Navigation** counts from the browser's navigation start to the snapshot with 50 messages. The floor's
  worker has 50 rows ready and posts them to a new tab in one message.
- **Kept** rows are put into the database that the hub has made, while it is not running, and into the
  gateway.
- **Server away** means gateway and OAuth server: the site itself serves its pages.
- **Memory** is what a page's process has for itself alone, and what the page's heap holds after a
  collection; each as a median of several tabs, less that of tabs with an empty page of the same origin.

## How to run it

\`\`\`sh
npm run bench                # some five minutes on two cores
BENCH_QUICK=1 npm run bench  # less than one: to see that it runs; this page is left as it is
\`\`\`

Let nothing else run meanwhile: two cores are few for twenty tabs, and the p95 shows it.
`,
  );
}
