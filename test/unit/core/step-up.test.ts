import { describe, expect, it } from 'vitest';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { TestHub } from './harness.ts';

const gateway = genesysCloud({
  deploymentId: 'd',
  region: 'us-east-1',
  codeUrl: '/code',
  stepUp: true,
});
const routing = { skillGroups: ['Billing'] };

/** A hub whose visitor is a guest, in two tabs, with an open conversation. */
class GuestHub extends TestHub {
  constructor(dialect = gateway) {
    super({ gateway: dialect });
  }

  hears(name: string, body: unknown): this {
    const frame = JSON.stringify({ type: 'message', class: name, code: 200, body });
    for (const event of gateway.decode(frame)) this.gateway(event);
    return this.flush();
  }

  names(subject: string, steppedUpFrom?: string): this {
    const { requestId } = this.last('fetch-token');
    const stepUp = steppedUpFrom === undefined ? {} : { steppedUpFrom };
    const result = { ok: true, expiresIn: 900, subject, isSame: false, ...stepUp } as const;
    return this.take({ type: 'token', requestId, result }).flush();
  }

  chatting(): this {
    this.restore().attach('a').attach('b');
    this.call({ type: 'start', routing });
    this.names('guest-1').open();
    this.hears('SessionResponse', { connected: true, newSession: true });
    this.hears('StructuredMessage', {
      id: 'm-1',
      type: 'Text',
      text: 'hello',
      direction: 'Outbound',
      channel: { time: '2026-01-01T00:00:00Z' },
    });
    return this.pass(3_000).clearKeepingSocket();
  }
}

/** Asks for the visitor as a page does that has just signed in. */
function signIn(hub: GuestHub): GuestHub {
  hub.call({ type: 'identify' });
  hub.flush();
  return hub;
}

describe('a guest who signs in', () => {
  it('keeps the conversation, and is the same visitor to every page', () => {
    const hub = new GuestHub().chatting();
    const before = hub.snapshot;
    signIn(hub);
    expect(hub.last('fetch-token')).toMatchObject({ isFresh: false, guest: 'guest-1' });
    hub.call({ type: 'draft', text: 'half a sen' });
    hub.names('ada', 'guest-1');
    expect(hub.state.meta).toMatchObject({ subject: 'ada', guest: 'guest-1', draft: 'half a sen' });
    expect(hub.snapshot?.messages).toEqual(before?.messages);
    expect(hub.snapshot?.hub.epoch).toBe(before?.hub.epoch);
    expect(hub.snapshot?.connection.phase).toBe('ready');
    hub.call({ type: 'reconnect' });
    hub.attach('c');
    const posts = hub
      .all('post')
      .flatMap(({ message }) => (message.type === 'snapshot' ? message : []));
    expect(posts.at(-1)).toMatchObject({ visitor: 'guest-1', messages: [{ text: 'hello' }] });
  });

  it('goes on in the same session, which is configured anew, once', () => {
    const hub = signIn(new GuestHub().chatting());
    signIn(hub);
    hub.names('ada', 'guest-1');
    expect(hub.all('close-socket')).toHaveLength(1);
    hub.cut().open();
    // The guest's, and the one that is theirs.
    expect(hub.all('open-socket')).toHaveLength(2);
    expect(hub.last('send').command).toEqual({ type: 'authenticate' });
    hub.hears('SessionResponse', { connected: true, newSession: false });
    expect(hub.snapshot?.conversation?.status).toBe('connected');
    expect(hub.shown()).toEqual(['hello']);
  });

  it('owns what was written before, however soon the hub ends', () => {
    const hub = new GuestHub().chatting();
    hub.call({ type: 'send', messageId: 'own-1', text: 'hi' });
    hub.flush();
    signIn(hub.clearKeepingSocket());
    hub.names('ada', 'guest-1');
    const written = hub.all('write').flatMap(({ operations }) => operations);
    expect(written).toContainEqual(
      expect.objectContaining({
        type: 'put-outbox',
        record: expect.objectContaining({ messageId: 'own-1', subject: 'ada' }),
      }),
    );
    expect(hub.all('write').some(({ durability }) => durability === 'strict')).toBe(true);
  });

  it('sees the guest’s part go where the platform clears it', () => {
    const hub = signIn(new GuestHub().chatting());
    hub.names('ada', 'guest-1').cut().open();
    hub.hears('SessionClearedEvent', {});
    expect(hub.shown()).toEqual([]);
    expect(hub.snapshot?.conversation).toBeNull();
  });
});

describe('another visitor', () => {
  it.each<[string, string | undefined]>([
    ['named without a word of the guest', undefined],
    ['who was another guest', 'guest-2'],
  ])('%s gets nothing of the conversation', (_, from) => {
    const hub = signIn(new GuestHub().chatting());
    hub.names('bob', from);
    expect(hub.shown()).toEqual([]);
    expect(hub.state.meta).toMatchObject({ subject: 'bob', guest: null });
    expect(hub.state.generation).toBe(1);
  });

  it('is whoever signs in after the conversation has ended', () => {
    const hub = new GuestHub().chatting();
    hub.hears('StructuredMessage', {
      type: 'Event',
      events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
      metadata: { readOnly: 'true' },
    });
    signIn(hub);
    expect(hub.last('fetch-token')).not.toHaveProperty('guest');
  });

  it('is whoever signs in where the site does not let guests do so', () => {
    const closed = genesysCloud({ deploymentId: 'd', region: 'us-east-1', codeUrl: '/code' });
    const hub = signIn(new GuestHub(closed).chatting());
    expect(hub.last('fetch-token')).not.toHaveProperty('guest');
  });

  it('who signs out after a step-up leaves no name behind', () => {
    const hub = signIn(new GuestHub().chatting());
    hub.names('ada', 'guest-1');
    hub.call({ type: 'sign-out' });
    expect(hub.flush().state.meta).toMatchObject({ subject: null, guest: null });
  });
});

describe('asking who is there', () => {
  it('ignores the answer to an earlier question', () => {
    const hub = new GuestHub().chatting();
    signIn(hub);
    const { requestId } = hub.last('fetch-token');
    signIn(hub);
    expect(hub.last('fetch-token').requestId).not.toBe(requestId);
    const result = { ok: true, expiresIn: 900, subject: 'bob', isSame: false } as const;
    hub.take({ type: 'token', requestId, result }).flush();
    expect(hub.shown()).toEqual(['hello']);
  });

  it('is no connection by itself, and is not repeated for the next one', () => {
    const hub = signIn(new GuestHub().restore().attach()).names('ada');
    expect(hub.all('open-socket')).toEqual([]);
    hub.call({ type: 'start', routing });
    expect(hub.all('fetch-token')).toHaveLength(1);
    expect(hub.all('open-socket')).toHaveLength(1);
  });

  it('removes what a guest has left, before the next visitor writes', () => {
    const hub = new GuestHub().chatting();
    hub.hears('StructuredMessage', {
      type: 'Event',
      events: [{ eventType: 'Presence', presence: { type: 'Disconnect' } }],
      metadata: { readOnly: 'true' },
    });
    signIn(hub).names('bob');
    expect(hub.shown()).toEqual([]);
    hub.call({ type: 'start', routing });
    hub.flush();
    expect(hub.state.startCalls).toHaveLength(1);
  });

  it.each(['token', 'connecting', 'authenticating'])(
    'begins again while the line is %s',
    (phase) => {
      const hub = new GuestHub().restore().attach();
      hub.call({ type: 'start', routing });
      if (phase !== 'token') hub.names('guest-1');
      if (phase === 'authenticating')
        hub.take({ type: 'socket-opened', socketId: hub.last('open-socket').socketId });
      expect(hub.state.connection.phase).toBe(phase);
      const asked = hub.all('fetch-token').length;
      signIn(hub);
      if (phase !== 'token') hub.cut();
      expect(hub.all('fetch-token')).toHaveLength(asked + 1);
      expect(hub.state.connection.phase).toBe('token');
    },
  );

  it('asks a visitor back who was signed out', () => {
    const hub = new GuestHub().chatting();
    hub.call({ type: 'sign-out' });
    signIn(hub.cut());
    hub.call({ type: 'start', routing });
    expect(hub.flush().state.connection.phase).not.toBe('signed-out');
  });
});
