import { z } from 'zod';
import { parseJson } from '../protocol/json.ts';
import { readBoundedText } from './body.ts';
import { type BrokerSettings, isAllowedScope } from './options.ts';

/** Longer than any token response; an endless body would fill the memory. In bytes. */
const maximumResponse = 65_536;

/**
 * Why there is no token. `reason` is for the operator's log and is not sent to the browser:
 * - `timeout`: the OAuth server took longer than `oauthTimeout`.
 * - `network`: the OAuth server could not be reached.
 * - `refused`: it returned an error; the message holds the status and the error's name.
 * - `invalid`: its response is not a bearer token.
 * - `too-broad`: it granted a scope that no browser should hold, so the token is discarded.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly reason: 'timeout' | 'network' | 'refused' | 'invalid' | 'too-broad';
  /** `Retry-After` of the response, in seconds; `null` without one. */
  readonly retryAfter: number | null;

  constructor(
    reason: OAuthError['reason'],
    message: string,
    options: { retryAfter?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter ?? null;
  }
}

export interface UpstreamToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive(),
  scope: z.string().optional(),
});

// RFC 6749 §5.2. Only these names are logged, because the rest of a body may hold a secret.
const refusalSchema = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ]),
});

export type OAuthSettings = Pick<
  BrokerSettings,
  'oauthUrl' | 'clientId' | 'clientSecret' | 'scopes' | 'oauthTimeout' | 'fetch'
>;

/**
 * Requests a token for one visitor (client credentials grant).
 *
 * @throws {OAuthError}
 */
export async function requestToken(
  settings: OAuthSettings,
  subject: string,
): Promise<UpstreamToken> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
    scope: settings.scopes.join(' '),
    subject,
  });
  const signal = AbortSignal.timeout(settings.oauthTimeout);
  let response: Response;
  let text: string;
  try {
    response = await settings.fetch(settings.oauthUrl, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: body.toString(),
      // A redirect would send the secret to another server.
      redirect: 'error',
      signal,
    });
    const read = await readBoundedText(response, maximumResponse);
    text = read.text ?? '';
  } catch (cause) {
    if (signal.aborted) {
      throw new OAuthError('timeout', `no response within ${settings.oauthTimeout} ms`, { cause });
    }
    throw new OAuthError('network', `unreachable${describeCause(cause)}`, { cause });
  }
  if (!response.ok) throw refusal(response, text);
  return readToken(text);
}

function readToken(text: string): UpstreamToken {
  const parsed = tokenSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body');
    throw new OAuthError('invalid', `Invalid token response: check ${fields.join(', ')}.`);
  }
  const { access_token, expires_in, scope } = parsed.data;
  const granted = scope?.split(' ').filter(Boolean) ?? [];
  if (!granted.every(isAllowedScope)) {
    throw new OAuthError(
      'too-broad',
      'The token has scopes other than webchat:*, conversation:read and user:read. ' +
        'Remove them from the OAuth client.',
    );
  }
  return { token: access_token, expiresIn: expires_in };
}

function refusal(response: Response, text: string): OAuthError {
  const known = refusalSchema.safeParse(parseJson(text));
  const name = known.success ? ` ${known.data.error}` : '';
  const wait = response.headers.get('Retry-After');
  const seconds = wait !== null && /^\d{1,5}$/.test(wait) ? Number(wait) : null;
  return new OAuthError('refused', `status ${response.status}${name}`, { retryAfter: seconds });
}

/** Only the code, such as `ECONNREFUSED`: the message may quote the request. */
function describeCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? ` (${cause.code})` : '';
}
