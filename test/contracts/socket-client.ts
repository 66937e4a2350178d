import type { GatewayEvent } from '../../src/protocol/gateway/events.ts';
import { genesysWebchat } from '../../src/protocol/webchat/index.ts';
import { Sockets } from '../../src/worker/edges/socket.ts';
import type { LineWord, OpenLine } from './socket.ts';

/** The real edge, with its recorded events. */
export class SocketClient {
  readonly told: LineWord[] = [];
  readonly notes: string[] = [];
  token: string | null = 'token';
  readonly #url: string;
  /** The first try of a client is the one that matters: to another address it is another client. */
  readonly #clients = new Map<string, Sockets>();

  constructor(url: string) {
    this.#url = url;
  }

  open(socketId: number, { isReachable = true, atOnce }: OpenLine = {}): void {
    // Nobody listens on the port that is for discarding.
    this.#sockets(isReachable ? this.#url : 'ws://127.0.0.1:9/').open(socketId);
    if (atOnce === 'send') this.send(socketId, { type: 'ping' });
    if (atOnce === 'close') this.close(socketId);
  }

  send(...sent: Parameters<Sockets['send']>): void {
    for (const sockets of this.#clients.values()) sockets.send(...sent);
  }

  close(socketId: number): void {
    for (const sockets of this.#clients.values()) sockets.close(socketId);
  }

  #sockets(socketUrl: string): Sockets {
    const known = this.#clients.get(socketUrl);
    if (known) return known;
    const adapter = genesysWebchat({ socketUrl, apiUrl: 'http://127.0.0.1:9' });
    const made = new Sockets(
      adapter,
      () => this.token,
      {
        opened: (id) => this.told.push(['opened', id]),
        closed: (id, meaning) => this.told.push(['closed', id, meaning]),
        gateway: (id, event) => this.told.push(['event', id, wordOf(event)]),
      },
      { note: ({ kind, detail }) => void this.notes.push(`${kind}: ${detail}`) },
      null,
    );
    this.#clients.set(socketUrl, made);
    return made;
  }
}

export function wordOf(event: GatewayEvent): string {
  if (event.type === 'ping') return `ping ${event.payload}`;
  return event.type === 'invalid' ? `invalid: ${event.reason}` : event.type;
}
