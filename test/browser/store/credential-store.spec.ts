import { expect, test } from './support/bare-store.ts';

const session = { subject: 'visitor-1', token: 'secret-1', jwt: 'jwt-1', refreshToken: null };

test('a session is found again by the next worker, of its own deployment alone', async ({
  page,
}) => {
  const found = await page.evaluate(async (kept) => {
    const log = () => undefined;
    await new window.Vault('one', '', log).write(kept);
    await new window.Vault('two', '', log).write({ ...kept, token: 'secret-2' });
    return [
      await new window.Vault('one', '', log).read(),
      await new window.Vault('two', '', log).read(),
      await new window.Vault('three', '', log).read(),
    ];
  }, session);
  expect(found).toEqual([session, { ...session, token: 'secret-2' }, null]);
});

test('one visitor’s is not left behind by a sign-out in the moment of its writing', async ({
  page,
}) => {
  const found = await page.evaluate(async (kept) => {
    const log = () => undefined;
    const vault = new window.Vault('one', '', log);
    await vault.write(kept);
    // It is still being encrypted when the visitor signs out.
    const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    crypto.subtle.encrypt = (...args) => gate.then(() => encrypt(...args));
    const both = [vault.write(kept), vault.delete()];
    // Whoever does not wait for the writing has forgotten before others have come and gone as often.
    for (let others = 0; others < 10; others += 1) await new window.Vault('two', '', log).delete();
    goOn();
    await Promise.all(both);
    return [await vault.read(), await new window.Vault('one', '', log).read()];
  }, session);
  expect(found).toEqual([null, null]);
});

test('what is kept can be read neither from the database nor through its key, and is never alike', async ({
  page,
}) => {
  const { isReadable, ivs, data, keys } = await page.evaluate(async (kept) => {
    const log = () => undefined;
    for (const deployment of ['one', 'two'])
      await new window.Vault(deployment, '', log).write(kept);
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await asked(indexedDB.open('partyline-sessions'));
    const all = (name: string) => asked(database.transaction(name).objectStore(name).getAll());
    const rows = await all('sessions');
    const written = rows.flatMap(Object.values).map((part) => new Uint8Array(part));
    const texts = written.map((bytes) => String.fromCharCode(...bytes));
    return {
      isReadable: texts.some((text) => /secret|visitor|jwt/.test(text)),
      ivs: new Set(rows.map(({ iv }) => String(iv))).size,
      data: new Set(rows.map((row) => String(new Uint8Array(row.data)))).size,
      keys: (await all('keys')).map((key) => ({
        isKey: key instanceof CryptoKey,
        extractable: key.extractable,
      })),
    };
  }, session);
  expect(isReadable).toBe(false);
  expect({ ivs, data }).toEqual({ ivs: 2, data: 2 });
  expect(keys).toEqual([{ isKey: true, extractable: false }]);
});

test('one deployment’s session is worth nothing under another’s name', async ({ page }) => {
  const found = await page.evaluate(async (kept) => {
    const log = () => undefined;
    await new window.Vault('one', '', log).write(kept);
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('partyline-sessions');
      opening.onsuccess = () => resolve(opening.result);
    });
    const store = database.transaction('sessions', 'readwrite').objectStore('sessions');
    await new Promise((resolve) => {
      store.get('one').onsuccess = ({ target }) => {
        if (target instanceof IDBRequest) store.put(target.result, 'two').onsuccess = resolve;
      };
    });
    database.close();
    return [
      await new window.Vault('two', '', log).read(),
      (await new window.Vault('one', '', log).read())?.token,
    ];
  }, session);
  expect(found).toEqual([null, session.token]);
});
