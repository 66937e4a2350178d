import type { BrokerLogger, LogEntry, TokenBrokerOptions } from '../../../src/server/index.ts';

export const brokerOptions: TokenBrokerOptions = {
  oauthUrl: 'https://oauth.example/oauth/token',
  clientId: 'the-client',
  clientSecret: 'the-secret',
  logger: { info: () => {}, warn: () => {}, error: () => {} },
  session: async () => ({ subject: 'visitor-1' }),
  fetch: () => Promise.reject(new Error('no OAuth server in this test')),
};

export function ask(headers: Record<string, string> = {}, method = 'POST', body?: string) {
  return new Request('https://shop.example/chat/token', {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

/** The OAuth server's good answer, with changes. */
export function oauthToken(changes: Record<string, unknown> = {}): Response {
  return Response.json({
    access_token: 'upstream-token',
    token_type: 'bearer',
    expires_in: 900,
    scope: 'webchat:send webchat:read conversation:read',
    ...changes,
  });
}

/** A fetch that answers so, and remembers what it was asked. */
export function answering(answer: () => Promise<Response> | Response) {
  const bodies: string[] = [];
  const inits: RequestInit[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    bodies.push(String(init?.body));
    if (init) inits.push(init);
    return answer();
  };
  return { fetch, bodies, inits };
}

export function quietLogger() {
  const lines: string[] = [];
  const keep = (entry: LogEntry) => void lines.push(JSON.stringify(entry));
  const logger: BrokerLogger = { info: () => {}, warn: keep, error: keep };
  return { logger, lines };
}
