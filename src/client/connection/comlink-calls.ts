import { type Remote, wrap } from 'comlink';
import type { SideCall } from '../../protocol/deployment.ts';
import type { Call, HubCalls } from '../../protocol/port.ts';
import type { CallEndpoint } from './transport.ts';

/** A hub that does not answer a ping within this time hangs, in ms. */
const pingTimeout = 2_000;

/** The calls that a hub exposes through Comlink. */
export class ComlinkCalls {
  readonly #remote: Remote<HubCalls>;
  #isProbing = false;

  constructor(endpoint: CallEndpoint) {
    this.#remote = wrap<HubCalls>(endpoint);
  }

  /** Never settles if the hub dies first (Comlink issue 601): the caller watches the hub's lock. */
  call(call: Call | SideCall, epoch: string | null): Promise<unknown> {
    return this.#remote.call(call, epoch);
  }

  /** Pings the hub. Does nothing while a ping is under way. Returns a function that cancels it. */
  probe(onHanging: () => void): () => void {
    if (this.#isProbing) return () => {};
    this.#isProbing = true;
    const startedAt = performance.now();
    const finish = () => {
      this.#isProbing = false;
      clearTimeout(timer);
    };
    const timer = setTimeout(() => {
      finish();
      // A timer that fires late means that this page slept; the hub may be fine.
      if (performance.now() - startedAt < 2 * pingTimeout) onHanging();
    }, pingTimeout);
    this.#remote.ping().then(finish, finish);
    return finish;
  }
}
