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
    // It is still being sealed when the visitor signs out.
    const seal = crypto.subtle.encrypt.bind(crypto.subtle);
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    crypto.subtle.encrypt = (...args) => gate.then(() => seal(...args));
    const both = [vault.write(kept), vault.forget()];
    // Whoever does not wait for the writing has forgotten before others have come and gone as often.
    for (let others = 0; others < 10; others += 1) await new window.Vault('two', log).forget();
    goOn();
    await Promise.all(both);
    return [await vault.read(), await new window.Vault('one', log).read()];
  }, session);
  expect(found).toEqual([null, null]);
});
