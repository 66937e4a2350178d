import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { RestCall, RestResult } from '../../../src/protocol/gateway/rest.ts';
import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import type { ModelRest } from './rest.ts';
import type { ModelBroker } from './tokens.ts';

/** What a hub's edges do for its core: where its tokens come from, and its way to REST. */
export interface Edges {
  readonly token: string | null;
  /** There is a session on the line. */
  readonly isOpen: boolean;
  /** What bears the token is not sent without it, as the dialect's adapter has it. */
  encodes(command: GatewayCommand): boolean;
  /** @param isWanted as in src/protocol/gateway/tokens.ts, TokenSource */
  fetch(isFresh: boolean, isWanted: () => boolean, done: (result: TokenResult) => void): void;
  forget(): void;
  /** The visitor has signed out. */
  end(): void;
  rest(call: RestCall, done: (result: RestResult) => void): void;
  /** Hears what comes on a line before the core does; returns what of it is the core's business. */
  hear(event: GatewayEvent): GatewayEvent | null;
  lineEnded(): void;
}

/** What edges want of their hub. */
export interface EdgesHub {
  readonly isAlive: boolean;
  /** On the line that there is; returns whether there is one. */
  send(command: GatewayCommand): boolean;
}

/** As src/worker/edges/broker-token.ts and src/worker/edges/rest.ts. */
export class WebchatEdges implements Edges {
  token: string | null = null;
  readonly isOpen = true;
  readonly #broker: ModelBroker;
  readonly #rest: ModelRest;

  constructor(broker: ModelBroker, rest: ModelRest) {
    this.#broker = broker;
    this.#rest = rest;
  }

  fetch(_isFresh: boolean, isWanted: () => boolean, done: (result: TokenResult) => void): void {
    this.#broker.fetch(({ token, result }) => {
      // A late answer may be a former visitor's.
      if (token !== null && isWanted()) this.token = token;
      done(result);
    });
  }

  // Only the auth frame bears the token, and without it the hub closes the line instead.
  encodes(): boolean {
    return true;
  }

  forget(): void {
    this.token = null;
  }

  end(): void {
    this.token = null;
  }

  rest(call: RestCall, done: (result: RestResult) => void): void {
    this.#rest.call(call, this.token, done);
  }

  hear(event: GatewayEvent): GatewayEvent {
    return event;
  }

  lineEnded(): void {}
}
