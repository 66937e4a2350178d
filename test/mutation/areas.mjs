/** The folders that are mutated, by the name that `npm run mutation -- <name>` takes. */
export const areas = {
  core: ['src/worker/core/**/*.ts'],
  protocol: ['src/protocol/**/*.ts'],
  client: ['src/client/**/*.ts'],
  server: ['src/server/**/*.ts'],
  worker: ['src/worker/**/*.ts', '!src/worker/core/**'],
  panel: ['src/ui/**/*.ts', '!src/ui/**/styles/**', '!src/ui/languages/{ar,de,es,fr}.ts'],
};
