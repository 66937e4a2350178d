import { applyPatch, applySnapshot } from '../../../src/client/transcript/transcript.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type { Call } from '../../../src/protocol/port.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import type { Answer, Effect } from '../../../src/worker/core/effect.ts';
import type { Clock, Input } from '../../../src/worker/core/input.ts';
import type { HubObserver } from '../../../src/worker/core/observer.ts';
import { emptyMeta, noUnread, type Restored } from '../../../src/worker/core/records.ts';
import type { SessionPolicy } from '../../../src/worker/core/session-policy.ts';
import {
  defaultLimits,
  defaultRoutingPolicy,
  defaultTiming,
  type HistoryPolicy,
  type Limits,
  type RoutingPolicy,
  type Timing,
} from '../../../src/worker/core/settings.ts';
import { type HubState, initialState } from '../../../src/worker/core/state.ts';
import { step } from '../../../src/worker/core/step.ts';
import type { TimerName } from '../../../src/worker/core/timers.ts';
import type { HubGateway } from '../../../src/worker/options.ts';

export const emptyStore: Restored = {
  isPersistent: true,
  meta: emptyMeta,
  unread: noUnread,
  current: null,
  notReadToEnd: [],
  messages: [],
  hasEarlier: false,
  outbox: [],
};

type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

/** A hub without edges: the test is the clock, the network and the store. */
export class TestHub {
  state: HubState;
  now = 1_000;
  wall = 1_700_000_000_000;
  /** Everything since the last `clear()`. */
  effects: Effect[] = [];
  /** What tab `a` sees. */
  snapshot: ChatSnapshot | null = null;
  /** Whether the gateway answers pings, at once. */
  answersPings = false;
  readonly answers = new Map<number, Answer>();
  readonly #rules: SessionPolicy | null;
  readonly #inspect: HubObserver | undefined;
  #lastCall = 0;

  constructor(
    options: {
      timing?: Partial<Timing>;
      limits?: Partial<Limits>;
      /** With it the routing API is there. */
      routing?: Partial<RoutingPolicy>;
      history?: HistoryPolicy;
      seed?: number;
      gateway?: HubGateway;
      inspect?: HubObserver;
      epoch?: string;
    } = {},
  ) {
    const gateway: HubGateway =
      options.gateway ??
      genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });
    const { traits } = gateway;
    this.#rules = gateway.sessionPolicy ?? null;
    this.#inspect = options.inspect;
    this.state = initialState(
      {
        name: '',
        timing: { ...defaultTiming, ...options.timing },
        limits: { ...defaultLimits, ...options.limits },
        history: options.history ?? 'at-once',
        routing: { ...defaultRoutingPolicy, ...options.routing },
        // Tests of something else need not answer what comes before a routing.
        traits: { ...traits, routingApi: options.routing !== undefined },
        kind: 'shared-worker',
        build: '1',
        bootId: options.epoch ?? 'boot',
      },
      options.seed ?? 1,
    );
  }

  take(input: Input): this {
    const effects = this.#step(input);
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type === 'send' && effect.command.type === 'ping' && this.answersPings) {
        this.take({ type: 'gateway', socketId: effect.socketId, event: { type: 'pong' } });
      }
      if (effect.type === 'answer') this.answers.set(effect.callId, effect.answer);
      if (effect.type === 'post' && effect.tabId === 'a') this.#see(effect);
    }
    return this;
  }

  #step(input: Input): readonly Effect[] {
    const before = this.state;
    const clock = this.#clock();
    const { state, effects } = step(before, input, clock, this.#rules);
    this.state = state;
    this.#inspect?.onStep({ input, clock, before, after: state, effects });
    return effects;
  }

  #clock(): Clock {
    return { now: this.now, wall: this.wall };
  }

  #see({ message }: EffectOf<'post'>): void {
    if (message.type === 'snapshot') {
      this.snapshot = applySnapshot(
        this.snapshot ?? { ...message.shared, messages: [], hasEarlier: false },
        message,
        this.snapshot !== null,
      );
    } else if (message.type === 'patch' && this.snapshot) {
      this.snapshot = applyPatch(this.snapshot, message);
    }
    if (message.type === 'snapshot' || message.type === 'patch') {
      this.#step({ type: 'tab-ack', tabId: 'a', revision: message.revision });
    }
  }

  flush(): this {
    return this.take({ type: 'flush' });
  }

  clear(): this {
    this.effects = [];
    return this;
  }

  all<T extends Effect['type']>(type: T): EffectOf<T>[] {
    return this.effects.filter((effect): effect is EffectOf<T> => effect.type === type);
  }

  last<T extends Effect['type']>(type: T): EffectOf<T> {
    const effect = this.all(type).at(-1);
    if (!effect) throw new Error(`no ${type} among ${this.effects.map((one) => one.type)}`);
    return effect;
  }

  /** Commands sent on the socket since the last `clear()`. */
  sent(): GatewayCommand[] {
    return this.all('send').map((effect) => effect.command);
  }

  /** Lets time pass; due timers fire in order, each at its moment. */
  pass(milliseconds: number): this {
    const end = this.now + milliseconds;
    for (;;) {
      const due = Object.entries(this.state.timers)
        .filter((entry): entry is [TimerName, number] => entry[1] !== undefined && entry[1] <= end)
        .sort((a, b) => a[1] - b[1])[0];
      if (!due) break;
      this.#moveTo(Math.max(this.now, due[1]));
      this.take({ type: 'timer', name: due[0] }).flush();
    }
    this.#moveTo(end);
    return this;
  }

  /** The machine sleeps: no timer fires until it wakes. */
  sleep(milliseconds: number): this {
    this.#moveTo(this.now + milliseconds);
    return this.pass(0);
  }

  #moveTo(now: number): void {
    this.wall += now - this.now;
    this.now = now;
  }

  call(call: Call, tabId = 'a'): number {
    this.#lastCall += 1;
    this.take({ type: 'call', tabId, callId: this.#lastCall, call });
    return this.#lastCall;
  }

  /** The tick ends, and what it wrote becomes durable. */
  store(): this {
    this.flush();
    for (const { writeId } of this.all('write')) {
      if (writeId !== null) {
        this.take({ type: 'stored', writeId, added: [], corrected: [], inTranscript: [] });
      }
    }
    return this.flush();
  }

  restore(restored: Partial<Restored> = {}): this {
    return this.take({ type: 'restored', restored: { ...emptyStore, ...restored } });
  }

  attach(tabId = 'a', conversationId: string | null = null): this {
    const visitor = conversationId === null ? null : 'visitor-1';
    const attached = {
      type: 'tab-attached',
      tabId,
      isVisible: true,
      conversationId,
      visitor,
      resetCount: 0,
    } as const;
    return this.take(attached).flush();
  }

  token(expiresIn: number | null = 900, subject = 'visitor-1'): this {
    const { requestId } = this.last('fetch-token');
    return this.take({
      type: 'token',
      requestId,
      result: { ok: true, expiresIn, subject },
    });
  }

  open(): this {
    const { socketId } = this.last('open-socket');
    return this.take({ type: 'socket-opened', socketId });
  }

  gateway(event: GatewayEvent): this {
    const { socketId } = this.last('open-socket');
    return this.take({ type: 'gateway', socketId, event });
  }

  /** The socket's end as the browser reports it. */
  cut(meaning: 'network' | 'token' | 'too-many-connections' | 'client-bug' = 'network'): this {
    const { socketId } = this.last('open-socket');
    return this.take({ type: 'socket-closed', socketId, meaning }).flush();
  }

  /** From the start to an authenticated socket. */
  authenticated(restored: Partial<Restored> = {}): this {
    // What a conversation is kept with is whose it is.
    const owner = restored.current ? { meta: { ...emptyMeta, subject: 'visitor-1' } } : {};
    this.restore({ ...owner, ...restored })
      .attach()
      .token()
      .open();
    return this.gateway({ type: 'authenticated', serverTime: this.wall });
  }

  /** Answers the REST request under way. */
  rest(...messages: GatewayMessage[]): this {
    const { requestId, call } = this.last('rest');
    if (call.type === 'history-since') {
      this.take({
        type: 'rest',
        requestId,
        result: {
          ok: true,
          value: { type: 'history', messages, nextCursor: null, invalidCount: 0 },
        },
      });
      return this.rest();
    }
    if (call.type !== 'conversation') throw new Error(`a ${call.type} is under way`);
    return this.take({
      type: 'rest',
      requestId,
      result: {
        ok: true,
        value: { type: 'conversation', conversation: { conversationId, status: 'connected' } },
      },
    }).flush();
  }

  restFails(kind: 'network' | 'unavailable' | 'not-found' = 'network'): this {
    const { requestId } = this.last('rest');
    const failure = { kind, message: kind, retryAfter: null };
    return this.take({ type: 'rest', requestId, result: { ok: false, failure } }).flush();
  }

  /** From the start into a conversation, caught up, with nothing to do. */
  inConversation(): this {
    this.authenticated();
    this.call({ type: 'start', routing: { skillGroups: ['Tier1_Support'] } });
    this.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
    return this.rest().store().clearKeepingSocket();
  }

  /** Forgets effects but the socket's, which later events are addressed to. */
  clearKeepingSocket(): this {
    this.effects = this.all('open-socket').slice(-1);
    return this;
  }

  /** Forgets effects but those that are answered later. */
  clearKeepingSocketAndRest(): this {
    this.effects = [...this.all('open-socket').slice(-1), ...this.all('rest').slice(-1)];
    return this;
  }

  /** A message typed, durable and on its way as far as it may go. */
  type(text: string, messageId: string): this {
    this.call({ type: 'send', messageId, text });
    return this.store();
  }

  shown(): string[] {
    return (this.snapshot?.messages ?? []).map((message: Message) => message.text);
  }
}

export const conversationId = 'conv-1';

/** A message of an agent's. */
export function agentSays(sequence: number | null, text = `agent ${sequence}`): GatewayMessage {
  return {
    conversationId,
    messageId: `m-${text}`,
    sequence,
    from: { id: 'agent-1', name: 'Ada', role: 'agent' },
    text,
    timestamp: 1_700_000_000_000 + (sequence ?? 0) * 1_000,
  };
}

/** The echo of a message of the visitor's. */
export function echo(sequence: number | null, messageId: string, text: string): GatewayMessage {
  return {
    ...agentSays(sequence, text),
    messageId,
    from: { id: 'visitor-1', name: 'Visitor', role: 'visitor' },
  };
}
