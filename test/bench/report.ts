import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Measure } from './measure.ts';
import { table } from './table.ts';

const page = new URL('../../docs/speed.md', import.meta.url);

/** The load average, in cores. Read it before a run, since the run is a load itself. */
export function loadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** Writes docs/speed.md. */
export async function writeReport(
  measures: readonly Measure[],
  browser: string,
  load: number,
): Promise<void> {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'an unknown processor';
  const machine = `${processors.length} × ${model}, ${gibibytes} GiB, ${type()} ${release()}`;
  await writeFile(
    page,
    `# Speed

The hub is compared with a *baseline*: a bare SharedWorker with one WebSocket that posts each frame to every
tab and stores nothing. \`npm run bench\` measures both in one run and writes this page.

- Machine: ${machine}
- Browser: ${browser}, headless; Node ${process.version}
- Load average before the run: ${load.toFixed(1)} (1 is one busy core)
- Date: ${new Date().toISOString().slice(0, 10)}

${table(measures)}

## How it is measured

- **Equal conditions.** Each side has its own origin, visitor and gateway emulator, all served from one
  process. The baseline's worker sends the emulator only what it needs to send messages (token, auth,
  routing, pongs). Both sides get the same frames from the same code; only the browser side differs.
- **Alternating rounds.** The two sides take turns, so that other load on the machine affects both.
  Warm-up rounds, in which scripts are compiled and caches filled, do not count.
- **partyline** is the package's own client in a page that renders nothing, built with Vite like a site.
- **Tabs** are real pages, each visible in its own window. Their network is not observed: a minimal
  DevTools client drives the browser, and the timestamps are read from the tabs after the run.
- **One clock.** Node and the browser take timestamps from the system's monotonic clock. Pages are
  isolated (COOP, COEP), which gives them a resolution of 5 µs instead of 100 µs.
- **One message** is measured from just before the emulator is asked to send it until the last tab has it
  in its snapshot, or, in the baseline, until the last tab has parsed the frame.
- **Durable** means that another page counts all rows in IndexedDB. It is compared with the baseline's
  time for the tabs, since the baseline stores nothing.
- **Bytes** are counted on all TCP connections to the gateway, REST included, in both directions.
- **Navigation** is measured from the browser's navigation start to a snapshot with 50 messages. The
  baseline's worker has 50 rows in memory and posts them to a new tab in one message.
- **Stored** messages are written into the hub's own database while the hub does not run, and into the
  gateway.
- **Server down** means the gateway and the OAuth server; the site still serves its pages.
- **Memory** is the private memory of a page's process, and the page's heap after garbage collection. Both
  are medians of several tabs, minus those of tabs with an empty page of the same origin.

## How to run it

\`\`\`sh
npm run bench                # about five minutes on two cores
BENCH_QUICK=1 npm run bench  # less than one minute, to see that it works; does not write this page
\`\`\`

Run nothing else at the same time: twenty tabs need more than two cores, and the p95 shows it.
`,
  );
}
