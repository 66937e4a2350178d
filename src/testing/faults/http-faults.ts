import { type Chance, FaultRules } from './fault-rules.ts';

/** Replaces the response to a call. */
export type HttpFault =
  /** An error response as in the protocol. `retryAfter` in seconds. */
  | {
      readonly how: 'status';
      readonly status: number;
      readonly retryAfter?: number;
      /** @default by the status */
      readonly code?: string;
    }
  /** 200, or `status`, with an invalid body: a proxy's page, plain text, or 8 MiB. */
  | {
      readonly how: 'garbage';
      readonly garbage: 'html' | 'text' | 'huge';
      readonly status?: number;
    }
  /** Breaks the connection without handling the call. */
  | { readonly how: 'drop' }
  /** Handles the call, then breaks the connection before the response. */
  | { readonly how: 'lose-answer' }
  /** Sends no response and keeps the connection open until the client closes it, or `clear()`. */
  | { readonly how: 'hang' }
  /** Handles the call after `ms`. */
  | { readonly how: 'delay'; readonly ms: number };

export interface HttpMatch extends Chance {
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** A part of the path. */
  readonly path?: string;
}

interface Rule {
  readonly fault: HttpFault;
  readonly match: HttpMatch;
}

/** The faults of one HTTP API: REST or OAuth. */
export class HttpFaults {
  readonly #rules: FaultRules<Rule>;
  readonly #hanging = new Set<() => void>();

  constructor(random: () => number) {
    this.#rules = new FaultRules(random);
  }

  /** Returns a function that removes the rule. */
  add(fault: HttpFault, match: HttpMatch = {}): () => void {
    return this.#rules.add({ fault, match }, match);
  }

  take(method: string, path: string): HttpFault | null {
    const rule = this.#rules.take(
      ({ match }) =>
        (match.method === undefined || match.method === method) &&
        (match.path === undefined || path.includes(match.path)),
    );
    return rule?.fault ?? null;
  }

  /** Resolves when the fault is cleared or the client has disconnected. */
  hang(onGone: (gone: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#hanging.delete(done);
        resolve();
      };
      this.#hanging.add(done);
      onGone(done);
    });
  }

  clear(): void {
    this.#rules.clear();
    for (const done of [...this.#hanging]) done();
  }
}

/** Responses as from a proxy, a captive portal or a broken gateway. */
export function garbageText(kind: 'html' | 'text' | 'huge'): string {
  switch (kind) {
    case 'html':
      return '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';
    case 'text':
      return 'upstream connect error or disconnect/reset before headers';
    case 'huge':
      return JSON.stringify({ type: 'message', text: 'x'.repeat(8 * 1024 * 1024) });
  }
}
