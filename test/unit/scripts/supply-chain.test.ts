import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../../scripts/supply-chain.mjs');
const { problemsOf } = await import(pathToFileURL(script).href);

const good = { version: '2.0.0', license: 'MIT', integrity: 'sha512-x' };
const advisories = [{ package: 'holey', below: '2.10.0', id: 'GHSA-1' }];

function problems(packages: Record<string, object>, installed?: () => string | null): string[] {
  return problemsOf({ packages: { '': {}, ...packages } }, advisories, installed);
}

test.each([
  ['a good one', 'node_modules/a', {}, []],
  ['one of two licences', 'node_modules/a', { license: '(GPL-3.0 OR MIT)' }, []],
  ['two licences at once', 'node_modules/a', { license: '(MIT AND Zlib)' }, []],
  [
    'one of two that is not allowed',
    'node_modules/a',
    { license: 'MIT AND GPL-3.0' },
    ['a 2.0.0: licence MIT AND GPL-3.0'],
  ],
  [
    'a licence that obliges an app',
    'node_modules/a',
    { license: 'MPL-2.0' },
    ['a 2.0.0: licence MPL-2.0'],
  ],
  ['the same in a tool', 'node_modules/a', { license: 'MPL-2.0', dev: true }, []],
  ['data of a tool', 'node_modules/a', { license: 'CC-BY-4.0', dev: true }, []],
  ['no licence', 'node_modules/a', { license: undefined }, ['a 2.0.0: licence unknown']],
  ['no checksum', 'node_modules/a', { integrity: undefined }, ['a 2.0.0: no checksum']],
  ['a weak checksum', 'node_modules/a', { integrity: 'sha1-x' }, ['a 2.0.0: no checksum']],
  [
    'another source',
    'node_modules/a',
    { resolved: 'git+ssh://x' },
    ['a 2.0.0: not from the registry'],
  ],
  [
    'an install script',
    'node_modules/a',
    { hasInstallScript: true },
    ['a 2.0.0: runs a script at installation'],
  ],
  [
    'a vulnerability',
    'node_modules/b/node_modules/holey',
    { version: '2.9.9' },
    ['holey 2.9.9: GHSA-1'],
  ],
  ['a fixed vulnerability', 'node_modules/holey', { version: '2.10.0' }, []],
])('%s', (_, path, changes, expected) => {
  expect(problems({ [path]: { ...good, ...changes } })).toEqual(expected);
});

test('the licence of what is installed counts as well', () => {
  expect(problems({ 'node_modules/a': good }, () => 'AGPL-3.0')).toEqual([
    'a 2.0.0: licence AGPL-3.0',
  ]);
});
