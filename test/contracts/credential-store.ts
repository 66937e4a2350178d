import type { StoredSession } from '../../src/worker/genesys-cloud/credential-store.ts';
import { type Case, oddNames } from './contract.ts';
import { oddTexts } from './rows.ts';

/** What a hub asks of the place where its browser keeps the secret of a session. */

/** Of one worker. */
export interface VaultSubject {
  read(deploymentId: string): Promise<StoredSession | null>;
  write(deploymentId: string, session: StoredSession): Promise<void>;
  forget(deploymentId: string): Promise<void>;
  kill(): Promise<void>;
}

/** One browser, which keeps nothing yet. */
export interface CredentialStoreBench {
  open(): Promise<VaultSubject>;
}

function sessionOf(token: string, part: Partial<StoredSession> = {}): StoredSession {
  return { subject: 'visitor-1', token, jwt: null, refreshToken: null, ...part };
}

async function readByNext(
  bench: CredentialStoreBench,
  vault: VaultSubject,
  ...deployments: string[]
) {
  await vault.kill();
  const next = await bench.open();
  const found: (StoredSession | null)[] = [];
  for (const deployment of deployments) found.push(await next.read(deployment));
  return found;
}

export const credentialStoreCases: readonly Case<CredentialStoreBench>[] = [
  {
    name: 'there is no session before one is kept',
    async run(bench, check) {
      const vault = await bench.open();
      check.equal(await vault.read('one'), null);
      await vault.forget('one');
      check.equal(await vault.read('one'), null);
    },
  },
  {
    name: 'a session is found by the worker that kept it and by the next, with everything that it has',
    async run(bench, check) {
      const sessions = [
        sessionOf('token', { jwt: 'jwt', refreshToken: 'refresh' }),
        sessionOf('token'),
        ...oddTexts.map((text) => ({ subject: text, token: text, jwt: text, refreshToken: text })),
      ];
      let vault = await bench.open();
      for (const session of sessions) {
        await vault.write('one', session);
        check.equal(await vault.read('one'), session);
        await vault.kill();
        vault = await bench.open();
        check.equal(await vault.read('one'), session);
      }
    },
  },
  {
    name: 'the session that was kept last is the one that is found',
    async run(bench, check) {
      const vault = await bench.open();
      await vault.write('one', sessionOf('first', { jwt: 'jwt' }));
      await vault.write('one', sessionOf('second', { subject: 'visitor-2' }));
      const second = sessionOf('second', { subject: 'visitor-2' });
      check.equal(await vault.read('one'), second);
      check.equal(await readByNext(bench, vault, 'one'), [second]);
    },
  },
  {
    name: 'a session that is forgotten is found by nobody, until another one is kept',
    async run(bench, check) {
      const vault = await bench.open();
      await vault.write('one', sessionOf('first'));
      await vault.forget('one');
      check.equal(await vault.read('one'), null);
      check.equal(await readByNext(bench, vault, 'one'), [null]);
      const next = await bench.open();
      await next.write('one', sessionOf('second'));
      check.equal(await readByNext(bench, next, 'one'), [sessionOf('second')]);
    },
  },
  {
    name: 'a session that was found is forgotten like one that was kept',
    async run(bench, check) {
      const vault = await bench.open();
      await vault.write('one', sessionOf('first'));
      await vault.kill();
      const next = await bench.open();
      check.equal(await next.read('one'), sessionOf('first'));
      await next.forget('one');
      check.equal(await next.read('one'), null);
      check.equal(await readByNext(bench, next, 'one'), [null]);
    },
  },
  {
    name: 'what is asked for at once is done in that order',
    async run(bench, check) {
      const vault = await bench.open();
      await Promise.all([
        vault.write('one', sessionOf('first')),
        vault.forget('one'),
        vault.write('two', sessionOf('first')),
        vault.forget('two'),
        vault.write('two', sessionOf('second')),
      ]);
      check.equal([await vault.read('one'), await vault.read('two')], [null, sessionOf('second')]);
      check.equal(await readByNext(bench, vault, 'one', 'two'), [null, sessionOf('second')]);
    },
  },
  {
    name: 'a session of one deployment is none of another’s, however alike their names are',
    async run(bench, check) {
      const vault = await bench.open();
      for (const name of oddNames) await vault.write(name, sessionOf(`of ${name}`));
      await vault.forget('A');
      const expected = oddNames.map((name) => (name === 'A' ? null : sessionOf(`of ${name}`)));
      check.equal(await readByNext(bench, vault, ...oddNames), expected);
      check.equal(await (await bench.open()).read('b'), null);
    },
  },
];
