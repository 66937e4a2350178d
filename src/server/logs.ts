/**
 * One log entry, as plain data. It never holds a token, a secret, a cookie, an address, a visitor id or
 * text of a visitor.
 *
 * - `token`: a token request. `status` is that of the response; `source` is where the token came from:
 *   `upstream`, `flight` (shared with a concurrent request) or `reused`.
 * - `routing-log`, `health`: requests to those paths.
 * - `oauth-failed`: the OAuth server issued no token; `reason` says why.
 * - `rate-limits-lost`: the shared store can't be reached; `reason` is the error's code or name.
 * - `plain-http`: a URL in the options is not encrypted.
 * - `internal`: an unexpected error.
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
  /** Of the request, in ms. */
  readonly duration?: number;
  readonly reason?: string;
  readonly source?: 'upstream' | 'flight' | 'reused';
}

/** Receives the broker's log entries. `console` and pino implement it. */
export interface BrokerLogger {
  info(entry: LogEntry): void;
  warn(entry: LogEntry): void;
  error(entry: LogEntry): void;
}

/** Writes each entry as one line of JSON to the standard streams. */
export function jsonLines(): BrokerLogger {
  const line = (level: string, entry: LogEntry) =>
    JSON.stringify({ time: new Date().toISOString(), level, ...entry });
  return {
    info: (entry) => console.info(line('info', entry)),
    warn: (entry) => console.warn(line('warn', entry)),
    error: (entry) => console.error(line('error', entry)),
  };
}

/** Anything that looks like a JWT. */
const jwt = /\beyJ[\w-]+\.[\w-]*\.?[\w-]*/g;

/**
 * Removes the secrets of the request and the broker from an error message: the site's session check may
 * quote the cookie that it could not read.
 */
export function redact(message: string, request: Request, ...secrets: readonly string[]): string {
  const sent = [request.headers.get('Cookie') ?? '', request.headers.get('Authorization') ?? '']
    .flatMap((header) => header.split(/[\s;,=]+/))
    // Shorter words are not secrets, and removing them would make the message unreadable.
    .filter((word) => word.length >= 8);
  return [...secrets, ...sent]
    .reduce((text, secret) => text.replaceAll(secret, '[redacted]'), message)
    .replaceAll(jwt, '[redacted]')
    .slice(0, 500);
}
