import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { main, StageError } from '../../../scripts/setup.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const docs = new URL('../../../docs/', import.meta.url);

// npm run fleet [hubs]: with a number, that many and no page.
const [hubs] = process.argv.slice(2);

await main(async () => {
  const { module } = await runnerImport(fileURLToPath(new URL('./report.ts', import.meta.url)), {
    root,
    configFile: false,
  });
  const problems = hubs
    ? module.rehearse(Number(hubs))
    : await module.report(new URL('fleet.md', docs), new URL('fleet.svg', docs));
  if (problems.length > 0) throw new StageError(problems.join('\n'));
});
