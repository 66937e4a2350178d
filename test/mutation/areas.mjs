/** The folders that are mutated, by the name that `npm run mutation -- <name>` takes. */
export const areas = {
  core: ['src/worker/core/**/*.ts'],
  protocol: ['src/protocol/**/*.ts'],
  client: ['src/client/**/*.ts'],
  server: ['src/server/**/*.ts'],
  worker: ['src/worker/**/*.ts', '!src/worker/core/**'],
  // The pure parts of the panel; what renders and listens is the browser layer's.
  panel: [
    'src/ui/{alerts,trouble}.ts',
    'src/ui/languages/{index,words}.ts',
    'src/ui/panel/{announcer,arrivals,calendar,connection,earlier,linkify,mounted,rows}.ts',
    'src/ui/panel/{shared-draft,size-text,ticker,typing-signal,unread-mark}.ts',
    'src/ui/panel/forms/{answers,draft,words}.ts',
  ],
};
