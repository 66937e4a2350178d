import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { z } from 'zod';
import { type Bindings, withFaults } from '../faults/http-middleware.ts';
import { originAllowed } from '../gateway/origins.ts';
import type { TranscriptStore } from '../storage/store.ts';
import { exchangeSchema, isAccepted, subjectOfGrant } from './exchange.ts';
import { fileFailure, historyBody, notification } from './frames.ts';
import type { SessionSocketsContext } from './sockets.ts';

const querySchema = z.object({
  pageNumber: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(100).default(25),
});
const refreshSchema = z.object({ refreshToken: z.string().startsWith('refresh:') });

/** The history, the deployment's configuration, and the tokens of signed-in visitors. */
export function sessionRoutes(
  context: Omit<SessionSocketsContext, 'joined'> & { readonly store: TranscriptStore },
) {
  const { settings, sessions, files, stats, faults, store } = context;
  const app = new Hono<{ Bindings: Bindings }>();

  app.use(async (c, next) => {
    await next();
    const { method, path } = c.req;
    if (method === 'OPTIONS') return;
    stats.record({ kind: 'rest', method, path, status: c.res.status, subject: null });
  });
  app.use(
    cors({
      origin: (origin) => (originAllowed(origin, settings.allowedOrigins) ? origin : null),
      allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', 'X-Amz-Tagging'],
      exposeHeaders: ['Retry-After'],
      maxAge: 600,
    }),
  );
  app.use(
    withFaults(faults.httpOf('rest'), (status, code) => ({
      code: code ?? String(status),
      message: `Injected fault: ${status}.`,
    })),
  );

  app.get('/api/v2/webmessaging/messages', async (c) => {
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const session = bearer === undefined ? null : sessions.ofJwt(bearer);
    if (!session) return c.json({ code: 'bad.credentials', message: 'Invalid login.' }, 401);
    const retryAfter = session.history.take();
    if (retryAfter !== null) {
      const actor = { connection: 0, subject: session.subject };
      context.checker.violation(actor, 'over-the-limit', 'history: more than ten a minute');
      c.header('Retry-After', String(retryAfter));
      return c.json({ code: 'too.many.requests', message: 'Rate limit exceeded.' }, 429);
    }
    const query = querySchema.safeParse(c.req.query());
    if (!query.success) return c.json({ code: 'bad.request', message: 'Wrong page.' }, 400);
    const { pageNumber, pageSize } = query.data;
    const newest = { sequence: Number.MAX_SAFE_INTEGER };
    const parts = session.conversationIds.map((id) => store.before(id, newest, 10_000));
    const { historyKeepsIds, deployment } = settings;
    const messages = (await Promise.all(parts)).flat().map((message) => ({
      at: message.at,
      body: historyBody(message, sessions.extrasOf(message), historyKeepsIds, deployment),
    }));
    const all = [...messages, ...session.pastEvents].sort((a, b) => a.at - b.at);
    const newestFirst = all.toReversed();
    const page = newestFirst.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    return c.json({
      entities: page.map(({ body }) => body),
      pageSize,
      pageNumber,
      total: all.length,
      pageCount: Math.ceil(all.length / pageSize),
    });
  });

  // A content delivery network has these, for every site.
  app.use('/webdeployments/v1/deployments/*', async (c, next) => {
    await next();
    c.header('Access-Control-Allow-Origin', '*');
  });

  app.get('/webdeployments/v1/deployments/:deploymentId/domains.json', (c) => {
    if (c.req.param('deploymentId') !== settings.deploymentId)
      return c.json({ code: 'not.found' }, 404);
    const { allowedOrigins = ['*'] } = settings;
    return c.json({
      allowAllDomains: allowedOrigins.includes('*'),
      allowedDomains: allowedOrigins
        .filter((origin) => origin !== '*')
        .map((origin) => new URL(origin).hostname),
    });
  });

  app.get('/webdeployments/v1/deployments/:deploymentId/config.json', (c) => {
    const id = c.req.param('deploymentId');
    if (id !== settings.deploymentId) return c.json({ code: 'not.found' }, 404);
    const { languages, showsTyping, sendsTyping, autoStart, clear } = settings.deployment;
    const { disconnect, endsSession, markdown } = settings.deployment;
    return c.json({
      id,
      version: '1',
      status: 'Active',
      languages,
      defaultLanguage: languages[0],
      messenger: {
        enabled: true,
        fileUpload: { enableAttachments: files.rules.fileTypes.length > 0 },
        apps: {
          conversations: {
            showAgentTypingIndicator: showsTyping,
            showUserTypingIndicator: sendsTyping,
            autoStart: { enabled: autoStart },
            conversationClear: { enabled: clear },
            conversationDisconnect: {
              enabled: disconnect,
              type: endsSession ? 'ReadOnly' : 'Send',
            },
            // Its place is [MT]'s.
            markdown: { enabled: markdown },
          },
        },
      },
      auth: { enabled: true, allowSessionUpgrade: settings.deployment.allowSessionUpgrade },
    });
  });

  app.post('/api/v2/webdeployments/token/oauthcodegrantjwtexchange', async (c) => {
    const body = exchangeSchema.safeParse(await jsonOf(c));
    if (!body.success || body.data.deploymentId !== settings.deploymentId) {
      return c.json({ code: 'bad.request' }, 400);
    }
    const { oauth, journeyContext: context } = body.data;
    if (!isAccepted(oauth)) return c.json({ code: 'unauthorized' }, 401);
    const subject = subjectOfGrant(oauth);
    if (context) stats.record({ kind: 'journey', subject, context });
    const jwt = sessions.issueIdentity(subject);
    // The implicit flow has none [MT].
    return c.json(oauth.code ? { jwt, refreshToken: `refresh:${subject}` } : { jwt });
  });
  app.post('/api/v2/webdeployments/token/refresh', async (c) => {
    const body = refreshSchema.safeParse(await jsonOf(c));
    if (!body.success) return c.json({ code: 'bad.request' }, 400);
    return c.json({ jwt: sessions.issueIdentity(body.data.refreshToken.slice('refresh:'.length)) });
  });
  app.delete('/api/v2/webdeployments/token/revoke', (c) => {
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    // An identity that has expired can be refreshed, and then revoked [MT].
    const isRevoked = bearer !== undefined && sessions.revokeIdentity(bearer);
    return isRevoked ? c.body(null, 204) : c.json({ code: 'bad.credentials' }, 401);
  });

  // Presigned URLs need no token; on the platform they belong to another server.
  app.put('/uploads/:attachmentId', async (c) => {
    const attachmentId = c.req.param('attachmentId');
    const headers = { tag: c.req.header('x-amz-tagging'), type: c.req.header('content-type') };
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const result = files.put(attachmentId, headers, bytes);
    if (!result.ok) return c.body(null, result.status);
    const fault = faults.takeAnswer('upload', result.subject);
    const code = fault ? Number(fault.code) : result.code;
    const timestamp = new Date(settings.clock()).toISOString();
    const event =
      code === null
        ? notification('UploadSuccessEvent', {
            attachmentId,
            downloadUrl: files.address(attachmentId),
            timestamp,
          })
        : fileFailure('UploadFailureEvent', { attachmentId }, code, timestamp);
    sessions.ofSubject(result.subject)?.tell(event);
    return c.body(null, 200);
  });
  app.get('/files/:attachmentId', (c) => {
    const file = files.read(c.req.param('attachmentId'), Number(c.req.query('until')));
    if (!file) return c.text('AccessDenied: Request has expired', 403);
    c.header('Content-Type', file.type);
    c.header('Content-Disposition', `inline; filename*=UTF-8''${encodeURIComponent(file.name)}`);
    return c.body(Buffer.from(file.bytes));
  });

  app.notFound((c) => c.json({ code: 'not.found', message: 'Not found.' }, 404));
  app.onError((error, c) => {
    settings.logger.error('gateway: failed to handle a REST call', error);
    return c.json({ code: 'internal.server.error', message: 'Internal gateway error.' }, 500);
  });
  return app;
}

/** Reads `null` for invalid JSON, which the caller’s schema rejects. */
function jsonOf(c: Context): Promise<unknown> {
  return c.req.json().catch(() => null);
}
