import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this one.
    }
  }
  return null;
}

/** @returns {string | null} where Firefox is */
export function findFirefox() {
  return process.env.PARTYLINE_FIREFOX ?? onPath('firefox-esr') ?? onPath('firefox');
}

/** @returns {{ driver: string, browser: string } | null} where WebKitGTK's driver and browser are */
export function findWebKit() {
  const driver = onPath('WebKitWebDriver');
  const [browser] = browsers();
  return driver && browser && onPath('Xvfb') ? { driver, browser } : null;
}

/** Debian puts it into a folder of the architecture, others into libexec. */
function browsers() {
  const folders = ['/usr/libexec', '/usr/lib', ...subfolders('/usr/lib')];
  return folders
    .flatMap((folder) => subfolders(folder))
    .filter((folder) => /\/webkit2?gtk-[^/]*$/.test(folder))
    .map((folder) => join(folder, 'MiniBrowser'))
    .filter((file) => existsSync(file));
}

function subfolders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}
