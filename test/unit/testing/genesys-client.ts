import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import type { Gateway } from '../../../src/testing/index.ts';

const frameSchema = z.looseObject({
  class: z.string(),
  code: z.number(),
  tracingId: z.string().optional(),
  body: z.unknown(),
});
type Frame = z.infer<typeof frameSchema>;

/** A guest that speaks frames by hand. */
export class GenesysClient {
  readonly token: string;
  readonly socket: WebSocket;
  readonly #deploymentId: string;
  readonly #adapter: ReturnType<typeof adapterOf>;
  readonly #frames: Frame[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(gateway: Gateway, token: string = randomUUID()) {
    this.token = token;
    this.#deploymentId = gateway.deploymentId;
    this.#adapter = adapterOf(gateway);
    const { socketUrl } = this.#adapter;
    this.socket = new WebSocket(socketUrl, { headers: { origin: 'http://127.0.0.1:8080' } });
    this.socket.on('message', (data) => {
      this.#frames.push(frameSchema.parse(JSON.parse(String(data))));
      for (const look of this.#waiting) look();
    });
    onTestFinished(() => this.socket.terminate());
  }

  async opened(): Promise<this> {
    await this.session();
    return this;
  }

  /** Opens its session. Resolves with the session's first events. */
  async session(): Promise<unknown> {
    await once(this.socket, 'open');
    this.send({ action: 'configureSession', deploymentId: this.#deploymentId });
    const { body } = await this.next('SessionResponse');
    return body;
  }

  /** Exchanges the code, and signs in on this connection with the same token, as [MT] does. */
  async signIn(code: string): Promise<Frame> {
    const { exchangeUrl = '' } = this.#adapter.sessions.authentication ?? {};
    const response = await fetch(exchangeUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ deploymentId: this.#deploymentId, oauth: { code } }),
    });
    const { jwt } = z.object({ jwt: z.string() }).parse(await response.json());
    this.authenticate(jwt);
    return this.next('SessionResponse');
  }

  authenticate(jwt: string): void {
    const deploymentId = this.#deploymentId;
    this.send({ action: 'configureAuthenticatedSession', deploymentId, data: { code: jwt } });
  }

  send(request: Record<string, unknown>): void {
    this.sendBare({ ...request, token: this.token });
  }

  /** Without a token. */
  sendBare(request: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(request));
  }

  /** An event, as [MT] sends it. */
  sendEvent(event: Record<string, unknown>, tracingId: string = randomUUID()): void {
    this.send({ action: 'onMessage', tracingId, message: { type: 'Event', events: [event] } });
  }

  says(text: string, tracingId: string = randomUUID()): void {
    const channel = { metadata: { customAttributes: { partylineMessageId: tracingId } } };
    this.send({ action: 'onMessage', tracingId, message: { type: 'Text', text, channel } });
  }

  /** The next frame of one of these classes that was not taken yet. */
  next(...names: string[]): Promise<Frame> {
    return new Promise((resolve) => {
      const look = () => {
        const index = this.#frames.findIndex((frame) => names.includes(frame.class));
        const [frame] = index < 0 ? [] : this.#frames.splice(index, 1);
        if (!frame) return;
        this.#waiting.delete(look);
        resolve(frame);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

export function adapterOf(gateway: Gateway) {
  const { deploymentId, apiUrl } = gateway;
  return genesysCloud({ deploymentId, endpoint: apiUrl, codeUrl: '/code' });
}

export async function history(gateway: Gateway, guest: GenesysClient) {
  guest.send({ action: 'getJwt' });
  const { body } = await guest.next('JwtResponse');
  const { jwt } = z.object({ jwt: z.string() }).parse(body);
  const call = { type: 'history-since', conversationId: 'c', since: 0, cursor: null } as const;
  const adapter = adapterOf(gateway);
  const { url, headers } = adapter.request(call, jwt);
  const response = await fetch(url, { headers });
  const { status } = response;
  const retryAfter = response.headers.get('retry-after');
  return adapter.response(call, { status, retryAfter, body: await response.text() });
}
