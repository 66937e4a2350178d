import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Conversations } from '../gateway/conversations.ts';
import type { ConversationEvent } from '../gateway/model.ts';
import type { Settings } from '../gateway/options.ts';
import { isLoopbackOrigin } from '../gateway/origins.ts';
import { createSocketServer, refuseUpgrade } from '../gateway/upgrade.ts';
import type { TranscriptStore } from '../storage/store.ts';
import { maximumFrameBytes } from '../webchat/frames.ts';
import { AgentConnection } from './agent-connection.ts';
import type { Agents } from './agents.ts';

export interface AgentSocketsContext {
  readonly settings: Settings;
  readonly conversations: Conversations;
  readonly agents: Agents;
  readonly store: TranscriptStore;
}

// In ms. Limits how often the list is sent while many visitors write.
const listInterval = 100;

/**
 * WebSocket connections of agents.
 *
 * There is **no authentication**, because this is an emulator: every client on this machine can act as an
 * agent. A browser's `Origin` must be a loopback page, so that other websites can't.
 */
export class AgentSockets {
  readonly #context: AgentSocketsContext;
  readonly #server = createSocketServer(maximumFrameBytes);
  readonly #windows = new Map<WebSocket, AgentConnection>();
  readonly #unsubscribe: () => void;
  #listTimer: NodeJS.Timeout | null = null;

  constructor(context: AgentSocketsContext) {
    this.#context = context;
    this.#unsubscribe = context.conversations.subscribe((event) => this.#publish(event));
  }

  upgrade(request: IncomingMessage, raw: Socket, head: Buffer): void {
    const { origin } = request.headers;
    if (origin !== undefined && !isLoopbackOrigin(origin)) {
      refuseUpgrade(raw, 403);
      return;
    }
    this.#server.handleUpgrade(request, raw, head, (socket) => {
      const window = new AgentConnection(this.#context, (text) => socket.send(text));
      this.#windows.set(socket, window);
      socket.on('message', (data, isBinary) => {
        window.receive(isBinary ? '' : data.toString());
      });
      socket.on('error', () => socket.terminate());
      socket.on('close', () => this.#windows.delete(socket));
    });
  }

  close(): void {
    this.#unsubscribe();
    if (this.#listTimer) clearTimeout(this.#listTimer);
  }

  #publish(event: ConversationEvent): void {
    if (this.#windows.size === 0) return;
    for (const window of this.#windows.values()) window.onEvent(event);
    if (event.type === 'typing' || this.#listTimer) return;
    this.#listTimer = setTimeout(() => {
      this.#listTimer = null;
      this.#sendLists().catch((error: unknown) => {
        this.#context.settings.logger.error(
          'gateway: failed to send the conversation list to agents',
          error,
        );
      });
    }, listInterval);
  }

  async #sendLists(): Promise<void> {
    const conversations = await this.#context.agents.conversations();
    for (const window of this.#windows.values()) window.sendList(conversations);
  }
}
