/**
 * One thing that happened, as plain data. It never holds a token, a secret, a cookie, an address, a
 * visitor id or a text.
 *
 * - `token`: somebody asked for a token. `status` is the answer's; `source` tells where a token came
 *   from: `upstream`, `flight` (shared with another request under way) or `reused`.
 * - `routing-log`, `health`: as above, for these paths.
 * - `oauth-failed`: why there is no token.
 * - `rate-limits-lost`: the shared store can't be reached; `reason` is the error's name.
 * - `plain-http`: an address that anybody on the way can read.
 * - `internal`: something broke that should not.
 */
export interface LogEntry {
  readonly event:
    | 'token'
    | 'routing-log'
    | 'health'
    | 'oauth-failed'
    | 'rate-limits-lost'
    | 'plain-http'
    | 'internal';
  readonly message?: string;
  readonly status?: number;
  /** How long it took, in ms. */
  readonly duration?: number;
  readonly reason?: string;
  readonly source?: 'upstream' | 'flight' | 'reused';
}

/** Where the broker tells what an operator should know. `console` is one, and so is pino. */
export interface BrokerLogger {
  info(entry: LogEntry): void;
  warn(entry: LogEntry): void;
  error(entry: LogEntry): void;
}

/** One line of JSON an entry, on the standard streams. */
export function jsonLines(): BrokerLogger {
  const line = (level: string, entry: LogEntry) =>
    JSON.stringify({ time: new Date().toISOString(), level, ...entry });
  return {
    info: (entry) => console.info(line('info', entry)),
    warn: (entry) => console.warn(line('warn', entry)),
    error: (entry) => console.error(line('error', entry)),
  };
}

/** What looks like a JWT. */
const jwt = /\beyJ[\w-]+\.[\w-]*\.?[\w-]*/g;

/**
 * An error's message for the log, without what the request or the broker keeps secret: a session check
 * of somebody else's may quote the cookie that it could not read.
 */
export function redact(message: string, request: Request, ...secrets: readonly string[]): string {
  const sent = [request.headers.get('Cookie') ?? '', request.headers.get('Authorization') ?? '']
    .flatMap((header) => header.split(/[\s;,=]+/))
    // Shorter words than these are no secrets, and taking them out would leave no sentence.
    .filter((word) => word.length >= 8);
  return [...secrets, ...sent]
    .reduce((text, secret) => text.replaceAll(secret, '[redacted]'), message)
    .replaceAll(jwt, '[redacted]')
    .slice(0, 500);
}
