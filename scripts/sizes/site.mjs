import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root, StageError } from '../setup.mjs';

const worker = (kind, hub, options) =>
  `new ${kind}(new URL('./${hub}', import.meta.url), { type: 'module', name: 'partyline'${options} })`;

/** The quick start of the README, and what is compared with it. */
const sources = {
  'page.js': `
    import { connect } from 'partyline';
    import 'partyline/ui';

    const element = document.createElement('partyline-chat');
    element.chat = connect({
      worker: () => ${worker('SharedWorker', 'hub.js', ', extendedLifetime: true')},
      fallback: () => ${worker('Worker', 'hub.js', '')},
    });
    element.routing = { skillGroups: ['Support'] };
    document.body.append(element);`,
  'hub.js': `
    import { genesysWebchat, startHub } from 'partyline/worker';
    startHub({ gateway: genesysWebchat({ socketUrl: 'wss://chat.example/', apiUrl: 'https://api.example' }) });`,
  'session-page.js': worker('SharedWorker', 'session-hub.js', ''),
  'session-hub.js': `
    import { genesysCloud, startHub } from 'partyline/worker';
    startHub({ gateway: genesysCloud({ deploymentId: '00000000-0000-4000-8000-000000000000', region: 'eu-west-1' }) });`,
  // A site without partyline, but with code that loads later: what it costs is the bundler's.
  'empty-page.js': "import('./empty-part.js').then((part) => console.log(part));",
  'empty-part.js': 'export const nothing = null;',
};

function run(command, args, cwd) {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    // npm is a script on Windows.
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new StageError(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  }
}

/**
 * Makes a minimal site with the package as npm would publish it. Its dependencies are the repository's
 * own, so that the versions are those of the lock file; a package that is not among them is not found.
 *
 * @param {string} folder an empty folder
 */
export function makeSite(folder) {
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  run('tar', ['-xzf', archive], folder);
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  renameSync(join(folder, 'package'), join(packages, 'partyline'));
  const manifest = readFileSync(join(packages, 'partyline/package.json'), 'utf8');
  for (const name of Object.keys(JSON.parse(manifest).dependencies)) {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(packages, name), 'junction');
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  for (const [name, code] of Object.entries(sources)) writeFileSync(join(folder, name), code);
}
