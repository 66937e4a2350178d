import type { GatewayAdapter } from '../../protocol/gateway/adapter.ts';
import { type RestCall, type RestResult, restFailure } from '../../protocol/gateway/rest.ts';

/** A server that takes longer, in ms, counts as unreachable. */
const deadline = 15_000;

/** Provides a token for one call. `isRefused`: the server has refused the previous one. */
export type RestToken = (isRefused: boolean) => string | null | Promise<string | null>;

/** Makes REST calls. Never rejects. */
export class Rest {
  readonly #adapter: GatewayAdapter;
  readonly #token: RestToken;
  #abort = new AbortController();
  /** The server has refused the session's last token. */
  #isRefused = false;

  constructor(adapter: GatewayAdapter, token: RestToken) {
    this.#adapter = adapter;
    this.#token = token;
  }

  async call(call: RestCall): Promise<RestResult> {
    // Before the wait for a token: if the visitor changes meanwhile, the call must not go out.
    const { signal } = this.#abort;
    const isRefused = this.#isRefused;
    this.#isRefused = false;
    const token = await this.#token(isRefused);
    if (signal.aborted) return restFailure('network', 'AbortError');
    if (token === null && this.#adapter.sessions) {
      return restFailure('network', 'Not connected, so there is no token for this request.');
    }
    if (token === null) return restFailure('unauthorized', 'No token for this request.');
    try {
      const request = this.#adapter.request(call, token);
      const response = await fetch(request.url, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
      });
      // These tokens live for a minute, so an expired one says nothing about the session. The next call
      // gets another one; the core decides when, since it counts the calls.
      this.#isRefused = response.status === 401 && this.#adapter.sessions !== undefined;
      return this.#adapter.response(call, {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        body: await response.text(),
      });
    } catch (error) {
      return restFailure('network', error instanceof Error ? error.name : 'network error');
    }
  }

  /** Discards the responses for a previous visitor. */
  abortAll(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#isRefused = false;
  }
}
