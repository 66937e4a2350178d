import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { z } from 'zod';
import { parseJson } from '../../protocol/json.ts';
import type { Faults } from '../faults/faults.ts';
import { type Bindings, withFaults } from '../faults/http-middleware.ts';
import type { Conversations } from '../gateway/conversations.ts';
import { GatewayRefusal } from '../gateway/model.ts';
import type { Settings } from '../gateway/options.ts';
import { originAllowed } from '../gateway/origins.ts';
import { encodeCursor, historyQuerySchema, readCursor } from '../gateway/pagination.ts';
import type { ProtocolChecker } from '../gateway/protocol-checker.ts';
import type { GatewayStats } from '../gateway/stats.ts';
import type { Claims, TokenAuthority, Verdict } from '../gateway/tokens.ts';
import type { TranscriptStore } from '../storage/store.ts';
import { maximumFrameBytes, toWire } from './frames.ts';

export interface RestContext {
  readonly settings: Settings;
  readonly store: TranscriptStore;
  readonly conversations: Conversations;
  readonly tokens: TokenAuthority;
  readonly stats: GatewayStats;
  readonly checker: ProtocolChecker;
  readonly faults: Faults;
}

type Env = { Bindings: Bindings; Variables: { verdict: Verdict } };

const id = z.string().min(1).max(512);
const postSchema = z.object({ conversationId: id, messageId: id, text: z.string() });

/** An error response: the status, and the protocol's error body. */
class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The REST API of the protocol (§3), with CORS headers on all responses. */
export function restRoutes(context: RestContext): Hono<Env> {
  const { settings, stats, faults, tokens, conversations, checker, store } = context;
  const app = new Hono<Env>();

  // Outermost, to record the response that the client gets.
  app.use(async (c, next) => {
    await next();
    if (c.req.method === 'OPTIONS') return;
    const { method, path } = c.req;
    const verdict = c.get('verdict');
    const subject = verdict.ok ? verdict.claims.subject : null;
    stats.record({ kind: 'rest', method, path, status: c.res.status, subject });
  });
  app.use(
    cors({
      origin: (origin) => (originAllowed(origin, settings.allowedOrigins) ? origin : null),
      allowMethods: ['GET', 'POST'],
      allowHeaders: ['Authorization', 'Content-Type'],
      exposeHeaders: ['Retry-After', 'Date'],
      maxAge: 600,
    }),
  );
  app.use(async (c, next) => {
    c.header('Date', new Date(settings.clock()).toUTCString());
    c.header('Cache-Control', 'no-store');
    await next();
  });
  app.use(async (c, next) => {
    const verdict = await verdictOf(c.req.header('authorization'), tokens);
    c.set('verdict', verdict);
    // Counted even if a fault follows.
    if (verdict.ok && c.req.method === 'GET' && c.req.path.endsWith('/messages')) {
      checker.onRestRequest(verdict.claims.subject);
    }
    await next();
  });
  app.use(
    withFaults(faults.httpOf('rest'), (status, code) => ({
      code: code ?? codeOf(status),
      message: `Injected fault: ${status}.`,
    })),
  );
  app.get('/api/v2/conversations/messages', async (c) => {
    const subject = readable(c);
    const query = historyQuerySchema.safeParse(c.req.query());
    if (!query.success) throw invalidRequest(query.error);
    const { conversationId, limit } = query.data;
    await conversations.ofVisitor(subject, conversationId);
    if (query.data.before !== undefined) {
      if (query.data.since !== undefined || query.data.cursor !== undefined) {
        throw new RestError(
          400,
          'INVALID_FRAME',
          '`before` can’t be combined with `since` or `cursor`.',
        );
      }
      const { before } = query.data;
      if ('sequence' in before && !settings.sequences) {
        throw new RestError(400, 'INVALID_FRAME', 'Sequences are off. Use an instant.');
      }
      const messages = await store.before(conversationId, before, limit);
      return c.json({
        entities: messages.map((message) => toWire(message, settings.sequences)),
        nextPage: null,
      });
    }
    const since = query.data.since ?? 0;
    const above =
      query.data.cursor === undefined ? 0 : readCursor(query.data.cursor, conversationId, since);
    if (above === null)
      throw new RestError(400, 'INVALID_FRAME', 'The cursor belongs to another query.');
    const messages = await store.after(conversationId, { since, above }, limit + 1);
    const page = messages.slice(0, limit);
    const last = page.at(-1);
    return c.json({
      entities: page.map((message) => toWire(message, settings.sequences)),
      nextPage:
        messages.length > limit && last ? encodeCursor(conversationId, since, last.sequence) : null,
    });
  });

  app.post('/api/v2/conversations/messages', async (c) => {
    const { subject, scopes } = claimsOf(c);
    if (!scopes.has('webchat:send')) throw insufficient('webchat:send');
    const text = await c.req.text();
    if (Buffer.byteLength(text) > maximumFrameBytes) {
      throw new RestError(413, 'MESSAGE_TOO_LONG', 'Request body exceeds 64 KiB.');
    }
    const body = postSchema.safeParse(parseJson(text));
    if (!body.success) throw invalidRequest(body.error);
    const { conversationId, messageId } = body.data;
    const { message, repeated } = await conversations.postAsVisitor(
      subject,
      conversationId,
      messageId,
      body.data.text,
    );
    if (repeated) stats.record({ kind: 'repeated-message', subject, messageId, by: 'rest' });
    return c.json(toWire(message, settings.sequences), repeated ? 200 : 201);
  });

  app.get('/api/v2/conversations/:conversationId', async (c) => {
    const subject = readable(c);
    const record = await conversations.ofVisitor(subject, c.req.param('conversationId'));
    const { conversationId, status } = record;
    const position =
      status === 'queued' ? (await conversations.positions()).get(conversationId) : undefined;
    return c.json({ conversationId, status, ...(position === undefined ? {} : { position }) });
  });

  app.get('/api/v2/routing/skillgroups', (c) => {
    readable(c);
    return c.json({ entities: settings.skillGroups.map(({ id, name }) => ({ id, name })) });
  });

  app.get('/api/v2/workforcemanagement/skillcoverage', (c) => {
    readable(c);
    const names = (c.req.query('skillGroups') ?? '').split(',').filter((name) => name !== '');
    if (names.length === 0) {
      throw new RestError(400, 'INVALID_FRAME', 'skillGroups: must be names separated by commas.');
    }
    const entities = names.map((skillGroup) => ({
      skillGroup,
      agentsOnShift:
        settings.skillGroups.find(({ name }) => name === skillGroup)?.agentsOnShift ?? 0,
    }));
    return c.json({ entities });
  });

  app.notFound((c) => c.json({ code: 'NOT_FOUND', message: 'Not found.' }, 404));
  app.onError((error) => {
    const { status, code, message } = toRestError(error, settings);
    return new Response(JSON.stringify({ code, message }), {
      status,
      headers: { 'Content-Type': 'application/json' },
    });
  });
  return app;
}

function toRestError(error: Error, settings: Settings): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof GatewayRefusal) {
    const status =
      error.code === 'CONVERSATION_NOT_FOUND'
        ? 404
        : error.code === 'CONVERSATION_ENDED'
          ? 409
          : 400;
    return new RestError(status, error.code, error.message);
  }
  settings.logger.error('gateway: failed to handle a REST call', error);
  return new RestError(500, 'INTERNAL', 'Internal gateway error.');
}

async function verdictOf(authorization: string | undefined, tokens: TokenAuthority) {
  const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined) return tokens.verify(bearer);
  const missing: Verdict = {
    ok: false,
    code: 'INVALID_TOKEN',
    message: 'Bearer token required.',
  };
  return missing;
}

function claimsOf(c: Context<Env>): Claims {
  const verdict = c.get('verdict');
  if (!verdict.ok) throw new RestError(401, verdict.code, verdict.message);
  return verdict.claims;
}

function readable(c: Context<Env>): string {
  const { subject, scopes } = claimsOf(c);
  if (!scopes.has('conversation:read')) throw insufficient('conversation:read');
  return subject;
}

function insufficient(scope: string): RestError {
  return new RestError(403, 'INSUFFICIENT_SCOPE', `Scope ${scope} required.`);
}

function invalidRequest(error: z.ZodError): RestError {
  const issue = error.issues[0];
  return new RestError(
    400,
    'INVALID_FRAME',
    `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`,
  );
}

function codeOf(status: number): string {
  switch (status) {
    case 401:
      return 'INVALID_TOKEN';
    case 403:
      return 'INSUFFICIENT_SCOPE';
    case 404:
      return 'CONVERSATION_NOT_FOUND';
    case 409:
      return 'CONVERSATION_ENDED';
    case 429:
      return 'RATE_LIMITED';
    default:
      return 'INTERNAL';
  }
}
