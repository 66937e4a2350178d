import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { chromiumArguments } from '../support/chromium.ts';
import { DevTools } from './devtools.ts';

const flags = ['--headless=new', ...chromiumArguments, '--remote-debugging-port=0'];

const versionSchema = z.object({ product: z.string() });

const targetsSchema = z.object({
  targetInfos: z.array(z.object({ targetId: z.string(), type: z.string(), url: z.string() })),
});

const processesSchema = z.object({
  processInfo: z.array(z.object({ id: z.number(), type: z.string() })),
});

interface Ends {
  /** Ends the processes, and only them: a group's id is free again once they are gone. */
  readonly kill: () => void;
  /** What this process does at its own end. */
  readonly abandon: () => void;
}

/**
 * A Chromium with a profile on the disk. Not an incognito context: that one keeps IndexedDB in memory,
 * which is no store to measure. Sides are kept apart by their origins instead.
 */
export class Browser {
  readonly devTools: DevTools;
  readonly version: string;
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #ends: Ends;

  private constructor(
    devTools: DevTools,
    version: string,
    child: ChildProcess,
    profile: string,
    ends: Ends,
  ) {
    this.devTools = devTools;
    this.version = version;
    this.#child = child;
    this.#profile = profile;
    this.#ends = ends;
  }

  static async launch(executable: string): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'partyline-bench-'));
    // A group of its own, so that its helpers end with it.
    const child = spawn(executable, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: 'ignore',
      detached: true,
    });
    const kill = () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      process.kill(-child.pid, 'SIGKILL');
    };
    const abandon = () => {
      kill();
      remove(profile);
    };
    process.once('exit', abandon);
    try {
      const devTools = await DevTools.open(await addressOf(profile, child));
      const { product } = versionSchema.parse(await devTools.send('Browser.getVersion'));
      return new Browser(devTools, product, child, profile, { kill, abandon });
    } catch (error) {
      kill();
      throw error;
    }
  }

  /** Ends an origin's SharedWorker as the browser's task manager would. */
  async killWorker(origin: string): Promise<void> {
    const workers = await this.#workers(origin);
    for (const { targetId } of workers) {
      try {
        await this.devTools.send('Target.closeTarget', { targetId });
      } catch (error) {
        // It has ended by itself meanwhile.
        if (!(error instanceof Error && error.message.includes('No target'))) throw error;
      }
    }
  }

  /** Until there is none: a page that is on its way out may start another. */
  async endWorker(origin: string): Promise<void> {
    while ((await this.#workers(origin)).length > 0) {
      await this.killWorker(origin);
      await delay(20);
    }
  }

  /** The pages' processes by id, with what each has for itself alone, in bytes. */
  async renderers(): Promise<Map<number, number>> {
    const info = await this.devTools.send('SystemInfo.getProcessInfo');
    const { processInfo } = processesSchema.parse(info);
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const sizes = renderers.map(async ({ id }) => [id, await privateSize(id)] as const);
    return new Map(await Promise.all(sizes));
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    const { exitCode, signalCode } = this.#child;
    this.devTools.close();
    this.#ends.kill();
    if (exitCode === null && signalCode === null) await exited;
    process.off('exit', this.#ends.abandon);
    remove(this.#profile);
  }

  async #workers(origin: string) {
    const { targetInfos } = targetsSchema.parse(await this.devTools.send('Target.getTargets'));
    return targetInfos.filter(
      ({ type, url }) => type === 'shared_worker' && url.startsWith(`${origin}/`),
    );
  }
}

/** The browser writes it there once it listens. */
async function addressOf(profile: string, child: ChildProcess): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) break;
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port, path] = text.trim().split('\n');
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    await delay(50);
  }
  throw new Error('the browser did not start');
}

/** The last helpers may still write while they die. */
function remove(profile: string): void {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function privateSize(pid: number): Promise<number> {
  // A process can end while we look.
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  let kilobytes = 0;
  for (const [, size] of text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)) {
    kilobytes += Number(size);
  }
  return kilobytes * 1024;
}
