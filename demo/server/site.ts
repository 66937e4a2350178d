import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ServeStaticOptions, serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import type { VisitorSessions } from 'partyline/server';
import { z } from 'zod';
import { welcome } from './visitors.ts';

const buildSchema = z.object({ build: z.string() });

/** Reads the build number, which increases with every build. */
export async function readBuild(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'build.json'), 'utf8');
  return buildSchema.parse(JSON.parse(text)).build;
}

/** Serves the built site. Pages create a session; files with a hash in their name are immutable. */
export function siteRoutes(folder: string, sessions: VisitorSessions): Hono {
  const routes = new Hono();
  const onFound: NonNullable<ServeStaticOptions['onFound']> = async (path, context) => {
    if (path.endsWith('.html')) await welcome(context, sessions);
  };
  const files = serveStatic({ root: folder, onFound });

  routes.use(compress());
  routes.use('/assets/*', async (context, next) => {
    await next();
    const isFound = context.res.status === 200 || context.res.status === 206;
    context.header('Cache-Control', isFound ? 'public, max-age=31536000, immutable' : 'no-store');
  });
  routes.get('/assets/*', files, (context) => context.notFound());

  // Not `no-store`, which would disable the back/forward cache.
  routes.use(async (context, next) => {
    await next();
    if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-cache');
  });
  routes.use(etag());
  routes.get('*', files);
  // The account page has client-side routes.
  routes.get('/account/*', serveStatic({ root: folder, path: 'account/index.html', onFound }));
  routes.get('*', async (context) => {
    const wantsPage = context.req.header('Accept')?.includes('text/html') ?? false;
    if (!wantsPage) return context.text('Not found.', 404);
    await welcome(context, sessions);
    return context.html(await readFile(join(folder, '404.html'), 'utf8'), 404);
  });
  return routes;
}
