import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { main, root, StageError, say } from './setup.mjs';

/** What may be shipped with an app, and what may be used to build and test. */
const shippedLicences = [
  'MIT',
  'ISC',
  '0BSD',
  'Zlib',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
];
const toolLicences = [
  ...shippedLicences,
  'MPL-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  // Of data: which browser knows what.
  'CC-BY-4.0',
];

/** Packages whose installation runs code of theirs: each is a decision. */
const allowedInstallScripts = ['fsevents'];

/** One of those to choose from, and of one that joins several each. */
function isAllowed(licence, allowed) {
  return (licence ?? '')
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed.includes(one)));
}

function isBelow(version, limit) {
  const numbers = (text) => text.split(/[.+-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(version), numbers(limit)];
  const index = a.findIndex((number, place) => number !== b[place]);
  return index >= 0 && a[index] < b[index];
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * What is wrong with a lock file: a licence, a missing checksum, another source than the registry, a
 * script at installation, or a version with a known vulnerability. Needs no network.
 *
 * @param lock a package-lock.json of version 3
 * @param advisories `{package, below, id}` each
 * @param installedLicence what the installed package itself says, `null` when it is not installed
 */
export function problemsOf(lock, advisories, installedLicence = () => null) {
  const problems = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue;
    const name = nameOf(path);
    const what = `${name} ${entry.version}`;
    const isTool = entry.dev === true || entry.devOptional === true;
    const allowed = isTool ? toolLicences : shippedLicences;
    const licences = [entry.license, installedLicence(path) ?? entry.license];
    for (const licence of new Set(licences)) {
      if (!isAllowed(licence, allowed)) problems.push(`${what}: licence ${licence ?? 'unknown'}`);
    }
    if (!/^sha512-/.test(entry.integrity ?? '')) problems.push(`${what}: no checksum`);
    if (entry.link || /^(git|http:|file:)/.test(entry.resolved ?? '')) {
      problems.push(`${what}: not from the registry`);
    }
    if (entry.hasInstallScript && !allowedInstallScripts.includes(name)) {
      problems.push(`${what}: runs a script at installation`);
    }
    for (const { package: concerned, below, id } of advisories) {
      if (concerned === name && isBelow(entry.version, below)) problems.push(`${what}: ${id}`);
    }
  }
  return problems;
}

function readJson(path) {
  return JSON.parse(readFileSync(`${root}/${path}`, 'utf8'));
}

function installedLicence(path) {
  const manifest = `${path}/package.json`;
  return existsSync(`${root}/${manifest}`) ? (readJson(manifest).license ?? null) : null;
}

/** What the registry's audit says of the shipped packages; `null` where it gives none. */
function askRegistry() {
  const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
    shell: process.platform === 'win32',
  });
  try {
    const { vulnerabilities } = JSON.parse(stdout);
    if (!vulnerabilities) return null;
    return Object.values(vulnerabilities).map(({ name, severity }) => `${name}: ${severity}`);
  } catch {
    // A registry without an audit answers with a page, or not at all.
    return null;
  }
}

/** @throws {StageError} naming every package with a problem. */
export function checkSupplyChain() {
  const lock = readJson('package-lock.json');
  const problems = problemsOf(lock, readJson('scripts/known-advisories.json'), installedLicence);
  const advisories = askRegistry();
  if (advisories === null)
    console.log('  The registry gives no advisories: the known ones were checked.');
  const all = [...problems, ...(advisories ?? [])];
  if (all.length > 0) throw new StageError(`Dependencies with a problem:\n  ${all.join('\n  ')}`);
  console.log(
    `  ${Object.keys(lock.packages).length - 1} packages: licences, checksums, advisories.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(() => {
    say('Checking the dependencies');
    checkSupplyChain();
  });
}
