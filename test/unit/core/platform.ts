import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { RestResult } from '../../../src/protocol/gateway/rest.ts';
import type { Effect } from '../../../src/worker/core/effect.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { TestHub } from './harness.ts';

export const routing = { skillGroups: ['Billing'] };

/** A request of the hub's, as it goes over the wire. */
export interface PlatformRequest {
  readonly action: string;
  readonly startNew?: boolean;
  readonly tracingId?: string;
  readonly message?: {
    readonly type: string;
    readonly text?: string;
    readonly events?: readonly { readonly presence?: { readonly type: string } }[];
  };
}

/** What the platform answers with. */
export interface PlatformFrame {
  readonly class: string;
  readonly code?: number;
  readonly body?: unknown;
  readonly type?: string;
  readonly tracingId?: string;
}

const nothing: RestResult = {
  ok: true,
  value: { type: 'history', messages: [], nextCursor: null, invalidCount: 0 },
};

/**
 * A hub on a platform that answers everything at once, in its own frames. What is to be refused is set in
 * `refuse`.
 */
export class PlatformHub extends TestHub {
  /** Answers in the platform's place; `null`: as it would. */
  refuse: (request: PlatformRequest) => PlatformFrame | null = () => null;
  history: () => RestResult = () => nothing;
  session: Record<string, unknown> = { connected: true, newSession: true };
  readonly requests: PlatformRequest[] = [];
  /** Whether each token that was asked for is to be of a new session. */
  readonly fresh: boolean[] = [];
  sockets = 0;
  looks = 0;
  readonly #adapter: ReturnType<typeof genesysCloud>;
  readonly #credential: string;
  readonly #due: Effect[] = [];
  #isBusy = false;

  constructor(options: { readonly codeUrl?: string } = {}) {
    const adapter = genesysCloud({ deploymentId: 'd', region: 'us-east-1', ...options });
    super({ gateway: adapter });
    this.#adapter = adapter;
    this.#credential = adapter.sessions.credential('token', options.codeUrl ? 'jwt' : null);
  }

  override take(input: Input): this {
    const before = this.effects.length;
    super.take(input);
    this.#due.push(...this.effects.slice(before));
    if (this.#isBusy) return this;
    this.#isBusy = true;
    for (let effect = this.#due.shift(); effect; effect = this.#due.shift()) this.#react(effect);
    this.#isBusy = false;
    return this;
  }

  #react(effect: Effect): void {
    switch (effect.type) {
      case 'fetch-token': {
        this.fresh.push(effect.isFresh);
        const result = { ok: true, expiresIn: null, subject: 'visitor-1' } as const;
        this.take({ type: 'token', requestId: effect.requestId, result });
        return;
      }
      case 'open-socket':
        this.sockets += 1;
        if (this.sockets > 1_000) throw new Error('sockets without end');
        this.take({ type: 'socket-opened', socketId: effect.socketId });
        return;
      case 'close-socket':
        this.take({ type: 'socket-closed', socketId: effect.socketId, meaning: 'network' });
        return;
      case 'write':
        if (effect.writeId === null) return;
        this.take({
          type: 'stored',
          writeId: effect.writeId,
          added: [],
          corrected: [],
          inTranscript: [],
        });
        return;
      case 'rest':
        this.looks += 1;
        this.take({ type: 'rest', requestId: effect.requestId, result: this.history() });
        return;
      case 'send':
        for (const text of this.#adapter.encode(effect.command, this.#credential)) {
          const request: PlatformRequest = JSON.parse(text);
          this.requests.push(request);
          const refused = this.refuse(request);
          const answer = refused ?? this.#answer(request);
          if (answer) this.#say(effect.socketId, answer);
          if (!refused && isClear(request)) this.#clear(effect.socketId, request);
        }
        return;
      default:
        return;
    }
  }

  #answer({ action, message, tracingId }: PlatformRequest): PlatformFrame | null {
    switch (action) {
      case 'configureSession':
      case 'configureAuthenticatedSession':
        return { class: 'SessionResponse', body: this.session };
      case 'echo':
        return echoed('ping', tracingId);
      case 'onMessage':
        return message?.type === 'Event' ? null : echoed(message?.text, tracingId, this.wall);
      default:
        return null;
    }
  }

  #clear(socketId: number, { message, tracingId = '' }: PlatformRequest): void {
    const body = { id: 'clear', direction: 'Inbound', ...message };
    this.#say(socketId, { class: 'StructuredMessage', body, tracingId });
    this.#say(socketId, { class: 'SessionClearedEvent', body: {} });
    this.#say(socketId, { class: 'ConnectionClosedEvent', body: {} });
  }

  #say(socketId: number, frame: PlatformFrame): void {
    for (const event of this.#adapter.decode(
      JSON.stringify({ type: 'message', code: 200, ...frame }),
    )) {
      const heard: GatewayEvent = event;
      this.take({ type: 'gateway', socketId, event: heard });
    }
  }

  /** By itself, on the newest line. */
  says(frame: PlatformFrame): this {
    this.#say(this.last('open-socket').socketId, frame);
    return this.flush();
  }

  /** A tab is there, and wants a conversation. */
  begun(): this {
    this.restore().attach();
    this.call({ type: 'start', routing });
    return this.flush();
  }

  /** The same, and it has one, whose session is known from now on. */
  talking(): this {
    this.begun();
    this.session = { connected: true, newSession: false };
    this.requests.length = 0;
    this.fresh.length = 0;
    this.sockets = 0;
    this.looks = 0;
    return this;
  }

  /** Opened sessions. */
  get configured(): readonly PlatformRequest[] {
    return this.requests.filter(({ action }) => action.startsWith('configure'));
  }

  get texts(): readonly string[] {
    return this.requests
      .flatMap(({ message }) => message?.text ?? [])
      .filter((text) => text !== 'ping');
  }

  get phase(): string | undefined {
    return this.flush().snapshot?.connection.phase;
  }

  get problem(): string | undefined {
    return this.flush().snapshot?.connection.problem?.code;
  }

  get outcomes(): readonly string[] {
    return (this.flush().snapshot?.messages ?? []).map(({ text, status, failure }) =>
      failure ? `${text}: ${failure.code}` : `${text}: ${status}`,
    );
  }
}

function isClear({ message }: PlatformRequest): boolean {
  return message?.events?.[0]?.presence?.type === 'Clear';
}

function echoed(
  text: string | undefined,
  tracingId: string | undefined,
  at?: number,
): PlatformFrame {
  return {
    type: at === undefined ? 'response' : 'message',
    class: 'StructuredMessage',
    ...(tracingId === undefined ? {} : { tracingId }),
    body: {
      id: `id-${tracingId}`,
      type: 'Text',
      text,
      direction: 'Inbound',
      ...(at === undefined ? {} : { channel: { time: new Date(at).toISOString() } }),
    },
  };
}

/** An error of the platform's, as it comes with most codes. */
export function failing(code: number, body: unknown = 'the platform’s words'): PlatformFrame {
  if (code !== 429 && code !== 4029) return { class: 'string', code, body };
  const reported = { errorCode: code, errorMessage: 'slow down', retryAfter: 30 };
  return { class: 'TooManyRequestsErrorMessage', code: 429, body: reported };
}
