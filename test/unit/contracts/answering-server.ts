import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on this machine that answers every request as a case wants. */
export class AnsweringServer {
  readonly origin: string;
  readonly requests: SeenRequest[] = [];
  /** Of the client's requests, in ms. */
  readonly deadlines: number[] = [];
  readonly #server: Server;
  /** What comes of an answer that is cut. */
  readonly #half: string;
  #answer: Reply | 'hang' | 'cut' = { status: 500 };
  #timeOuts: AbortController[] = [];

  private constructor(server: Server, half: string) {
    const { address, port } = server.address() as AddressInfo;
    this.origin = `http://${address}:${port}`;
    this.#server = server;
    this.#half = half;
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        this.requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
        this.#reply(response);
      });
    });
    // A deadline cannot be hurried; when it is over is the test's to say.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((duration) => {
      this.deadlines.push(duration);
      const controller = new AbortController();
      this.#timeOuts.push(controller);
      return controller.signal;
    });
  }

  static async start(half = ''): Promise<AnsweringServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new AnsweringServer(server, half);
  }

  /** From now on; `hang`: not at all, `cut`: with half an answer, `refuse`: nobody listens any more. */
  async answer(answer: Reply | 'hang' | 'cut' | 'refuse'): Promise<void> {
    if (answer === 'refuse') await this.stop();
    else this.#answer = answer;
  }

  /** Every deadline is over. */
  timeOut(): void {
    for (const controller of this.#timeOuts.splice(0)) {
      controller.abort(new DOMException('late', 'TimeoutError'));
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #reply(response: ServerResponse): void {
    const answer = this.#answer;
    if (answer === 'hang') return;
    if (answer === 'cut') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(this.#half);
      setImmediate(() => response.destroy());
      return;
    }
    response.writeHead(answer.status, { ...answer.headers });
    response.end(answer.body ?? '');
  }
}
