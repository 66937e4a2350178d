import { describeIssue } from '../protocol/errors.ts';
import { clientAddress, type RequestSource } from './address.ts';
import { emptyAnswer, jsonAnswer, problemAnswer } from './answer.ts';
import { type BodyFailure, readBoundedText } from './body.ts';
import { createLimiter } from './limiter.ts';
import { type LogEntry, redact } from './logs.ts';
import { OAuthError } from './oauth.ts';
import { parseBrokerOptions, type TokenBrokerOptions, type Visitor } from './options.ts';
import { createRoutingLog, parseRoutingLogEntry, type RoutingLogEntry } from './routing-log.ts';
import { isCrossOrigin } from './same-origin.ts';
import { SessionUnavailable } from './session-unavailable.ts';
import { Tokens } from './tokens.ts';

/** Set by the hub when the gateway refused the last token: src/worker/edges/broker-token.ts. */
const refusedHeader = 'Partyline-Token-Refused';

/** Token requests have no body; reading stops here if one is sent anyway. In bytes. */
const maximumTokenBody = 1_024;

/**
 * Handlers for the site's own origin. Each of them always resolves with a response.
 *
 * `source` holds the client's address, for the limits per address. Without it, and without
 * `trustedProxies`, those limits do not apply.
 */
export interface TokenBroker {
  /**
   * `POST /chat/token`: 200 `{"token","expiresAt","expiresIn","subject"}` (`expiresIn` in seconds).
   * Otherwise `{"code","message"}`, checked in this order: 403 cross-origin · 405 not a POST ·
   * 429 too many requests from this address, with `Retry-After` · 413 body too large · 401 no session ·
   * 429 too many requests of this visitor · 502 the OAuth server failed · 503 the session can't be
   * checked right now.
   */
  token(request: Request, source?: RequestSource): Promise<Response>;
  /**
   * `POST /chat/routing-log`: 204. Otherwise 403, 405, 429, 401 and 503 as above · 413 body too
   * large · 408 body too slow · 400 invalid body.
   */
  routingLog(request: Request, source?: RequestSource): Promise<Response>;
  /**
   * `GET /chat/health`: 200 `{"status":"ok","rateLimits":"shared"|"own"}`, or 503 once the broker is
   * closing. An OAuth server that fails does not make a broker unhealthy.
   */
  health(request: Request): Promise<Response>;
  /** Routes the three paths; 404 for any other. */
  fetch(request: Request, source?: RequestSource): Promise<Response>;
  /** The latest `limits.routingLogEntries` entries of the routing log, oldest first. */
  routingLogEntries(): readonly RoutingLogEntry[];
  /** Makes `health` answer 503, and closes the rate limit store. */
  close(): Promise<void>;
}

/**
 * The only part that knows the client secret: it checks the visitor's session, then issues a
 * short-lived token for the messaging gateway.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function createTokenBroker(options: TokenBrokerOptions): TokenBroker {
  const settings = parseBrokerOptions(options);
  const { limits, logger, now } = settings;
  const limiter = createLimiter(settings.rateLimits ?? null, limits.visitors, now, logger);
  const tokens = new Tokens(settings, settings.tokenReuse, limits.visitors, now);
  const log = createRoutingLog(limits.routingLogEntries);
  let isClosing = false;
  warnOfPlainHttp(settings.oauthUrl, (message) => logger.warn({ event: 'plain-http', message }));

  /** The checks that need no session; `null` when all of them pass. */
  async function refuse(request: Request, source: RequestSource): Promise<Response | null> {
    if (isCrossOrigin(request, settings.origin)) {
      return problemAnswer(403, 'forbidden', 'Cross-origin requests are not allowed.');
    }
    if (request.method !== 'POST') {
      return problemAnswer(405, 'method-not-allowed', 'Method not allowed. Use POST.', {
        Allow: 'POST',
      });
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
      return problemAnswer(401, 'unauthorized', 'No valid session. Sign in and retry.');
    }
    if (visitor.subject.length === 0 || visitor.subject.length > 128) {
      // All visitors with an empty subject would share one transcript.
      throw new TypeError('session: subject must have 1 to 128 characters.');
    }
    const wait = await limiter.take(kind, visitor.subject, perMinute);
    return wait > 0 ? tooMany(wait) : visitor;
  }

  async function token(request: Request, source: RequestSource): Promise<Answered> {
    const refusal = await refuse(request, source);
    if (refusal) return { response: refusal };
    const body = await readBoundedText(request, maximumTokenBody);
    if (body.text === null) return { response: unreadableBody(body.failure, maximumTokenBody) };
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
      const text = 'Token server request failed. Retry later.';
      return { response: problemAnswer(502, 'unavailable', text, headers) };
    }
  }

  async function routingLog(request: Request, source: RequestSource): Promise<Answered> {
    const refusal = await refuse(request, source);
    if (refusal) return { response: refusal };
    const visitor = await admit(request, 'log', limits.routingLogsPerMinute);
    if (visitor instanceof Response) return { response: visitor };
    const read = await readBoundedText(request, limits.routingLogBytes);
    if (read.text === null)
      return { response: unreadableBody(read.failure, limits.routingLogBytes) };
    let body: unknown;
    try {
      body = JSON.parse(read.text);
    } catch {
      return { response: problemAnswer(400, 'rejected', 'Request body is not valid JSON.') };
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
      return {
        response: problemAnswer(405, 'method-not-allowed', 'Method not allowed. Use GET.', allow),
      };
    }
    if (isClosing)
      return { response: problemAnswer(503, 'unavailable', 'The broker is shutting down.') };
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
    const text =
      error instanceof Error ? error.message : 'A value that is not an Error was thrown.';
    const message = redact(text, request, settings.clientSecret);
    logger.error({ event: 'internal', reason, message });
    if (error instanceof SessionUnavailable) {
      const text = 'The session could not be checked. Retry later.';
      return { response: problemAnswer(503, 'unavailable', text, { 'Retry-After': '5' }) };
    }
    const answer = problemAnswer(500, 'internal', 'Internal server error. Retry later.');
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
      return problemAnswer(404, 'not-found', 'Not found.');
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
  /** Where the token came from, if one was issued. */
  readonly source?: LogEntry['source'];
}

function tooMany(seconds: number): Response {
  return problemAnswer(429, 'rate-limited', 'Too many requests. Retry later.', {
    'Retry-After': String(seconds),
  });
}

function unreadableBody(failure: BodyFailure, limit: number): Response {
  return failure === 'size'
    ? problemAnswer(413, 'too-large', `Request body exceeds ${limit.toLocaleString('en')} bytes.`)
    : problemAnswer(408, 'timeout', 'Timed out reading the request body.');
}

function warnOfPlainHttp(oauthUrl: string, warn: (message: string) => void): void {
  const { protocol, hostname } = new URL(oauthUrl);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && !isLoopback) {
    warn('oauthUrl uses plain http: the client secret is sent unencrypted. Use https.');
  }
}
