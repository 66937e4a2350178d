import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where the built pages are: beside the other things that are made here. */
export const siteFolder = here('../../.partyline/bench/site');

/** Served by the site's server, which alone knows the gateway's addresses. */
function servedConfig(): Plugin {
  return {
    name: 'served-config',
    enforce: 'pre',
    resolveId: (id) => (id === 'bench:config' ? { id: '/config.js', external: 'absolute' } : null),
  };
}

/** The pages as a site would ship them. */
export async function buildSite(): Promise<void> {
  const root = here('./site');
  const pages = ['chat', 'floor', 'keeper', 'empty'];
  await build({
    root,
    configFile: false,
    mode: 'production',
    logLevel: 'warn',
    plugins: [servedConfig()],
    build: {
      outDir: siteFolder,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: pages.map((name) => `${root}/${name}.html`) },
    },
    worker: { format: 'es', plugins: () => [servedConfig()] },
  });
}
