import { randomUUID, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Faults } from '../faults/faults.ts';
import { type Bindings, withFaults } from '../faults/http-middleware.ts';
import type { Settings } from './options.ts';
import type { GatewayStats } from './stats.ts';
import { knownScopes, type TokenAuthority } from './tokens.ts';

export interface OauthContext {
  readonly settings: Settings;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokens: TokenAuthority;
  readonly stats: GatewayStats;
  readonly faults: Faults;
}

const formSchema = z.object({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  scope: z.string(),
  subject: z.string().min(1).max(512).optional(),
});

type OauthError = 'invalid_request' | 'unsupported_grant_type' | 'invalid_client' | 'invalid_scope';

/** `POST /oauth/token`: the client credentials grant. It has no CORS headers, since pages must not call it. */
export function oauthRoutes(context: OauthContext): Hono<{ Bindings: Bindings }> {
  const { settings, tokens, stats, faults } = context;
  const app = new Hono<{ Bindings: Bindings }>();
  const refuse = (status: 400 | 401, error: OauthError) => {
    stats.record({ kind: 'token', status, subject: null });
    return { status, body: { error } };
  };

  app.use(
    '/oauth/token',
    withFaults(faults.httpOf('oauth'), (status) => {
      stats.record({ kind: 'token', status, subject: null });
      return { error: status === 401 ? 'invalid_client' : 'temporarily_unavailable' };
    }),
  );

  app.post('/oauth/token', async (c) => {
    c.header('Cache-Control', 'no-store');
    const answer = await grant(c.req.header('content-type') ?? '', await c.req.text());
    return c.json(answer.body, answer.status);
  });

  async function grant(contentType: string, body: string) {
    if (!contentType.startsWith('application/x-www-form-urlencoded')) {
      return refuse(400, 'invalid_request');
    }
    const fields = new URLSearchParams(body);
    const names = [...fields.keys()];
    if (new Set(names).size !== names.length) return refuse(400, 'invalid_request');
    const form = formSchema.safeParse(Object.fromEntries(fields));
    if (!form.success) return refuse(400, 'invalid_request');
    const { grant_type, client_id, client_secret, scope, subject = client_id } = form.data;
    if (grant_type !== 'client_credentials') return refuse(400, 'unsupported_grant_type');
    if (!same(client_id, context.clientId) || !same(client_secret, context.clientSecret)) {
      return refuse(401, 'invalid_client');
    }
    const scopes = scope.split(' ').filter((each) => each !== '');
    const known: readonly string[] = knownScopes;
    if (scopes.length === 0 || !scopes.every((each) => known.includes(each))) {
      return refuse(400, 'invalid_scope');
    }
    const token = await tokens.issue(subject, scopes, settings.tokenLife);
    stats.record({ kind: 'token', status: 200, subject });
    return {
      status: 200 as const,
      body: {
        access_token: token,
        token_type: 'bearer',
        expires_in: settings.tokenLife,
        scope: scopes.join(' '),
      },
    };
  }

  return app;
}

/** A random name or secret that can't be guessed. */
export function randomSecret(): string {
  return randomUUID().replaceAll('-', '');
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
