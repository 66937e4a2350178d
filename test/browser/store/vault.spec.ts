import { expect, test } from './support/bare-store.ts';

const session = { subject: 'visitor-1', token: 'secret-1', jwt: 'jwt-1', refreshToken: null };

test('a session is found again by the next worker, of its own deployment alone', async ({
  page,
}) => {
  const found = await page.evaluate(async (kept) => {
    const log = () => undefined;
    await new window.Vault('one', log).write(kept);
    await new window.Vault('two', log).write({ ...kept, token: 'secret-2' });
    return [
      await new window.Vault('one', log).read(),
      await new window.Vault('two', log).read(),
      await new window.Vault('three', log).read(),
    ];
  }, session);
  expect(found).toEqual([session, { ...session, token: 'secret-2' }, null]);
});

test('one visitor’s is not left behind by a sign-out in the moment of its writing', async ({
  page,
}) => {
  const found = await page.evaluate(async (kept) => {
    const log = () => undefined;
    const vault = new window.Vault('one', log);
    await vault.write(kept);
    // It is still being sealed when the visitor signs out: so much takes a while.
    const writing = vault.write({ ...kept, jwt: 'x'.repeat(20_000_000) });
    const forgetting = vault.forget();
    await Promise.all([writing, forgetting]);
    return [await vault.read(), await new window.Vault('one', log).read()];
  }, session);
  expect(found).toEqual([null, null]);
});
