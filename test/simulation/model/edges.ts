import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { RestCall, RestResult } from '../../../src/protocol/gateway/rest.ts';
import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import type { ModelRest } from './rest.ts';
import type { ModelBroker } from './tokens.ts';

/** A hub's edges: tokens and REST. */
export interface Edges {
  readonly token: string | null;
  /** There is a session on the socket. */
  readonly isOpen: boolean;
  /** What bears the token is not sent without it, as the dialect's adapter has it. */
  encodes(command: GatewayCommand): boolean;
  /** @param isWanted as in src/protocol/gateway/tokens.ts, TokenSource */
  fetch(isFresh: boolean, isWanted: () => boolean, done: (result: TokenResult) => void): void;
  discardToken(): void;
  /** The visitor has signed out. */
  end(): void;
  rest(call: RestCall, done: (result: RestResult) => void): void;
  /** Receives a socket's events before the core; returns those for the core. */
  onEvent(event: GatewayEvent): GatewayEvent | null;
  socketEnded(): void;
}

/** What edges need from their hub. */
export interface EdgesHub {
  readonly isAlive: boolean;
  /** Sends on the current socket; returns whether there is one. */
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
      // A late answer may be for a previous visitor.
      if (token !== null && isWanted()) this.token = token;
      done(result);
    });
  }

  // Only the auth frame bears the token, and without it the hub closes the socket instead.
  encodes(): boolean {
    return true;
  }

  discardToken(): void {
    this.token = null;
  }

  end(): void {
    this.token = null;
  }

  rest(call: RestCall, done: (result: RestResult) => void): void {
    this.#rest.call(call, this.token, done);
  }

  onEvent(event: GatewayEvent): GatewayEvent {
    return event;
  }

  socketEnded(): void {}
}
