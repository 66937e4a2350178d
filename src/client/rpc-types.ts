import { type Remote, wrap } from 'comlink';
import type { SideCall } from '../protocol/deployment.ts';
import type { Call, HubCalls } from '../protocol/port.ts';
import type { CallEnd } from './hub-handshake.ts';

/** A hub that does not answer a mere question in so long hangs. */
const probeDeadline = 2_000;

/** Calls to one hub, and whether it answers. Loaded with Comlink, once something is shown. */
export class RpcChannel {
  readonly #remote: Remote<HubCalls>;
  #isProbing = false;

  constructor(end: CallEnd) {
    this.#remote = wrap<HubCalls>(end);
  }

  /** Never settles when the hub dies, as Comlink's promise: locks and deadlines watch over it. */
  call(call: Call | SideCall, epoch: string | null): Promise<unknown> {
    return this.#remote.call(call, epoch);
  }

  /** Returns what gives it up. One at a time. */
  probe(onHanging: () => void): () => void {
    if (this.#isProbing) return () => {};
    this.#isProbing = true;
    const asked = performance.now();
    const over = () => {
      this.#isProbing = false;
      clearTimeout(timer);
    };
    const timer = setTimeout(() => {
      over();
      // A timer that fired late means that this page slept: it is no evidence against the hub.
      if (performance.now() - asked < 2 * probeDeadline) onHanging();
    }, probeDeadline);
    this.#remote.ping().then(over, over);
    return over;
  }
}
