import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A stage that failed: `message` for the person, `exitCode` for the shell. */
export class StageError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Prints what a script is about to do. */
export function say(text) {
  console.log(`\n› ${text}`);
}

/** Whether the command line asks for help only. */
export function isHelpWanted() {
  return process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h');
}

/** The variable for what the emulator is to speak: `--dialect genesys-cloud`, `--dialect=genesys-cloud`. */
export function dialectOf() {
  const argumentList = process.argv.slice(2);
  const index = argumentList.findIndex((argument) => /^--dialect(=|$)/.test(argument));
  if (index < 0) return {};
  const [, given] = argumentList[index].split('=');
  return { PARTYLINE_DIALECT: given ?? argumentList[index + 1] ?? '' };
}

/** Runs a command in the foreground. @throws {StageError} with its exit code when it fails. */
export function run(command, args, { env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    // npm and npx are scripts on Windows.
    shell: process.platform === 'win32',
  });
  if (result.error) throw new StageError(`${command}: ${result.error.message}`);
  if (result.status !== 0) {
    throw new StageError(`${command} ${args.join(' ')} failed.`, result.status ?? 1);
  }
}

/**
 * Runs a command beside others, what it prints in a file. The result is shown, and a failure thrown,
 * when it is waited for.
 */
export function runBeside(command, args, log) {
  const output = openSync(log, 'w');
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output] });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  return async () => {
    const result = await ended;
    closeSync(output);
    console.log(readFileSync(log, 'utf8').trimEnd());
    if (result !== 0) throw new StageError(`${command} ${args.join(' ')} failed (${result}).`);
  };
}

/** Runs a main function, and turns what it throws into a sentence and an exit code. */
export async function main(action) {
  try {
    await action();
  } catch (error) {
    console.error(error instanceof StageError ? `\n${error.message}` : error);
    process.exitCode = error instanceof StageError ? error.exitCode : 1;
  }
}

/** Whether node_modules holds what the lock file names. Dates don't tell: a checkout changes them. */
function isInstalled() {
  // npm writes this file last, so a broken-off install does not count.
  const written = `${root}/node_modules/.package-lock.json`;
  if (!existsSync(written)) return false;
  const { packages: installed } = JSON.parse(readFileSync(written, 'utf8'));
  const { packages: wanted } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' ||
      installed[path]?.version === version ||
      // Of these, npm installs only what this system can use.
      (!installed[path] && (optional || devOptional || peer)),
  );
}

/** Installs the dependencies when they are missing, or others than the lock file names. */
export function ensureDependencies() {
  if (isInstalled()) return;
  say('Installing the dependencies (npm ci)');
  run('npm', ['ci', '--no-audit', '--no-fund']);
}

/** Chromium without the window that a headless browser draws for nobody: tests take two thirds of the time. */
const headlessShell = '/usr/bin/chromium-headless-shell';

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asked in a fresh process, since Playwright looks for its browsers only once. */
function hasPlaywrightChromium() {
  const playwright = createRequire(`${root}/package.json`).resolve('@playwright/test');
  const script = `process.exit(require('node:fs').existsSync(require(${JSON.stringify(playwright)}).chromium.executablePath()) ? 0 : 1)`;
  return spawnSync(process.execPath, ['-e', script], { stdio: 'ignore' }).status === 0;
}

function tryRun(command, args) {
  try {
    run(command, args);
    return true;
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    console.log(`  ${error.message}`);
    return false;
  }
}

/**
 * Finds a Chromium, and installs one when there is none. Needs the dependencies.
 *
 * @param {{ whole?: boolean }} options `whole`: as visitors have it, window and all
 * @returns {string | null} Its path, or `null` for Playwright's own.
 * @throws {StageError} When there is none to be had; the message says how to get one.
 */
export function ensureBrowser({ whole = false } = {}) {
  const chosen = process.env.PARTYLINE_CHROMIUM;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new StageError(`PARTYLINE_CHROMIUM points to ${chosen}, which is no program.`);
  }
  if (hasPlaywrightChromium()) return null;
  const found = [...(whole ? [] : [headlessShell]), ...systemBrowsers].find(isExecutable);
  if (found) return found;

  say('No Chromium here: installing one (npx playwright install chromium)');
  if (tryRun('npx', ['playwright', 'install', 'chromium']) && hasPlaywrightChromium()) return null;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    say('Installing the system’s Chromium (apt-get install chromium)');
    if (
      tryRun('apt-get', ['update']) &&
      tryRun('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'])
    ) {
      const installed = systemBrowsers.find(isExecutable);
      if (installed) return installed;
    }
  }
  throw new StageError(
    'The browser tests need Chromium, and it could not be installed. Install it with your ' +
      'system’s package manager or `npx playwright install --with-deps chromium`, or set ' +
      'PARTYLINE_CHROMIUM to the path of one.',
  );
}
