import { type Chance, FaultRules } from './fault-rules.ts';

/** What a call gets in place of its answer. */
export type HttpFault =
  /** An error answer of the protocol's shape. `retryAfter` in seconds. */
  | {
      readonly how: 'status';
      readonly status: number;
      readonly retryAfter?: number;
      /** @default by the status */
      readonly code?: string;
    }
  /** 200, or `status`, with what no gateway would say: a proxy's page, plain words, or 8 MiB. */
  | {
      readonly how: 'garbage';
      readonly garbage: 'html' | 'text' | 'huge';
      readonly status?: number;
    }
  /** The connection breaks and nothing was done. */
  | { readonly how: 'drop' }
  /** The call is carried out, and then the connection breaks before the answer. */
  | { readonly how: 'lose-answer' }
  /** No answer, and the connection stays open until the client gives up or `clear()`. */
  | { readonly how: 'hang' }
  /** Carried out after `ms`. */
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

/** The faults of one HTTP side: REST, or OAuth. */
export class HttpFaults {
  readonly #rules: FaultRules<Rule>;
  readonly #hanging = new Set<() => void>();

  constructor(random: () => number) {
    this.#rules = new FaultRules(random);
  }

  /** Returns what takes the rule back. */
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

  /** Resolves when the fault is cleared, or the client has gone. */
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

/** What a proxy, a captive portal or a broken gateway may say instead. */
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
