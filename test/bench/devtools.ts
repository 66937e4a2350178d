import { WebSocket } from 'ws';
import { z } from 'zod';

const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

const eventSchema = z.object({
  method: z.string(),
  params: z.unknown(),
  sessionId: z.string().optional(),
});

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export type Params = Readonly<Record<string, unknown>>;
type Listener = (params: unknown) => void;

/**
 * A bare DevTools client: it sends only the given commands. A library that
 * listens to each page's network makes what is measured slower, and one side more than the other.
 */
export class DevTools {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    socket.on('close', () => this.#end());
  }

  static open(url: string): Promise<DevTools> {
    // Heap numbers and profiles are long.
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 2 ** 30 });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => resolve(new DevTools(socket)));
    });
  }

  send(method: string, params: Params = {}, sessionId?: string): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  /** Returns what ends the listening. */
  on(method: string, sessionId: string | undefined, listener: Listener): () => void {
    const key = keyOf(method, sessionId);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(data: unknown): void {
    const answer = answerSchema.safeParse(data);
    if (answer.success) {
      const { id, result, error } = answer.data;
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) pending?.reject(new Error(`${pending.method}: ${error.message}`));
      else pending?.resolve(result);
      return;
    }
    const { method, params, sessionId } = eventSchema.parse(data);
    for (const listener of this.#listeners.get(keyOf(method, sessionId)) ?? []) listener(params);
  }

  #end(): void {
    for (const { method, reject } of this.#pending.values()) {
      reject(new Error(`${method}: the browser has gone`));
    }
    this.#pending.clear();
  }
}

function keyOf(method: string, sessionId: string | undefined): string {
  return `${sessionId ?? ''} ${method}`;
}
