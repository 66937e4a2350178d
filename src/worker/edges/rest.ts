import type { GatewayAdapter } from '../../protocol/gateway/adapter.ts';
import type { RestCall, RestResult } from '../../protocol/gateway/rest.ts';

/** A server that keeps silent for longer counts as out of reach. */
const deadline = 15_000;

/** A token for one call. `isRefused`: the last one was. */
export type RestToken = (isRefused: boolean) => string | null | Promise<string | null>;

/** Carries out REST calls; never rejects. */
export class Rest {
  readonly #adapter: GatewayAdapter;
  readonly #token: RestToken;
  #abort = new AbortController();
  /** The last token of a session was refused. */
  #isRefused = false;

  constructor(adapter: GatewayAdapter, token: RestToken) {
    this.#adapter = adapter;
    this.#token = token;
  }

  async call(call: RestCall): Promise<RestResult> {
    const token = await this.#token(this.#isRefused);
    this.#isRefused = false;
    if (token === null && this.#adapter.sessions) {
      return failure('network', 'The line that brings the token is not there.');
    }
    if (token === null) return failure('unauthorized', 'There is no token.');
    try {
      const request = this.#adapter.request(call, token);
      const response = await fetch(request.url, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(deadline)]),
      });
      // These tokens live for a minute: one that has just run out says nothing of the session. The next
      // call asks for another one; it is the core that says when, since it counts the calls.
      this.#isRefused = response.status === 401 && this.#adapter.sessions !== undefined;
      return this.#adapter.response(call, {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        body: await response.text(),
      });
    } catch (error) {
      return failure('network', error instanceof Error ? error.name : 'network error');
    }
  }

  /** The former visitor's answers are not waited for. */
  abortAll(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}

function failure(kind: 'unauthorized' | 'network', message: string): RestResult {
  return { ok: false, failure: { kind, message, retryAfter: null } };
}
