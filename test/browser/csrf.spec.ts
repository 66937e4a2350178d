import { createServer } from 'node:http';
import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';

/** A page of another origin: another port of this machine, which browsers call `same-site`. */
async function serveForeign(html: (origin: string) => string) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    // Chromium takes another name for another site.
    otherSite: `http://localhost:${port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

test('a page of another origin gets no token, and no answer that it can read', {
  tag: '@either-host',
}, async ({ gateway, openTab, context, site, expectWarnings }) => {
  expectWarnings(/blocked by CORS policy/, /Framing .* violates/);
  // The visitor has a session here, and their browser sends its cookie wherever it may.
  await openTab('/');
  await gateway.stats.waitFor((stats) => stats.connectionsOpened === 1, { timeout: 15_000 });
  const before = gateway.stats.events.filter(({ kind }) => kind === 'token').length;
  const foreign = await serveForeign(() => '<!doctype html><title>evil</title>');
  for (const url of [foreign.url, foreign.otherSite]) {
    const page = await context.newPage();
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url().startsWith(site.url)) statuses.push(response.status());
    });
    await page.goto(url);
    const read = await page.evaluate(async (target) => {
      const tries: RequestInit[] = [
        { method: 'POST', credentials: 'include' },
        { method: 'POST', credentials: 'include', mode: 'no-cors' },
        { method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}' },
        { method: 'POST', credentials: 'include', headers: { 'X-Custom': '1' } },
        { method: 'GET', credentials: 'include' },
      ];
      const read: string[] = [];
      for (const path of ['/chat/token', '/chat/routing-log', '/sign-out']) {
        for (const init of tries) {
          try {
            read.push(await (await fetch(target + path, init)).text());
          } catch {
            read.push('');
          }
        }
        // A form needs no script's leave.
        const form = document.createElement('form');
        form.method = 'post';
        form.action = target + path;
        form.target = 'hidden';
        const frame = document.createElement('iframe');
        frame.name = 'hidden';
        document.body.append(frame, form);
        const loaded = new Promise((resolve) => {
          frame.onload = resolve;
        });
        form.submit();
        await loaded;
        frame.remove();
        form.remove();
      }
      return read;
    }, site.url);
    expect(read.every((text) => text === '')).toBe(true);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    await page.close();
  }
  const after = gateway.stats.events.filter(({ kind }) => kind === 'token').length;
  expect(after).toBe(before);
  await foreign.close();
});

test('no page of another origin can frame the shop, and lay something over its chat', {
  tag: '@either-host',
}, async ({ page, site, expectWarnings }) => {
  expectWarnings(/Framing .* violates/);
  const foreign = await serveForeign(
    () => `<!doctype html><iframe src="${site.url}/" width="800" height="600"></iframe>`,
  );
  await page.goto(foreign.url);
  const [, framed] = page.frames();
  await expect.poll(() => framed?.url()).toMatch(/^chrome-error:/);
  const response = await page.request.get(`${site.url}/`);
  const headers = response.headers();
  expect(headers['x-frame-options']).toBe('DENY');
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toMatch(/unsafe-|\*/);
  await foreign.close();
});

test('signing out leaves nothing: no row, no storage, no cache, in no tab', async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  const other = await openTab('/help/');
  await tab.send('my account number is 4711');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'your balance is 12');
  await other.textbox.fill('and my PIN is 0815');
  await expect(tab.textbox).toHaveValue('and my PIN is 0815');
  await tab.shows(['my account number is 4711', 'your balance is 12']);
  await tab.page.evaluate(async () => {
    await document.querySelector('partyline-chat')?.chat?.signOut();
  });
  for (const each of [tab, other]) {
    await expect(each.messages).toHaveCount(0);
    await expect(each.textbox).toHaveValue('');
  }
  const left = await other.page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const rows: Record<string, unknown[]> = {};
    for (const { name } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        rows[store] = await asked(database.transaction(store).objectStore(store).getAll());
      }
      database.close();
    }
    return {
      rows,
      storage: Object.keys({ ...localStorage, ...sessionStorage }).filter((key) =>
        key.startsWith('partyline'),
      ),
      caches: await caches.keys(),
    };
  });
  expect(left.rows).toMatchObject({ messages: [], conversations: [], outbox: [] });
  expect(left.storage).toEqual([]);
  expect(left.caches).toEqual([]);
  const kept = JSON.stringify(left);
  for (const text of ['4711', 'balance', '0815', conversationId]) expect(kept).not.toContain(text);
  // What is left names nobody.
  expect(left.rows.meta).toEqual([
    expect.objectContaining({ subject: null, draft: '', routing: null, lastRouting: null }),
  ]);
  await expect.poll(() => gateway.stats.authenticated).toBe(0);
});
