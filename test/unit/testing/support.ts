import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { type Gateway, type GatewayOptions, startGateway } from '../../../src/testing/index.ts';

const frameSchema = z.looseObject({ type: z.string() });
export type Frame = z.infer<typeof frameSchema>;

export const allScopes = 'webchat:send webchat:read conversation:read';

/** A gateway that ends with the test. */
export async function gatewayForTest(options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await startGateway(options);
  onTestFinished(() => gateway.close());
  return gateway;
}

export async function tokenFor(
  gateway: Gateway,
  subject: string,
  scope = allScopes,
): Promise<string> {
  const response = await fetch(gateway.oauthUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: gateway.clientId,
      client_secret: gateway.clientSecret,
      scope,
      subject,
    }),
  });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A REST call as a page of the site makes it. */
export async function call(
  gateway: Gateway,
  token: string,
  path: string,
  post?: unknown,
): Promise<Answer> {
  const response = await fetch(`${gateway.apiUrl}/api/v2${path}`, {
    headers: { authorization: `Bearer ${token}`, origin: 'http://127.0.0.1:8080' },
    ...(post === undefined ? {} : { method: 'POST', body: JSON.stringify(post) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const pageSchema = z.object({
  entities: z.array(z.object({ text: z.string(), timestamp: z.string(), messageId: z.string() })),
  nextPage: z.string().nullable(),
});

export function pageOf(answer: Answer) {
  const { entities, nextPage } = pageSchema.parse(answer.body);
  return { texts: entities.map(({ text }) => text), entities, nextPage };
}

/** A bare client of the visitors' socket: sends given frames and records received ones. */
export class Line {
  readonly socket: WebSocket;
  readonly heard: Frame[] = [];
  readonly texts: string[] = [];
  readonly closed: Promise<number>;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(url: string, options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data) => {
      const text = data.toString();
      this.texts.push(text);
      if (text.startsWith('{')) this.heard.push(frameSchema.parse(JSON.parse(text)));
      for (const look of [...this.#waiting]) look();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve(code));
    });
    // A refused upgrade shows as close code 1006.
    this.socket.on('error', () => undefined);
    onTestFinished(() => this.socket.terminate());
  }

  static async open(gateway: Gateway): Promise<Line> {
    const line = new Line(gateway.socketUrl);
    await line.opened();
    return line;
  }

  /** Open and authenticated. */
  static async of(gateway: Gateway, subject: string): Promise<Line> {
    const token = await tokenFor(gateway, subject);
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token });
    await line.next('auth');
    return line;
  }

  /** Authenticated, in a new conversation of its own. */
  static async inConversation(
    gateway: Gateway,
    subject: string,
    skillGroups: readonly string[] = ['Billing'],
  ): Promise<{ line: Line; conversationId: string }> {
    const line = await Line.of(gateway, subject);
    line.send({ type: 'routing', routing: { skillGroups } });
    const { conversationId } = await line.next('conversation');
    return { line, conversationId: String(conversationId) };
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve());
      this.socket.once('error', reject);
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  say(conversationId: string, messageId: string, text: string): void {
    this.send({ type: 'message', conversationId, messageId, text });
  }

  /** The next frame of that type that `next` has not passed yet. */
  next(type: string, where: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const index = this.heard.findIndex(
          (frame, at) => at >= this.#taken && frame.type === type && where(frame),
        );
        const frame = this.heard[index];
        if (!frame) return;
        this.#taken = index + 1;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(frame);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no frame '${type}'; heard ${JSON.stringify(this.heard)}`));
      }, 4_000);
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves once everything that was sent before is answered: the line is quiet. */
  async settled(): Promise<void> {
    this.send({ type: 'ping' });
    await this.next('pong');
  }

  /** The texts of the messages heard, in the order of hearing. */
  get messages(): readonly unknown[] {
    return this.heard.filter(({ type }) => type === 'message').map(({ text }) => text);
  }
}
