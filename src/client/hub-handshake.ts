import type { Endpoint } from 'comlink';
import { PartylineError } from '../protocol/errors.ts';
import type { Attach } from '../protocol/port.ts';
import type { RpcChannel } from './rpc-types.ts';

/** The end of a connection on which calls go out and answers come in. */
export interface CallEnd extends Endpoint {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

/** What the hub exposes. Calls, and Comlink with them, come later: nothing that is shown waits for them. */
export class HubHandshake {
  readonly #end: CallEnd;
  #calls: Promise<RpcChannel> | null = null;

  constructor(end: CallEnd) {
    this.#end = end;
  }

  /** In Comlink's words. The answer is the hub's first snapshot, so nobody waits for another. */
  attach(attach: Attach, stream: MessagePort | null): void {
    const argumentList = [attach, stream].map((value) => ({ type: 'RAW', value }));
    const message = { id: 'attach', type: 'APPLY', path: ['attach'], argumentList };
    this.#end.postMessage(message, stream ? [stream] : []);
  }

  /** @throws {PartylineError} `unreachable`: what calls are made with could not be loaded. */
  get calls(): Promise<RpcChannel> {
    this.#calls ??= import('./deferred-calls.ts').then(
      (part) => new part.RpcChannel(this.#end),
      (cause: unknown) => {
        this.#calls = null;
        const message = 'A part of the chat could not be loaded. Try again.';
        throw new PartylineError('unreachable', message, { cause });
      },
    );
    return this.#calls;
  }
}
