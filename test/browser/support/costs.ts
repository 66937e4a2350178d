import type { BrowserContext, Page } from '@playwright/test';

/** How often each thing was done, by who did it and what it was: `hub: sends ping`, `page: posts ack`. */
export type Counts = Readonly<Record<string, number>>;

/**
 * Runs in every page and in every worker, and tells the observer of each thing that costs something. What
 * it does stands in prototypes, so that nothing of the chat's own need know of it.
 */
export function countHere(): void {
  const who = typeof document === 'undefined' ? 'hub' : 'page';
  const channel = new BroadcastChannel('costs');
  const tell = channel.postMessage.bind(channel);
  const count = (what: string | null) => {
    if (what !== null) tell(`${who}: ${what}`);
  };
  const plain = (text: string) =>
    text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.\d+)?/g, '{id}');
  const wrap = (
    owner: object | undefined,
    name: string,
    nameOf: (self: object, values: readonly unknown[]) => string | null,
  ) => {
    const original: unknown = owner && Reflect.get(owner, name);
    if (!owner || typeof original !== 'function') return;
    Reflect.set(owner, name, function (this: object, ...values: unknown[]) {
      count(nameOf(this, values));
      return Reflect.apply(original, this, values);
    });
  };
  const wrapClass = (name: string, nameOf: (values: readonly unknown[]) => string | null) => {
    const original: unknown = Reflect.get(globalThis, name);
    if (typeof original !== 'function') return;
    const counted = new Proxy(original, {
      construct(target, values, newTarget) {
        count(nameOf(values));
        return Reflect.construct(target, values, newTarget);
      },
    });
    Reflect.set(globalThis, name, counted);
  };
  const post = (self: object, [data]: readonly unknown[]): string | null => {
    const { type, path, argumentList } = Object(data);
    // The hub's own end of a tick.
    if (type === undefined || self === channel) return null;
    if (type === 'partyline-attach') return 'attaches';
    if (type !== 'APPLY') return `posts ${type === 'RAW' ? 'an answer' : type}`;
    const [name] = path;
    return name === 'call' ? `asks to ${argumentList[0].value.type}` : `asks to ${name}`;
  };
  wrap(globalThis.MessagePort?.prototype, 'postMessage', post);
  wrap(BroadcastChannel.prototype, 'postMessage', post);
  wrap(globalThis.Worker?.prototype, 'postMessage', post);
  wrap(globalThis.IDBFactory?.prototype, 'open', () => 'opens the database');
  wrap(globalThis.IDBDatabase?.prototype, 'transaction', (_, [, mode]) =>
    mode === 'readwrite' ? 'writes' : 'reads',
  );
  for (const change of ['put', 'add', 'delete', 'clear']) {
    wrap(
      globalThis.IDBObjectStore?.prototype,
      change,
      (self) => `${change}s ${Reflect.get(self, 'name')}`,
    );
  }
  for (const change of ['setItem', 'removeItem']) {
    wrap(globalThis.Storage?.prototype, change, (_, [key]) =>
      String(key).startsWith('partyline') ? `${change} ${key}` : null,
    );
  }
  wrap(globalThis.LockManager?.prototype, 'request', (_, [name]) => `locks ${plain(String(name))}`);
  wrap(
    globalThis.WebSocket?.prototype,
    'send',
    (_, [text]) => `sends ${JSON.parse(String(text)).type}`,
  );
  wrap(globalThis, 'fetch', (_, [input, init]) => {
    const { pathname } = new URL(
      input instanceof Request ? input.url : String(input),
      location.href,
    );
    return who === 'page' && !pathname.startsWith('/chat/')
      ? null
      : `fetches ${Object(init).method ?? 'GET'} ${plain(pathname)}`;
  });
  wrapClass('WebSocket', () => 'opens a socket');
  wrapClass('SharedWorker', () => 'starts a SharedWorker');
  wrapClass('Worker', () => 'starts a Worker');
  if (who === 'hub') count('boots');
}

/** Without a word for so long, in ms, what was begun is done. */
const quiet = 1_000;

/** A page of the origin without a chat, which hears what all the others do. */
export class Costs {
  readonly #page: Page;
  #before: Counts = {};

  private constructor(page: Page) {
    this.#page = page;
  }

  /** @param url of a site behind `startFront(…, costScript)` */
  static async watch(context: BrowserContext, url: string): Promise<Costs> {
    const page = await context.newPage();
    await page.goto(new URL('/robots.txt', url).href);
    await page.evaluate(() => {
      const counts: Record<string, number> = {};
      new BroadcastChannel('costs').onmessage = ({ data }: MessageEvent<string>) => {
        counts[data] = (counts[data] ?? 0) + 1;
      };
      Object.assign(window, { counts });
    });
    await context.addInitScript(countHere);
    return new Costs(page);
  }

  /** What was done since the last time that this was asked, once nothing more comes. */
  async spent(): Promise<Counts> {
    let now = await this.#read();
    // By this process's clock: a test may hold those of the pages.
    let since = Date.now();
    while (Date.now() - since < quiet) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const next = await this.#read();
      if (JSON.stringify(next) === JSON.stringify(now)) continue;
      now = next;
      since = Date.now();
    }
    const before = this.#before;
    this.#before = now;
    return Object.fromEntries(
      Object.entries(now)
        .map(([what, count]) => [what, count - (before[what] ?? 0)] as const)
        .filter(([, count]) => count !== 0),
    );
  }

  #read(): Promise<Counts> {
    return this.#page.evaluate(() => Reflect.get(window, 'counts'));
  }
}

/** What the hub's worker runs before the hub does. */
export const costScript = `(${countHere})();`;
