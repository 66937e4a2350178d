import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from './support/fixtures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm start` until it ends by itself. */
function start(env: Readonly<Record<string, string>>) {
  return new Promise<{ code: number | null; told: string }>((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    const child = execFile(process.execPath, ['scripts/start.mjs'], options, (_, out, reported) => {
      resolve({ code: child.exitCode, told: out + reported });
    });
  });
}

for (const variable of ['PORT', 'GATEWAY_PORT']) {
  test(`npm start fails in words where ${variable} is in use`, {
    tag: '@either-host',
  }, async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const taken = String(typeof address === 'object' && address ? address.port : 0);
    const { code, told } = await start({ PORT: '0', GATEWAY_PORT: '0', [variable]: taken });
    await new Promise((resolve) => other.close(resolve));
    expect(code, told).toBe(1);
    expect(told).toContain(`Port ${taken} is taken by another program`);
  });
}
