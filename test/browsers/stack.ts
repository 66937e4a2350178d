import { createServer, request } from 'node:http';
import { hubLock } from '../../src/protocol/locks.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/testing/index.ts';
import { type Site, startSite } from '../browser/support/site.ts';
import { type Driver, until, type Window } from './driver.ts';

/** What a case has: a gateway and a site of its own, so that nothing of another case is there. */
export class Stack {
  readonly gateway: Gateway;
  readonly url: string;
  readonly #site: Site;
  readonly #driver: Driver;
  readonly #windows: ChatWindow[] = [];
  readonly #closeProxy: (() => Promise<void>) | null;

  private constructor(
    driver: Driver,
    gateway: Gateway,
    site: Site,
    proxy: { url: string; close: () => Promise<void> } | null,
  ) {
    this.#driver = driver;
    this.gateway = gateway;
    this.#site = site;
    this.url = proxy?.url ?? site.url;
    this.#closeProxy = proxy?.close ?? null;
  }

  static async start(
    driver: Driver,
    options: GatewayOptions & { readonly withoutSharedWorker?: boolean } = {},
  ): Promise<Stack> {
    const { withoutSharedWorker, ...gatewayOptions } = options;
    const gateway = await startGateway(gatewayOptions);
    const site = await startSite(gateway);
    const proxy = withoutSharedWorker ? await withoutSharedWorkers(site.url) : null;
    return new Stack(driver, gateway, site, proxy);
  }

  async open(path = '/'): Promise<ChatWindow> {
    const window = new ChatWindow(await this.#driver.open(new URL(path, this.url).href));
    this.#windows.push(window);
    await window.openPanel();
    return window;
  }

  /** Keeps hubs from starting, as a slow start does. Returns a function that lets them. */
  async holdHubsBack(): Promise<() => Promise<void>> {
    const window = await this.#driver.open(new URL('/config.js', this.url).href);
    const isHeld = `new Promise((resolve) => {
      navigator.locks.request('${hubLock('')}', () => {
        resolve(null);
        return new Promise(() => {});
      });
    })`;
    await window.evaluate(isHeld);
    return () => window.close();
  }

  /** An agent takes the conversation, once its first message is there. */
  async takeConversation(): Promise<string> {
    const { agent } = this.gateway;
    const { conversationId } = await agent.nextQueued({ timeout: 15_000 });
    await until(
      () => agent.transcript(conversationId),
      ({ length }) => length > 0,
      'the first message',
    );
    await agent.accept(conversationId);
    return conversationId;
  }

  async texts(conversationId: string): Promise<string[]> {
    return (await this.gateway.agent.transcript(conversationId)).map(({ text }) => text);
  }

  async close(): Promise<void> {
    for (const window of this.#windows) await window.close();
    await this.#closeProxy?.();
    await this.#site.close();
    await this.gateway.close();
  }
}

/** A page with the chat in it, by what a visitor sees. */
export class ChatWindow {
  readonly window: Window;
  #isClosed = false;

  constructor(window: Window) {
    this.window = window;
  }

  async openPanel(): Promise<void> {
    await until(
      () => this.window.evaluate("document.querySelector('partyline-chat')?.chat != null"),
      (isThere) => isThere === true,
      'the chat',
    );
    const isOpen = "document.querySelector('partyline-chat').open === true";
    if ((await this.window.evaluate(isOpen)) !== true) {
      await this.window.click('#launcher');
    }
  }

  async closePanel(): Promise<void> {
    await this.window.evaluate("(document.querySelector('partyline-chat').open = false, null)");
  }

  async send(text: string): Promise<void> {
    await this.type(text);
    await this.window.click('[part=send]');
    await this.draftIs('');
  }

  type(text: string): Promise<void> {
    return this.window.type('[part=input]', text);
  }

  async draftIs(text: string): Promise<void> {
    await until(
      () => this.#read("(find('[part=input]') ?? {}).value"),
      (value) => value === text,
      `the composer with “${text}”`,
    );
  }

  /** The texts of the messages on the screen, in order. */
  async shows(texts: readonly string[]): Promise<void> {
    await until(
      () => this.#read("all('[part~=bubble]').map((bubble) => bubble.textContent.trim())"),
      (shown) => JSON.stringify(shown) === JSON.stringify(texts),
      `the messages ${texts.join(', ')}`,
    );
  }

  /** A text somewhere in the panel. */
  async says(text: string): Promise<void> {
    await until(
      () => this.#read("find('[part=panel]')?.textContent ?? ''"),
      (shown) => String(shown).replace(/\s+/g, ' ').includes(text),
      `“${text}”`,
    );
  }

  async snapshotHas(expression: string, value: unknown): Promise<void> {
    await until(
      () =>
        this.window.evaluate(
          `document.querySelector('partyline-chat').chat.getSnapshot().${expression}`,
        ),
      (is) => is === value,
      expression,
    );
  }

  #read(expression: string): Promise<unknown> {
    return this.window.evaluate(`(() => {
      const roots = (root) => [root, ...[...root.querySelectorAll('*')]
        .flatMap((element) => element.shadowRoot ? roots(element.shadowRoot) : [])];
      const all = (selector) => roots(document).flatMap((root) => [...root.querySelectorAll(selector)]);
      const find = (selector) => all(selector)[0];
      return ${expression};
    })()`);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.window.close();
  }
}

/** A proxy whose pages find no SharedWorker, since not every engine runs a script before a page's own. */
async function withoutSharedWorkers(
  target: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { hostname, port } = new URL(target);
  const script = '/without-shared-worker.js';
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === script) {
      outgoing.setHeader('content-type', 'text/javascript');
      outgoing.end('delete globalThis.SharedWorker;');
      return;
    }
    const { method, url: path } = incoming;
    // A packed page could not be changed.
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
    const asked = request({ hostname, port, method, path, headers }, (answer) => {
      const isPage = answer.headers['content-type']?.startsWith('text/html') === true;
      const { 'content-length': _length, ...others } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, isPage ? others : answer.headers);
      if (!isPage) {
        answer.pipe(outgoing);
        return;
      }
      let page = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        page += part;
      });
      answer.on('end', () => {
        outgoing.end(page.replace('<head>', `<head><script src="${script}"></script>`));
      });
    });
    asked.on('error', () => outgoing.destroy());
    incoming.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
