import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { build, type Rolldown } from 'vite';
import type { Report } from '../../../contracts/plain-data.ts';

interface WorkerFixtures {
  /** Where `main.ts` and `worker.ts` are served. */
  origin: string;
}

const html = '<!doctype html><body><script type="module" src="/main.js"></script></body>';

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      rolldownOptions: {
        input: { main: at('./main.ts'), worker: at('./worker.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  const [{ output }] = [built].flat() as [Rolldown.RolldownOutput];
  return new Map(
    output.flatMap((part) => (part.type === 'chunk' ? [[`/${part.fileName}`, part.code]] : [])),
  );
}

/** A page that runs contracts against the real edges: `window.contracts`. */
export const test = base.extend<{ page: Page }, WorkerFixtures>({
  origin: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's names.
    async ({}, use) => {
      const files = await bundle();
      // A SharedWorker's script can't be made up by Playwright.
      const server = createServer(({ url = '/' }, response) => {
        const code = files.get(url);
        const type = code === undefined ? 'text/html' : 'text/javascript';
        response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
        response.end(code ?? html);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
  page: async ({ page, origin }, use) => {
    await page.goto(origin);
    await use(page);
  },
});

export { expect };

/** All of them have been run, and none has failed. */
export function expectKept(
  { names, failures }: Report,
  cases: readonly { readonly name: string }[],
): void {
  expect(failures).toEqual([]);
  expect(names).toEqual(cases.map(({ name }) => name));
}
