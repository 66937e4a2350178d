import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { build, type Rolldown } from 'vite';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { EdgeExpect } from '../../contracts/edge-case.ts';
import { lineCases, type OpenLine, type SocketBench, socketCases } from '../../contracts/socket.ts';
import { SocketServer } from '../../contracts/socket-server.ts';

/** A page with the edges and no hub. */
const test = base.extend<{ page: Page }, { code: string }>({
  code: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const input = fileURLToPath(new URL('./edges/main.ts', import.meta.url));
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        build: {
          write: false,
          target: 'es2022',
          rolldownOptions: { input, output: { codeSplitting: false } },
        },
      });
      const [{ output }] = [built].flat() as [Rolldown.RolldownOutput];
      await use(output[0].code);
    },
    { scope: 'worker' },
  ],
  page: async ({ page, code }, use) => {
    const html = `<!doctype html><script type="module">${code}</script>`;
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(html);
    });
    // A page that no server has served may open no socket to this machine.
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    await use(page);
    server.closeAllConnections();
    server.close();
  },
});

for (const transport of ['port', 'channel'] as const) {
  test(`what holds for a ${transport} between a tab and the hub holds in a browser @either-host`, async ({
    page,
  }) => {
    await page.exposeFunction('passTime', (duration: number) => page.clock.runFor(duration));
    await page.clock.install();
    await page.reload();
    const { cases, wrong } = await page.evaluate((way) => window.runPortCases(way), transport);
    expect(wrong).toEqual([]);
    expect(cases).toBeGreaterThan(15);
  });
}

const expectations: EdgeExpect = {
  equal: (actual, expected, what) => expect(actual, what).toEqual(expected),
};

/** The real edge in a browser, against a real server. */
class BrowserSocketBench implements SocketBench {
  readonly #page: Page;
  readonly #server: SocketServer;

  constructor(page: Page, server: SocketServer) {
    this.#page = page;
    this.#server = server;
  }

  open = (socketId: number, how: OpenLine = {}) =>
    this.#page.evaluate(([id, given]) => window.sockets.open(id, given), [socketId, how] as const);
  send = (socketId: number, command: GatewayCommand) =>
    this.#page.evaluate(([id, sent]) => window.sockets.send(id, sent), [
      socketId,
      command,
    ] as const);
  close = (socketId: number) => this.#page.evaluate((id) => window.sockets.close(id), socketId);
  accepted = () => this.#server.accept();
  told = () => this.#page.evaluate(() => window.sockets.told);
  notes = () => this.#page.evaluate(() => window.sockets.notes);
  frames = async () => this.#server.last.frames;
  closedWith = async () => this.#server.last.closedWith;
  setToken = (token: string | null) =>
    this.#page.evaluate((given) => {
      window.sockets.token = given;
    }, token);

  pushRaw = async (data: string | Uint8Array) => this.#server.last.socket.send(data);

  closeWith = async (code: number | null) => {
    if (code === null) this.#server.last.socket.close();
    else this.#server.last.socket.close(code);
  };

  async settled(words = 0): Promise<void> {
    const reported = async () => (await this.told()).length;
    await expect.poll(reported, { intervals: [5] }).toBeGreaterThanOrEqual(words);
    await this.#server.settled();
    await this.#page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  }
}

test('the socket contract holds for a browser’s sockets @either-host', async ({ page }) => {
  const server = await SocketServer.start();
  for (const { name, run } of [...lineCases, ...socketCases]) {
    await test.step(name, async () => {
      await page.evaluate((url) => window.openSockets(url), server.url);
      await run(new BrowserSocketBench(page, server), expectations);
    });
  }
  server.close();
});
