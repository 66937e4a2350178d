import {
  type Browser,
  type BrowserContext,
  test as base,
  type CDPSession,
  expect,
} from '@playwright/test';
import { z } from 'zod';

/** Lines that are none of the chat's: the browser's own of failing requests, and the demo's. */
const ofOthers = [
  /^(Failed to load resource:|WebSocket connection to )/,
  /^The AudioContext was not allowed to start/,
  // Most tests block service workers.
  /^Service Worker registration blocked by Playwright/,
  /^Could not register the service worker:/,
  /^Could not load the session:/,
];

const workerWord = z.union([
  z.object({
    method: z.literal('Runtime.consoleAPICalled'),
    params: z.object({
      type: z.string(),
      args: z.array(z.looseObject({ value: z.unknown(), description: z.optional(z.string()) })),
    }),
  }),
  z.object({
    method: z.literal('Runtime.exceptionThrown'),
    params: z.object({
      exceptionDetails: z.looseObject({
        text: z.string(),
        exception: z.optional(z.looseObject({ description: z.optional(z.string()) })),
      }),
    }),
  }),
  z.object({ method: z.literal('Inspector.targetCrashed') }),
  z.object({ method: z.literal('Inspector.targetReloadedAfterCrash') }),
  z.object({ id: z.literal(2) }),
]);

export interface Warning {
  readonly where: string;
  readonly text: string;
}

/** All that pages and workers of a test warn of, and all that they throw. */
export class Consoles {
  readonly #warnings: Warning[] = [];
  readonly #expected: RegExp[] = [];
  readonly #allowed: RegExp[] = [];
  #isOver = false;
  readonly #contexts = new Set<BrowserContext>();
  readonly #sessions = new Map<Browser, Promise<WorkerConsoles>>();

  /** What a test is about: at least one line must come for each. All others are faults. */
  expect(...patterns: readonly RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** What may come or not, as time will have it. */
  allow(...patterns: readonly RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  /** From now on, the context's pages and their workers, and every SharedWorker of its browser. */
  async watch(context: BrowserContext): Promise<void> {
    if (!this.#contexts.has(context)) this.#listen(context);
    this.#contexts.add(context);
    const browser = context.browser();
    if (!browser) throw new Error('the context has no browser to ask for its workers');
    const session =
      this.#sessions.get(browser) ??
      WorkerConsoles.watch(browser, (text) => this.#add('the SharedWorker', text));
    this.#sessions.set(browser, session);
    await session;
  }

  #listen(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() !== 'warning' && message.type() !== 'error') return;
      const where = message.worker() ? 'a worker' : message.location().url;
      this.#add(where, message.text());
    });
    context.on('weberror', (error) => {
      this.#add(error.page()?.url() ?? 'a page', `threw ${error.error()}`);
    });
  }

  /**
   * The test is over: what is heard once its gateway, its site and its pages are taken away is no fault.
   * Whatever takes one away calls this first.
   */
  async end(): Promise<void> {
    if (this.#isOver) return;
    const sessions = await Promise.all(this.#sessions.values());
    for (const session of sessions) await session.settle();
    this.#isOver = true;
    for (const session of sessions) await session.end();
  }

  #add(where: string, text: string): void {
    if (ofOthers.some((pattern) => pattern.test(text)) || this.#isOver) return;
    this.#warnings.push({ where, text });
  }

  /** Lines that no test has expected, and what was expected in vain. */
  faults(): string[] {
    const known = [...this.#expected, ...this.#allowed];
    const matches = (pattern: RegExp) => this.#warnings.some(({ text }) => pattern.test(text));
    return [
      ...this.#warnings
        .filter(({ text }) => !known.some((pattern) => pattern.test(text)))
        .map(({ where, text }) => `${where}: ${text}`),
      ...this.#expected
        .filter((pattern) => !matches(pattern))
        .map((pattern) => `expected in vain: ${pattern}`),
    ];
  }
}

const watched = new WeakMap<Browser, WorkerConsoles>();

/** Calls back with each line that a SharedWorker of this browser writes to its console from now on. */
export function onWorkerLine(browser: Browser, reader: (line: string) => void): void {
  watched.get(browser)?.readers.add(reader);
}

/**
 * Before a worker is killed: its last words are heard. One that DevTools look at has a successor that waits
 * for them.
 */
export async function hearLastWords(browser: Browser, targetId: string): Promise<void> {
  await watched.get(browser)?.letGo(targetId);
}

/** Playwright does not know SharedWorkers: the consoles of a browser's, by DevTools. */
class WorkerConsoles {
  readonly readers = new Set<(line: string) => void>();
  #areNew = false;
  readonly #session: CDPSession;
  readonly #onWarning: (text: string) => void;
  /** By what their sessions are called. */
  readonly #settling = new Map<string, () => void>();
  readonly #attaching = new Map<string, Promise<string | null>>();

  static async watch(browser: Browser, onWarning: (text: string) => void): Promise<WorkerConsoles> {
    const consoles = new WorkerConsoles(await browser.newBrowserCDPSession(), onWarning);
    watched.set(browser, consoles);
    await consoles.#session.send('Target.setDiscoverTargets', { discover: true });
    // Reported before the answer: those of previous tests, which a browser may remember. It
    // falls when such a one is attached to.
    consoles.#areNew = true;
    return consoles;
  }

  private constructor(session: CDPSession, onWarning: (text: string) => void) {
    this.#session = session;
    this.#onWarning = onWarning;
    session.on('Target.targetCreated', ({ targetInfo: { type, targetId } }) => {
      if (type !== 'shared_worker' || !this.#areNew) return;
      this.#attaching.set(targetId, this.#attach(targetId));
    });
    session.on('Target.targetDestroyed', ({ targetId }) => this.#attaching.delete(targetId));
    session.on('Target.detachedFromTarget', ({ sessionId }) => this.#settled(sessionId));
    session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      this.#hear(sessionId, JSON.parse(message));
    });
  }

  /** `null`: it has ended meanwhile. */
  async #attach(targetId: string): Promise<string | null> {
    try {
      // Not flattened, since Playwright's sessions speak to one target alone.
      const { sessionId } = await this.#session.send('Target.attachToTarget', {
        targetId,
        flatten: false,
      });
      // What it has said before comes now.
      await this.#send(sessionId, { id: 1, method: 'Runtime.enable' });
      return sessionId;
    } catch {
      return null;
    }
  }

  async #send(sessionId: string, message: object): Promise<void> {
    const text = JSON.stringify(message);
    await this.#session.send('Target.sendMessageToTarget', { sessionId, message: text });
  }

  #hear(sessionId: string, message: unknown): void {
    const { success, data } = workerWord.safeParse(message);
    if (!success) return;
    if ('id' in data) {
      this.#settled(sessionId);
      return;
    }
    switch (data.method) {
      case 'Runtime.consoleAPICalled': {
        const { type, args } = data.params;
        for (const reader of this.readers) reader(JSON.stringify(data));
        if (type !== 'warning' && type !== 'error') return;
        this.#onWarning(args.map(({ value, description }) => description ?? `${value}`).join(' '));
        return;
      }
      case 'Runtime.exceptionThrown': {
        const { text, exception } = data.params.exceptionDetails;
        this.#onWarning(`threw ${text} ${exception?.description ?? ''}`);
        return;
      }
      case 'Inspector.targetCrashed':
        this.#detach(sessionId);
        return;
      case 'Inspector.targetReloadedAfterCrash':
        // Before we had let go of its predecessor.
        this.#send(sessionId, { id: 1, method: 'Runtime.enable' })
          .then(() => this.#send(sessionId, { id: 1, method: 'Runtime.runIfWaitingForDebugger' }))
          .catch(() => this.#settled(sessionId));
    }
  }

  #settled(sessionId: string): void {
    this.#settling.get(sessionId)?.();
    this.#settling.delete(sessionId);
  }

  #detach(sessionId: string): void {
    this.#session.send('Target.detachFromTarget', { sessionId }).catch(() => {
      // With its target, or the browser.
    });
  }

  async letGo(targetId: string): Promise<void> {
    const sessionId = await this.#attaching.get(targetId);
    this.#attaching.delete(targetId);
    if (!sessionId) return;
    await this.#settle(sessionId);
    await this.#session.send('Target.detachFromTarget', { sessionId });
  }

  async settle(): Promise<void> {
    for (const attaching of [...this.#attaching.values()]) {
      const sessionId = await attaching;
      if (sessionId !== null) await this.#settle(sessionId);
    }
  }

  #settle(sessionId: string): Promise<void> {
    return new Promise<void>((resolve) => {
      // One that a test holds up says nothing more.
      const timer = setTimeout(resolve, 2_000);
      this.#settling.set(sessionId, () => {
        clearTimeout(timer);
        resolve();
      });
      const ask = { id: 2, method: 'Runtime.evaluate', params: { expression: '0' } };
      this.#send(sessionId, ask).catch(() => this.#settled(sessionId));
    });
  }

  async end(): Promise<void> {
    await this.#session.detach().catch(() => {
      // With its browser.
    });
  }
}

interface Fixtures {
  consoles: Consoles;
  /** Declares what a test makes pages and workers warn of. */
  expectWarnings: (...patterns: readonly RegExp[]) => void;
  /** Declares what it makes them warn of or not, as time will have it. */
  allowWarnings: (...patterns: readonly RegExp[]) => void;
}

/** Every test fails as well when a page or a worker warns of something that it is not about. */
export const test = base.extend<Fixtures>({
  consoles: [
    async ({ browser }, use) => {
      const consoles = new Consoles();
      // Of those that a test makes by itself.
      const onContext = (context: BrowserContext) => void consoles.watch(context);
      browser.on('context', onContext);
      await use(consoles);
      browser.off('context', onContext);
      await consoles.end();
      const faults = consoles.faults();
      expect(faults, 'what pages and workers warned of').toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, consoles }, use) => {
    await consoles.watch(context);
    await use(context);
    await consoles.end();
  },
  expectWarnings: async ({ consoles }, use) => {
    await use((...patterns) => consoles.expect(...patterns));
  },
  allowWarnings: async ({ consoles }, use) => {
    await use((...patterns) => consoles.allow(...patterns));
  },
});

export { expect };
