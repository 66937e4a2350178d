import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { withDeadline } from '../../src/testing/gateway/deadline.ts';
import type { Browser } from './browser.ts';
import type { DevTools, Params } from './devtools.ts';
import { reportBinding } from './site/probe.ts';

const targetSchema = z.object({ targetId: z.string() });
const sessionSchema = z.object({ sessionId: z.string() });
const evaluatedSchema = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z
    .object({ text: z.string(), exception: z.object({ description: z.string().optional() }) })
    .partial()
    .optional(),
});
const metricsSchema = z.object({
  metrics: z.array(z.object({ name: z.string(), value: z.number() })),
});
const heapSchema = z.object({
  usedSize: z.number(),
  embedderHeapUsedSize: z.number().default(0),
  backingStorageSize: z.number().default(0),
});
const bindingSchema = z.object({ name: z.string(), payload: z.string() });

/** Whatever takes longer than this, in ms, will not come: the run fails instead of standing still. */
const deadline = 30_000;

/** Now, in ms on the system's monotonic clock: the one that the browser counts by as well. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A page of the bench. Its script gives it a `bench` to be called (`site/probe.ts`). */
export class Tab {
  readonly #devTools: DevTools;
  readonly #targetId: string;
  readonly #sessionId: string;

  private constructor(devTools: DevTools, targetId: string, sessionId: string) {
    this.#devTools = devTools;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
  }

  /** In a window of its own, so that every page is visible and none is slowed down for being hidden. */
  static async open(browser: Browser, url: string): Promise<Tab> {
    const { devTools } = browser;
    const created = await devTools.send('Target.createTarget', { url, newWindow: true });
    const { targetId } = targetSchema.parse(created);
    const attached = await devTools.send('Target.attachToTarget', { targetId, flatten: true });
    const { sessionId } = sessionSchema.parse(attached);
    const tab = new Tab(devTools, targetId, sessionId);
    return tab;
  }

  /** Waits for the page's script. */
  async ready(): Promise<this> {
    const isReady = () => this.#evaluate('"bench" in globalThis').catch(() => false);
    const end = now() + deadline;
    while ((await isReady()) !== true) {
      if (now() > end) throw new Error('a page’s script does not run');
      await delay(20);
    }
    return this;
  }

  /** Calls a method of the page's `bench`, and waits for what it returns. */
  async call<T>(method: string, args: readonly unknown[], schema: z.ZodType<T>): Promise<T> {
    const list = args.map((argument) => JSON.stringify(argument)).join(', ');
    const answer = this.#evaluate(`bench.${method}(${list})`);
    return schema.parse(await withDeadline(answer, deadline, `bench.${method}`));
  }

  /** Goes to a page and returns what it reports, which it does once. */
  async navigate(url: string): Promise<number> {
    await this.#send('Runtime.enable');
    await this.#send('Runtime.addBinding', { name: reportBinding });
    let stop = () => {};
    const reported = new Promise<string>((resolve) => {
      stop = this.#devTools.on('Runtime.bindingCalled', this.#sessionId, (params) => {
        const { name, payload } = bindingSchema.parse(params);
        if (name === reportBinding) resolve(payload);
      });
    });
    await this.#send('Page.navigate', { url });
    const payload = await withDeadline(reported, deadline, `a page with messages (${url})`);
    stop();
    return z.number().parse(JSON.parse(payload));
  }

  /** Goes to a page and waits for its script. */
  async visit(url: string): Promise<void> {
    await this.#send('Page.navigate', { url });
    await this.ready();
  }

  async leave(): Promise<void> {
    await this.#send('Page.navigate', { url: 'about:blank' });
  }

  /** The instant of the page's `performance.now() === 0`, on the clock of `now()`. */
  async origin(): Promise<number> {
    await this.#send('Performance.enable');
    const { metrics } = metricsSchema.parse(await this.#send('Performance.getMetrics'));
    await this.#send('Performance.disable');
    const start = metrics.find(({ name }) => name === 'NavigationStart');
    if (!start) throw new Error('the browser does not tell when the page began');
    return start.value * 1_000;
  }

  /** What its heap holds after a collection, in bytes. */
  async heap(): Promise<number> {
    await this.#send('HeapProfiler.collectGarbage');
    const usage = heapSchema.parse(await this.#send('Runtime.getHeapUsage'));
    return usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize;
  }

  async close(): Promise<void> {
    await this.#devTools.send('Target.closeTarget', { targetId: this.#targetId });
  }

  #send(method: string, params: Params = {}): Promise<unknown> {
    return this.#devTools.send(method, params, this.#sessionId);
  }

  async #evaluate(expression: string): Promise<unknown> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const evaluated = evaluatedSchema.parse(await this.#send('Runtime.evaluate', options));
    const { exceptionDetails, result } = evaluated;
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }
}
