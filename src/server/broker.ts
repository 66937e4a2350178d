import { describeIssue } from '../protocol/errors.ts';
import { clientAddress, type RequestSource } from './address.ts';
import { emptyAnswer, jsonAnswer, problemAnswer } from './answer.ts';
import { readBoundedText } from './body.ts';
import { createLimiter } from './limiter.ts';
import { type LogEntry, redact } from './logs.ts';
import { OAuthError } from './oauth.ts';
import { parseBrokerOptions, type TokenBrokerOptions, type Visitor } from './options.ts';
import { createRoutingLog, parseRoutingLogEntry, type RoutingLogEntry } from './routing-log.ts';
import { isCrossOrigin } from './same-origin.ts';
import { SessionUnavailable } from './session-unavailable.ts';
import { Tokens } from './tokens.ts';

/** Says that the gateway refused the last token: src/worker/edges/broker-token.ts. */
const refusedHeader = 'Partyline-Token-Refused';

/** The token's request has no body; what comes with one all the same is read no further. In bytes. */
const longestTokenBody = 1_024;

/**
 * Handlers for the site's own origin. Each always answers: none of them rejects.
 *
 * `source` is what the server knows beside the request, for the limits by address; without it, and
 * without `trustedProxies`, there are none.
 */
export interface TokenBroker {
  /**
   * `POST /chat/token`: 200 `{"token","expiresAt","expiresIn","subject"}` (`expiresIn` in seconds).
   * Otherwise `{"code","message"}`, checked in this order: 403 another origin · 405 not a POST ·
   * 429 too many from this address, with `Retry-After` · 413 a body · 401 no session · 429 too many of
   * this visitor · 502 the OAuth server failed · 503 the session can't be checked at the moment.
   */
  token(request: Request, source?: RequestSource): Promise<Response>;
  /**
   * `POST /chat/routing-log`: 204. Otherwise 403, 405, 429, 401 and 503 as above · 413 too large ·
   * 408 too slow · 400 of the wrong shape.
   */
  routingLog(request: Request, source?: RequestSource): Promise<Response>;
  /**
   * `GET /chat/health`: 200 `{"status":"ok","rateLimits":"shared"|"own"}` as long as this broker can
   * serve; 503 once it is closing. A failing OAuth server is no reason to take a broker out.
   */
  health(request: Request): Promise<Response>;
  /** Answers the three paths, and 404 elsewhere. */
  fetch(request: Request, source?: RequestSource): Promise<Response>;
  /** What came in by the routing log, oldest first; as many as `limits.routingLogEntries`. */
  routingLogEntries(): readonly RoutingLogEntry[];
  /** From now on `health` answers 503, and the rate limits' store is let go of. */
  close(): Promise<void>;
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
  const limiter = createLimiter(settings.rateLimits ?? null, limits.visitors, now, logger);
  const tokens = new Tokens(settings, settings.tokenReuse, limits.visitors, now);
  const log = createRoutingLog(limits.routingLogEntries);
  let isClosing = false;
  warnOfPlainHttp(settings.oauthUrl, (message) => logger.warn({ event: 'plain-http', message }));

  /** What can be said without knowing who asks; `null`: go on. */
  async function turnAway(request: Request, source: RequestSource): Promise<Response | null> {
    if (isCrossOrigin(request, settings.origin)) {
      return problemAnswer(403, 'forbidden', 'Only pages of this site may ask.');
    }
    if (request.method !== 'POST') {
      return problemAnswer(405, 'method-not-allowed', 'Ask with POST.', { Allow: 'POST' });
    }
    const address = clientAddress(request, source, settings.trustedProxies);
    if (address === null) return null;
    const wait = await limiter.take('address', address, limits.requestsPerAddress);
    return wait > 0 ? tooMany(wait) : null;
  }

  async function admit(
    request: Request,
    kind: 'token' | 'log',
    perMinute: number,
  ): Promise<Visitor | Response> {
    const visitor = await settings.session(request);
    if (!visitor) {
      return problemAnswer(401, 'unauthorized', 'There is no valid session: sign in again.');
    }
    if (visitor.subject.length === 0 || visitor.subject.length > 128) {
      // An empty subject would put every visitor into one transcript.
      throw new TypeError('session() gave a subject that is empty or longer than 128 characters');
    }
    const wait = await limiter.take(kind, visitor.subject, perMinute);
    return wait > 0 ? tooMany(wait) : visitor;
  }

  async function token(request: Request, source: RequestSource): Promise<Answered> {
    const away = await turnAway(request, source);
    if (away) return { response: away };
    const body = await readBoundedText(request, longestTokenBody);
    if (body.text === null) return { response: unread(body.why, longestTokenBody) };
    const visitor = await admit(request, 'token', limits.tokensPerMinute);
    if (visitor instanceof Response) return { response: visitor };
    try {
      const isRefused = request.headers.has(refusedHeader);
      const given = await tokens.give(visitor.subject, isRefused);
      const response = jsonAnswer(200, {
        token: given.token,
        expiresAt: new Date(now() + given.expiresIn * 1000).toISOString(),
        expiresIn: given.expiresIn,
        subject: visitor.subject,
      });
      return { response, source: given.source };
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const { reason, message, retryAfter } = error;
      logger.error({ event: 'oauth-failed', reason, message });
      const headers: Record<string, string> =
        retryAfter === null ? {} : { 'Retry-After': String(retryAfter) };
      const words = 'The sign-in server of the chat failed.';
      return { response: problemAnswer(502, 'unavailable', words, headers) };
    }
  }

  async function routingLog(request: Request, source: RequestSource): Promise<Answered> {
    const away = await turnAway(request, source);
    if (away) return { response: away };
    const visitor = await admit(request, 'log', limits.routingLogsPerMinute);
    if (visitor instanceof Response) return { response: visitor };
    const read = await readBoundedText(request, limits.routingLogBytes);
    if (read.text === null) return { response: unread(read.why, limits.routingLogBytes) };
    let body: unknown;
    try {
      body = JSON.parse(read.text);
    } catch {
      return { response: problemAnswer(400, 'rejected', 'The body is no JSON.') };
    }
    const parsed = parseRoutingLogEntry(body);
    if (!parsed.success) {
      return { response: problemAnswer(400, 'rejected', describeIssue(parsed.error)) };
    }
    log.add({ ...parsed.data, receivedAt: now(), subject: visitor.subject });
    return { response: emptyAnswer() };
  }

  async function health(request: Request): Promise<Answered> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const allow = { Allow: 'GET, HEAD' };
      return { response: problemAnswer(405, 'method-not-allowed', 'Ask with GET.', allow) };
    }
    if (isClosing)
      return { response: problemAnswer(503, 'unavailable', 'This broker is closing.') };
    const rateLimits = limiter.isShared ? 'shared' : 'own';
    return { response: jsonAnswer(200, { status: 'ok', rateLimits }) };
  }

  function guard(
    event: 'token' | 'routing-log' | 'health',
    handle: (request: Request, source: RequestSource) => Promise<Answered>,
  ) {
    return async (request: Request, source: RequestSource = {}): Promise<Response> => {
      const begun = performance.now();
      const { response, source: from } = await handle(request, source).catch((error: unknown) =>
        broken(request, error),
      );
      const duration = Math.round(performance.now() - begun);
      const entry: LogEntry = { event, status: response.status, duration };
      logger.info(from === undefined ? entry : { ...entry, source: from });
      return response;
    };
  }

  function broken(request: Request, error: unknown): Answered {
    const reason = error instanceof Error ? error.name : 'unknown';
    const words = error instanceof Error ? error.message : 'something that is no error was thrown';
    const message = redact(words, request, settings.clientSecret);
    logger.error({ event: 'internal', reason, message });
    if (error instanceof SessionUnavailable) {
      const words = 'The session can’t be checked at the moment: try again later.';
      return { response: problemAnswer(503, 'unavailable', words, { 'Retry-After': '5' }) };
    }
    const answer = problemAnswer(500, 'internal', 'The server failed: try again later.');
    return { response: answer };
  }

  const guarded = {
    token: guard('token', token),
    routingLog: guard('routing-log', routingLog),
    health: guard('health', health),
  };
  return {
    ...guarded,
    async fetch(request, source) {
      const path = new URL(request.url).pathname;
      if (path === settings.tokenPath) return guarded.token(request, source);
      if (path === settings.routingLogPath) return guarded.routingLog(request, source);
      if (path === settings.healthPath) return guarded.health(request);
      return problemAnswer(404, 'not-found', 'There is nothing here.');
    },
    routingLogEntries: log.entries,
    async close() {
      isClosing = true;
      await settings.rateLimits?.close();
    },
  };
}

interface Answered {
  readonly response: Response;
  /** Where the token came from, if one is given. */
  readonly source?: LogEntry['source'];
}

function tooMany(seconds: number): Response {
  return problemAnswer(429, 'rate-limited', 'Too many requests: try again later.', {
    'Retry-After': String(seconds),
  });
}

function unread(why: 'size' | 'time', limit: number): Response {
  return why === 'size'
    ? problemAnswer(413, 'too-large', `At most ${limit} bytes.`)
    : problemAnswer(408, 'timeout', 'The body did not come in time.');
}

function warnOfPlainHttp(oauthUrl: string, warn: (message: string) => void): void {
  const { protocol, hostname } = new URL(oauthUrl);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && !isLoopback) {
    warn('oauthUrl is plain http, so anybody on the way can read the client secret.');
  }
}
