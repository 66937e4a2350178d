import { describeIssue } from '../protocol/errors.ts';
import { emptyAnswer, jsonAnswer, problemAnswer } from './answer.ts';
import { readBoundedText } from './body.ts';
import { OAuthError, requestToken } from './oauth.ts';
import { parseBrokerOptions, type TokenBrokerOptions, type Visitor } from './options.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { createRoutingLog, parseRoutingLogEntry, type RoutingLogEntry } from './routing-log.ts';
import { isCrossOrigin } from './same-origin.ts';

/** Two handlers for the site's own origin. Each always answers: none of them rejects. */
export interface TokenBroker {
  /**
   * `POST /chat/token`: 200 `{"token","expiresAt","expiresIn","subject"}` (`expiresIn` in seconds).
   * Otherwise `{"code","message"}`, checked in this order: 403 another origin · 405 not a POST ·
   * 401 no session · 429 too many, with `Retry-After` · 502 the OAuth server failed.
   */
  token(request: Request): Promise<Response>;
  /**
   * `POST /chat/routing-log`: 204. Otherwise 403, 405, 401 and 429 as above · 413 too large ·
   * 400 of the wrong shape.
   */
  routingLog(request: Request): Promise<Response>;
  /** Answers both paths, and 404 elsewhere. */
  fetch(request: Request): Promise<Response>;
  /** What came in by the routing log, oldest first; as many as `limits.routingLogEntries`. */
  routingLogEntries(): readonly RoutingLogEntry[];
}

/**
 * The only place that knows the client secret: it gives a visitor of the site a short-lived token
 * for the messaging gateway, after it has checked the visitor's session.
 *
 * @throws {PartylineError} `invalid-option` at once when an option is wrong, naming it.
 */
export function createTokenBroker(options: TokenBrokerOptions): TokenBroker {
  const settings = parseBrokerOptions(options);
  const { limits, logger, now } = settings;
  const tokenLimiter = createRateLimiter(limits.tokensPerMinute, limits.visitors, now);
  const logLimiter = createRateLimiter(limits.routingLogsPerMinute, limits.visitors, now);
  const log = createRoutingLog(limits.routingLogEntries);
  warnOfPlainHttp(settings.oauthUrl, logger.warn.bind(logger));

  async function admit(request: Request, limiter: RateLimiter): Promise<Visitor | Response> {
    if (isCrossOrigin(request, settings.origin)) {
      return problemAnswer(403, 'forbidden', 'Only pages of this site may ask.');
    }
    if (request.method !== 'POST') {
      return problemAnswer(405, 'method-not-allowed', 'Ask with POST.', { Allow: 'POST' });
    }
    const visitor = await settings.session(request);
    if (!visitor) {
      return problemAnswer(401, 'unauthorized', 'There is no valid session: sign in again.');
    }
    if (visitor.subject.length === 0 || visitor.subject.length > 128) {
      // An empty subject would put every visitor into one transcript.
      throw new TypeError('session() gave a subject that is empty or longer than 128 characters');
    }
    const wait = limiter.take(visitor.subject);
    if (wait > 0) {
      return problemAnswer(429, 'rate-limited', 'Too many requests: try again later.', {
        'Retry-After': String(Math.ceil(wait / 1000)),
      });
    }
    return visitor;
  }

  async function token(request: Request): Promise<Response> {
    const visitor = await admit(request, tokenLimiter);
    if (visitor instanceof Response) return visitor;
    try {
      const upstream = await requestToken(settings, visitor.subject);
      return jsonAnswer(200, {
        token: upstream.token,
        expiresAt: new Date(now() + upstream.expiresIn * 1000).toISOString(),
        expiresIn: upstream.expiresIn,
        subject: visitor.subject,
      });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      logger.error(`partyline: no token from the OAuth server: ${error.message}`);
      const headers: Record<string, string> =
        error.retryAfter === null ? {} : { 'Retry-After': String(error.retryAfter) };
      return problemAnswer(502, 'unavailable', 'The sign-in server of the chat failed.', headers);
    }
  }

  async function routingLog(request: Request): Promise<Response> {
    const visitor = await admit(request, logLimiter);
    if (visitor instanceof Response) return visitor;
    const text = await readBoundedText(request, limits.routingLogBytes);
    if (text === null) {
      return problemAnswer(413, 'too-large', `At most ${limits.routingLogBytes} bytes.`);
    }
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return problemAnswer(400, 'rejected', 'The body is no JSON.');
    }
    const parsed = parseRoutingLogEntry(body);
    if (!parsed.success) return problemAnswer(400, 'rejected', describeIssue(parsed.error));
    log.add({ ...parsed.data, receivedAt: now(), subject: visitor.subject });
    return emptyAnswer();
  }

  const guard = (handle: (request: Request) => Promise<Response>) => async (request: Request) => {
    try {
      return await handle(request);
    } catch (error) {
      logger.error(`partyline: ${error instanceof Error ? error.message : 'unknown error'}`);
      return problemAnswer(500, 'internal', 'The server failed: try again later.');
    }
  };

  const guarded = { token: guard(token), routingLog: guard(routingLog) };
  return {
    ...guarded,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      if (path === settings.tokenPath) return guarded.token(request);
      if (path === settings.routingLogPath) return guarded.routingLog(request);
      return problemAnswer(404, 'not-found', 'There is nothing here.');
    },
    routingLogEntries: log.entries,
  };
}

function warnOfPlainHttp(oauthUrl: string, warn: (message: string) => void): void {
  const { protocol, hostname } = new URL(oauthUrl);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && !isLoopback) {
    warn('partyline: oauthUrl is plain http, so anybody on the way can read the client secret.');
  }
}
