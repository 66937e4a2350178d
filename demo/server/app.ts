import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import {
  createTokenBroker,
  createVisitorSessions,
  isCrossOrigin,
  jsonLines,
  redisRateLimits,
} from 'partyline/server';
import { policyReports } from './policy-reports.ts';
import { loopbackOnly, type Reach, securityHeaders } from './security-headers.ts';
import { siteRoutes } from './site.ts';
import { visitorRoutes } from './visitors.ts';

export interface GatewayAddresses extends Reach {
  /** `null` if the dialect needs no token from the site. */
  readonly oauth: {
    readonly oauthUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
  } | null;
}

export interface AppOptions {
  readonly gateway: GatewayAddresses;
  readonly siteFolder: string;
  readonly build: string;
  readonly sessionSecret: string;
  /** Cookies aren't separated by port, so two demos on one machine need different names. */
  readonly cookieName: string;
  readonly timing: Readonly<Record<string, number>>;
  /** A Redis for rate limits shared with other servers; `null` keeps them in memory. */
  readonly redisUrl: string | null;
}

/** The site's server: pages, visitors, token broker and routing log. */
export function createApp(options: AppOptions): Hono {
  const { gateway, sessionSecret } = options;
  const sessions = createVisitorSessions({
    secret: sessionSecret,
    cookieName: options.cookieName,
  });
  const broker =
    gateway.oauth &&
    createTokenBroker({
      ...gateway.oauth,
      session: sessions.read,
      // Log failures only, not every token.
      logger: { ...jsonLines(), info: () => {} },
      ...(options.redisUrl === null
        ? {}
        : { rateLimits: redisRateLimits({ url: options.redisUrl }) }),
    });

  const app = new Hono();
  app.use(loopbackOnly, securityHeaders(gateway));
  app.onError((error, context) => {
    console.error(error);
    return context.text('Something went wrong. Try again later.', 500);
  });
  app.get('/healthz', (context) => context.json({ status: 'ok', build: options.build }));
  app.get('/config.js', (context) =>
    context.body(configModule(options), 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
    }),
  );
  if (gateway.deployment) {
    app.post(gateway.deployment.visitorUrl, async (context) => {
      context.header('Cache-Control', 'no-store');
      if (isCrossOrigin(context.req.raw, [])) return context.json({}, 403);
      const session = await sessions.read(context.req.raw);
      return session ? context.json({ subject: session.subject }) : context.json({}, 401);
    });
  }
  if (broker) {
    app.all('/chat/*', (context) => broker.fetch(context.req.raw, sourceOf(context)));
  }
  // Not protected, like the desk: the server is reachable from this machine only. Visitor ids are removed.
  app.get('/desk/routing-log', (context) => {
    context.header('Cache-Control', 'no-store');
    const entries = (broker?.routingLogEntries() ?? []).map(({ subject: _, ...entry }) => entry);
    return context.json({ entries });
  });
  app.route('/', policyReports(console.log));
  app.route('/', visitorRoutes(sessions, sessionSecret));
  app.route('/', siteRoutes(options.siteFolder, sessions));
  return app;
}

function sourceOf(context: Context) {
  return { address: getConnInfo(context).remote.address };
}

function configModule({ gateway, timing, build }: AppOptions): string {
  const { socketUrl, apiUrl, agentUrl, deployment } = gateway;
  const config = { socketUrl, apiUrl, agentUrl, deployment, timing, build };
  const lines = Object.entries(config).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
  );
  return lines.join('');
}
