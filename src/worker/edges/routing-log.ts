import type { RoutingLogLine } from '../../protocol/routing.ts';
import type { Log } from '../host/log.ts';

/** Lines under way; a log that hangs costs no more than these. */
const maximumUnderWay = 8;

const deadline = 10_000;

/** Tells the site's own server what became of a routing. Nothing waits for it, and nothing is sent twice. */
export class RoutingLog {
  readonly #url: string | null;
  readonly #log: Log;
  #underWay = 0;

  /** @param url `null`: the site keeps none */
  constructor(url: string | null, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  post(line: RoutingLogLine): void {
    if (this.#url === null) return;
    if (this.#underWay >= maximumUnderWay) {
      this.#log.note({ kind: 'server-problem', detail: 'the routing log does not keep up' });
      return;
    }
    this.#underWay += 1;
    fetch(this.#url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(line),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(deadline),
    })
      .then(
        ({ ok, status }) => {
          if (ok) return;
          this.#log.note({ kind: 'server-problem', detail: `the routing log answered ${status}` });
        },
        () => {
          this.#log.note({ kind: 'server-problem', detail: 'the routing log is out of reach' });
        },
      )
      .finally(() => {
        this.#underWay -= 1;
      });
  }
}
