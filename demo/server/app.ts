import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import {
  createTokenBroker,
  createVisitorSessions,
  jsonLines,
  redisRateLimits,
} from 'partyline/server';
import { policyReports } from './policy-reports.ts';
import { loopbackOnly, type Reach, securityHeaders } from './security-headers.ts';
import { siteRoutes } from './site.ts';
import { visitorRoutes } from './visitors.ts';

export interface GatewayAddresses extends Reach {
  readonly oauthUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface AppOptions {
  readonly gateway: GatewayAddresses;
  readonly siteFolder: string;
  readonly build: string;
  readonly sessionSecret: string;
  /** Cookies don't tell ports apart, so two demos on one machine need two names. */
  readonly cookieName: string;
  /** Rate limits shared with other servers; `null`: this one's own. */
  readonly redisUrl: string | null;
}

/** The site's own server: pages, visitors, token broker and routing log. */
export function createApp(options: AppOptions): Hono {
  const { gateway, sessionSecret } = options;
  const sessions = createVisitorSessions({
    secret: sessionSecret,
    cookieName: options.cookieName,
  });
  const broker = createTokenBroker({
    oauthUrl: gateway.oauthUrl,
    clientId: gateway.clientId,
    clientSecret: gateway.clientSecret,
    session: sessions.read,
    // Each token is of no interest in a demo; failures are.
    logger: { ...jsonLines(), info: () => {} },
    ...(options.redisUrl === null
      ? {}
      : { rateLimits: redisRateLimits({ url: options.redisUrl }) }),
  });

  const app = new Hono();
  app.use(loopbackOnly, securityHeaders(gateway));
  app.onError((error, context) => {
    console.error(error);
    return context.text('The server failed: try again later.', 500);
  });
  app.get('/healthz', (context) => context.json({ status: 'ok', build: options.build }));
  app.get('/config.js', (context) =>
    context.body(configModule(gateway, options.build), 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
    }),
  );
  app.all('/chat/*', (context) => broker.fetch(context.req.raw, sourceOf(context)));
  // As open as the desk itself: this server answers to this machine alone. Visitors' ids stay here.
  app.get('/desk/routing-log', (context) => {
    context.header('Cache-Control', 'no-store');
    const entries = broker.routingLogEntries().map(({ subject: _, ...entry }) => entry);
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

function configModule(gateway: Reach, build: string): string {
  const { socketUrl, apiUrl, agentUrl } = gateway;
  const lines = Object.entries({ socketUrl, apiUrl, agentUrl, build }).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
  );
  return lines.join('');
}
