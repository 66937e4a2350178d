import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const docs = new URL('../../../docs/', import.meta.url);

const { module } = await runnerImport(fileURLToPath(new URL('./report.ts', import.meta.url)), {
  root,
  configFile: false,
});
await module.report(new URL('fleet.md', docs), new URL('fleet.svg', docs));
