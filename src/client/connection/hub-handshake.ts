import { PartylineError } from '../../protocol/errors.ts';
import type { Attach, AttachMessage } from '../../protocol/port.ts';
import type { ComlinkCalls } from './comlink-calls.ts';
import type { CallEndpoint } from './transport.ts';

/**
 * Attaches to a hub, and loads Comlink for the calls that follow. The attach is a plain message, so that
 * the first snapshot does not wait for Comlink to load.
 */
export class HubHandshake {
  readonly #endpoint: CallEndpoint;
  #calls: Promise<ComlinkCalls> | null = null;
  #isLoaded = false;

  constructor(endpoint: CallEndpoint) {
    this.#endpoint = endpoint;
  }

  /** The hub's first snapshot is the answer. */
  attach(attach: Attach, stream: MessagePort | null): void {
    const message: AttachMessage = { type: 'partyline-attach', attach, stream };
    this.#endpoint.postMessage(message, stream ? [stream] : []);
  }

  /** Whether a call is sent at once, instead of when Comlink is there. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Loads Comlink at first use, and again after a failure. @throws {PartylineError} `unreachable` */
  loadCalls(): Promise<ComlinkCalls> {
    this.#calls ??= import('../calls/hub-calls.ts').then(
      ({ ComlinkCalls }) => {
        this.#isLoaded = true;
        return new ComlinkCalls(this.#endpoint);
      },
      (cause: unknown) => {
        this.#calls = null;
        const message = 'A script of the chat failed to load. Try again.';
        throw new PartylineError('unreachable', message, { cause });
      },
    );
    return this.#calls;
  }
}
