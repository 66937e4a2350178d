/**
 * The folders that are mutated, by the name that `npm run mutation -- <name>` takes, and the tests that are
 * there for them. Tests that read the sources, or run a build of them, have no place here.
 */
export const areas = {
  core: {
    mutate: ['src/worker/core/**/*.ts', 'src/worker/genesys-cloud/core/**/*.ts'],
    tests: [
      'test/unit/core/**/*.test.ts',
      'test/unit/contracts/**/*.test.ts',
      'test/simulation/simulation.test.ts',
    ],
  },
  protocol: {
    mutate: ['src/protocol/**/*.ts'],
    tests: ['test/unit/protocol/**/*.test.ts', 'test/unit/contracts/rest.test.ts'],
  },
  client: {
    // The rest needs a browser's workers, locks and pages: browser tests cover it.
    mutate: [
      'src/client/**/*.ts',
      '!src/client/{connect,page-chat,page-lifecycle}.ts',
      '!src/client/calls/platform-client.ts',
      '!src/client/connection/{connection-supervisor,hub-locator,tab-host}.ts',
    ],
    tests: ['test/unit/client/**/*.test.ts', 'test/unit/contracts/ports.test.ts'],
  },
  server: {
    mutate: ['src/server/**/*.ts'],
    tests: ['test/unit/server/**/*.test.ts', 'test/unit/options/**/*.test.ts'],
  },
  worker: {
    // What IndexedDB and the kind of a worker decide: the browser layer's, with the contracts it holds there.
    mutate: [
      'src/worker/**/*.ts',
      '!src/worker/core/**',
      '!src/worker/genesys-cloud/core/**',
      '!src/worker/index.ts',
      '!src/worker/genesys-cloud/credential-store.ts',
      '!src/worker/store/{database-connection,encrypted-rows,migrations,prune}.ts',
      '!src/worker/store/{read,same-message,schema,store,write}.ts',
    ],
    tests: [
      'test/unit/worker/**/*.test.ts',
      'test/unit/contracts/**/*.test.ts',
      'test/unit/options/**/*.test.ts',
    ],
  },
  // The pure parts of the panel; what renders and listens is the browser layer's.
  panel: {
    mutate: [
      'src/ui/{alerts,display-error}.ts',
      'src/ui/languages/{index,locale,language-rules}.ts',
      'src/ui/panel/{announcer,calendar,connection,earlier,new-messages,rows,virtual-rows}.ts',
      'src/ui/panel/{shared-draft,size-text,ticker,typing-signal,unread-mark}.ts',
      'src/ui/rich-text/*.ts',
      'src/ui/lazy-rich-text.ts',
      'src/ui/panel/forms/{answers,draft,messages}.ts',
    ],
    tests: ['test/unit/ui/**/*.test.ts'],
  },
};

/** The area that a file or pattern belongs to; `null`: none, or several. */
export function areaOf(pattern) {
  if (/^src\/worker\/(genesys-cloud\/)?core/.test(pattern)) return areas.core;
  const [, folder] = pattern.split('/');
  return areas[folder === 'ui' ? 'panel' : folder] ?? null;
}
