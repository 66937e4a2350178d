import type { RoutingLogLine } from '../../protocol/routing.ts';
import type { Log } from '../host/log.ts';

/** Limit of pending requests, for a server that hangs. */
const maximumPending = 8;

const deadline = 10_000;

/** Posts the result of each routing to the site's own server. Nothing waits for it or is retried. */
export class RoutingLog {
  readonly #url: string | null;
  readonly #log: Log;
  #pending = 0;

  /** @param url `null`: the site has no routing log */
  constructor(url: string | null, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  post(entry: RoutingLogLine): void {
    if (this.#url === null) return;
    if (this.#pending >= maximumPending) {
      this.#log.note({
        kind: 'server-problem',
        detail: 'Routing log entry dropped: too many pending',
      });
      return;
    }
    this.#pending += 1;
    fetch(this.#url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(entry),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(deadline),
    })
      .then(
        ({ ok, status }) => {
          if (ok) return;
          this.#log.note({
            kind: 'server-problem',
            detail: `Routing log entry lost: the server returned ${status}`,
          });
        },
        () => {
          this.#log.note({
            kind: 'server-problem',
            detail: 'Routing log entry lost: the server is unreachable',
          });
        },
      )
      .finally(() => {
        this.#pending -= 1;
      });
  }
}
