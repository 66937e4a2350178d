import {
  type AgentEvent,
  type AgentFrame,
  agentEventSchema,
} from '../../src/testing/agents/agent-protocol.ts';

export type ConnectionState = 'connecting' | 'open' | 'waiting';

export interface DeskConnectionOptions {
  readonly url: string;
  /** Returns the first frames of every new connection. */
  readonly onOpen: () => readonly AgentFrame[];
  readonly onEvent: (event: AgentEvent) => void;
  readonly onState: (state: ConnectionState) => void;
}

const firstRetry = 500;
const longestRetry = 8_000;

/** A connection to the emulator's agent side that reconnects automatically. */
export class DeskConnection {
  readonly #options: DeskConnectionOptions;
  // Not in the transcript yet. Resent with the same id on the next connection.
  readonly #unconfirmed = new Map<string, Extract<AgentFrame, { type: 'say' }>>();
  #socket: WebSocket | null = null;
  #attempt = 0;
  #retry = 0;

  constructor(options: DeskConnectionOptions) {
    this.#options = options;
    this.#connect();
    addEventListener('online', () => this.#connectNow());
    // A page restored from the back/forward cache has lost its socket.
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.#connectNow();
    });
  }

  /** Returns `false` while disconnected. Messages are then sent on the next connection, other frames aren't. */
  send(frame: AgentFrame): boolean {
    if (frame.type === 'say') this.#unconfirmed.set(frame.messageId, frame);
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The message is in the transcript, or was refused. */
  settle(messageId: string): void {
    this.#unconfirmed.delete(messageId);
  }

  #connectNow(): void {
    const state = this.#socket?.readyState;
    if (state === WebSocket.OPEN || state === WebSocket.CONNECTING) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  #connect(): void {
    this.#options.onState('connecting');
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#attempt = 0;
      for (const frame of this.#options.onOpen()) this.send(frame);
      for (const frame of [...this.#unconfirmed.values()]) this.send(frame);
      this.#options.onState('open');
    });
    socket.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return;
      this.#options.onEvent(agentEventSchema.parse(JSON.parse(data)));
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      const most = Math.min(longestRetry, firstRetry * 2 ** this.#attempt);
      this.#attempt += 1;
      this.#retry = setTimeout(() => this.#connect(), most / 2 + (Math.random() * most) / 2);
      this.#options.onState('waiting');
    });
  }
}
