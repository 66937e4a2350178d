import type { GatewayAdapter, RestCall, RestResult } from '../protocol/gateway.ts';

/** A server that keeps silent for longer counts as out of reach. */
const deadline = 15_000;

/** Carries out REST calls; never rejects. */
export class Rest {
  readonly #adapter: GatewayAdapter;
  readonly #token: () => string | null;
  #abort = new AbortController();

  constructor(adapter: GatewayAdapter, token: () => string | null) {
    this.#adapter = adapter;
    this.#token = token;
  }

  async call(call: RestCall): Promise<RestResult> {
    const token = this.#token();
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
