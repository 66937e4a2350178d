import { startServer } from '../../../demo/build/server/start.js';

/**
 * Sites in a process of their own, one after the other or beside each other: what they are made of is
 * loaded once, and what they print is kept apart from what a test prints.
 */
const sites = new Map();

process.on('message', async ({ id, env }) => {
  if (env) {
    try {
      const site = await startServer(env);
      sites.set(id, site);
      process.send({ id, url: site.url });
    } catch (error) {
      process.send({ id, error: String(error) });
    }
    return;
  }
  await sites.get(id).close();
  sites.delete(id);
  // What it has printed has been read when this has.
  for (const stream of [process.stdout, process.stderr]) stream.write(`\nsite ${id} is closed\n`);
});

process.on('disconnect', () => process.exit());
