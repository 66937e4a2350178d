import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RestCall } from '../../../src/protocol/gateway/rest.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { TestHub } from './harness.ts';

/**
 * The payloads of the guide (docs/protocol.md names it), as it writes them: they leave out what other
 * parts of it need. They go through the adapter into the hub.
 */

const adapter = genesysWebchat({
  socketUrl: 'wss://webchat.mypurecloud.com/webchat',
  apiUrl: 'https://api.mypurecloud.com',
});

/** The guide shortens it itself after its first mention. */
const conversationId = 'conv_8f7a6b5c...';
const subject = 'visitor-1';
const question = 'I need assistance with my invoice.';
const agentSample = {
  type: 'message',
  conversationId,
  from: { id: 'agent_123', name: 'Support Agent' },
  text: 'I can help with that. May I have your account number?',
  timestamp: '2024-05-12T14:32:10.000Z',
};
/** A mirror of the visitor's message: the same structure, with who sent it and when. */
const mirror = {
  type: 'message',
  conversationId,
  from: { id: subject, name: 'Customer' },
  text: question,
  timestamp: '2024-05-12T14:31:00.000Z',
};

function hears(hub: TestHub, ...frames: readonly unknown[]): TestHub {
  for (const frame of frames) {
    for (const event of adapter.decode(JSON.stringify(frame))) hub.gateway(event);
  }
  return hub.flush();
}

/** Answers the REST request under way with this body. */
function answers(hub: TestHub, body: unknown, status = 200): TestHub {
  const { requestId, call } = hub.last('rest');
  const result = adapter.response(call, { status, retryAfter: null, body: JSON.stringify(body) });
  return hub.take({ type: 'rest', requestId, result }).flush();
}

function history(hub: TestHub, ...entities: readonly unknown[]): TestHub {
  answers(hub, { entities, nextPage: null });
  return answers(hub, { conversationId, status: 'connected' });
}

/** In the guide's conversation, caught up. */
function inConversation(): TestHub {
  const hub = new TestHub();
  hub.answersPings = true;
  hub.restore().attach().token(7_200, subject).open();
  hears(hub, { type: 'auth', status: 'success', serverTime: '2024-05-12T14:30:00.000Z' });
  hub.call({ type: 'start', routing: { skillGroups: ['Tier1_Support', 'Billing'] } });
  hears(hub, { type: 'conversation', conversationId, status: 'queued' });
  return history(hub).store().clearKeepingSocket();
}

function rows(hub: TestHub) {
  return (hub.snapshot?.messages ?? []).map(({ from, text, status }) => [from.role, text, status]);
}

const agentRow = ['agent', agentSample.text, 'received'];

describe('what the client sends', () => {
  const sent = (command: Parameters<typeof adapter.encode>[0]) =>
    adapter
      .encode(command, 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9...')
      .map((text) => JSON.parse(text));

  it('is the auth, routing and ping frame of the guide, letter for letter', () => {
    expect(adapter.socketUrl).toBe('wss://webchat.mypurecloud.com/webchat');
    expect(sent({ type: 'authenticate' })).toEqual([
      { type: 'auth', token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9...' },
    ]);
    const routing = {
      skillGroups: ['Tier1_Support', 'Billing'],
      attributes: { source: 'custom_ui_v2', userTier: 'premium', locale: 'en-US' },
    };
    expect(sent({ type: 'open-conversation', routing })).toEqual([{ type: 'routing', routing }]);
    expect(sent({ type: 'ping' })).toEqual([{ type: 'ping' }]);
  });

  it('is its message frame, with the id that its edge case 2 asks for', () => {
    const frame = { type: 'message', conversationId, text: question };
    const command = {
      type: 'send-message',
      conversationId,
      messageId: 'm',
      text: question,
    } as const;
    expect(sent(command)).toEqual([{ ...frame, messageId: 'm' }]);
  });

  it('is its request for the offline window', () => {
    const since = Date.parse('2024-05-12T14:30:00.000Z');
    const call = { type: 'history-since', conversationId, since, cursor: null } as const;
    const asked = new URL(adapter.request(call, 't').url);
    const guide = new URL(
      'https://api.mypurecloud.com/api/v2/conversations/messages?conversationId=conv_8f7a6b5c...&since=2024-05-12T14:30:00.000Z&limit=50',
    );
    expect([asked.origin, asked.pathname]).toEqual([guide.origin, guide.pathname]);
    expect([...asked.searchParams]).toEqual([...guide.searchParams]);
  });
});

describe('what the gateway sends', () => {
  it('opens the conversation: auth and conversation frame', () => {
    const hub = new TestHub();
    hub.restore().attach().token(900, subject).open();
    hears(hub, { type: 'auth', status: 'success', serverTime: '2024-05-12T14:30:00.000Z' });
    expect(hub.state.connection.phase).toBe('online');
    hub.call({ type: 'start', routing: { skillGroups: ['Tier1_Support'] } });
    const id = 'conv_8f7a6b5c-4d3e-2f1a-0b9c-8d7e6f5a4b3c';
    hears(hub, { type: 'conversation', conversationId: id, status: 'queued' });
    expect(hub.snapshot?.conversation).toEqual({ conversationId: id, status: 'queued' });
  });

  it('renews the token at TOKEN_EXPIRED', () => {
    const hub = inConversation();
    hears(hub, { type: 'error', code: 'TOKEN_EXPIRED' });
    expect(hub.all('fetch-token')).toHaveLength(1);
  });

  it('shows the agent’s message, although it has no id, role or sequence', () => {
    const hub = hears(inConversation(), agentSample).pass(1_000);
    expect(rows(hub)).toEqual([agentRow]);
    expect(hub.snapshot?.messages).toMatchObject([
      {
        from: { id: 'agent_123', name: 'Support Agent', role: 'agent' },
        sequence: null,
        timestamp: Date.UTC(2024, 4, 12, 14, 32, 10),
      },
    ]);
    expect(hub.snapshot?.unread).toBe(1);
  });

  it('shows it once, however often it comes, live and from the history', () => {
    const { type: _, ...entity } = agentSample;
    const hub = hears(inConversation(), agentSample, agentSample).pass(1_000);
    hears(hub, agentSample);
    hub.pass(61_000);
    history(hub, entity, { ...entity, timestamp: '2024-05-12T16:32:10+02:00' });
    hears(hub, agentSample).pass(1_000);
    expect(rows(hub)).toEqual([agentRow]);
    expect(hub.snapshot?.unread).toBe(1);
  });

  it.each([
    ['who says it', { ...agentSample, from: { id: 'agent_9', name: 'Support Agent' } }],
    ['when', { ...agentSample, timestamp: '2024-05-12T14:32:10.001Z' }],
    ['what', { ...agentSample, text: 'Hello?' }],
  ])('shows another one that differs in %s', (_, other) => {
    const hub = hears(inConversation(), agentSample, other).pass(1_000);
    expect(hub.snapshot?.messages).toHaveLength(2);
  });

  it('is not told that a message was read whose id it does not know', () => {
    const hub = hears(inConversation(), agentSample).pass(1_000);
    hub.call({ type: 'mark-read' });
    hub.flush();
    expect(hub.snapshot?.unread).toBe(0);
    expect(hub.sent().filter(({ type }) => type === 'mark-read')).toEqual([]);
  });

  it('tells read receipts and typing without saying whose', () => {
    const hub = inConversation();
    hub.type(question, 'own-1');
    hears(hub, { ...mirror, messageId: 'own-1' }).pass(1_000);
    hears(hub, { type: 'typing', conversationId, isTyping: true });
    expect(hub.snapshot?.typing).toMatchObject({ name: '' });
    hears(hub, { type: 'receipt', conversationId, messageId: 'own-1', status: 'read' });
    expect(rows(hub)).toEqual([['visitor', question, 'read']]);
    hears(hub, { type: 'typing', from: { id: subject }, isTyping: true });
    expect(hub.snapshot?.typing).toMatchObject({ name: '' });
  });
});

describe('the mirror of the visitor’s message', () => {
  const ownRow = ['visitor', question, 'delivered'];

  it.each([
    ['without an id', mirror],
    ['without its sender', { ...mirror, from: undefined }],
    ['without a time', { ...mirror, timestamp: undefined }],
    ['as it was sent', { type: 'message', conversationId, text: question }],
    ['of its text alone', { type: 'message', text: question }],
    ['with its id and no role', { ...mirror, messageId: 'own-1' }],
    ['with its id and no sender', { ...mirror, messageId: 'own-1', from: null }],
  ])('acknowledges it %s', (_, frame) => {
    const hub = inConversation();
    hub.type(question, 'own-1');
    expect(rows(hub)).toEqual([['visitor', question, 'sent']]);
    hears(hub, frame);
    expect(rows(hub)).toEqual([ownRow]);
    hears(hub, frame).pass(1_000);
    hub.pass(61_000);
    const { type: _type, ...entity } = mirror;
    history(hub, entity);
    hub.pass(30_000);
    expect(rows(hub)).toEqual([ownRow]);
    expect(hub.snapshot?.messages[0]?.messageId).toBe('own-1');
    expect(hub.state.outbox).toEqual([]);
    expect(hub.sent().filter(({ type }) => type === 'send-message')).toHaveLength(1);
  });

  it('acknowledges the oldest of two equal messages, and each copy stands for one', () => {
    const hub = inConversation();
    hub.type('ok', 'own-1').type('ok', 'own-2');
    const first = { ...mirror, text: 'ok' };
    hears(hub, first, first);
    expect(rows(hub).map(([, , status]) => status)).toEqual(['delivered', 'sent']);
    hears(hub, { ...first, timestamp: '2024-05-12T14:31:01.000Z' }).pass(1_000);
    expect(hub.snapshot?.messages.map(({ messageId }) => messageId)).toEqual(['own-1', 'own-2']);
    expect(rows(hub).map(([, , status]) => status)).toEqual(['delivered', 'delivered']);
  });

  it('can come from the history when the echo was lost', () => {
    const hub = inConversation();
    hub.type(question, 'own-1').pass(10_000);
    const { type: _, ...entity } = mirror;
    history(hub, entity);
    expect(rows(hub)).toEqual([ownRow]);
    hears(hub, mirror).pass(20_000);
    expect(rows(hub)).toEqual([ownRow]);
    expect(hub.sent().filter(({ type }) => type === 'send-message')).toHaveLength(1);
  });

  it('leaves a message alone that says something else', () => {
    const hub = inConversation();
    hub.type(question, 'own-1');
    hears(hub, { ...mirror, text: 'From my phone' }).pass(1_000);
    expect(rows(hub)).toEqual([
      ['visitor', 'From my phone', 'delivered'],
      ['visitor', question, 'sent'],
    ]);
  });

  it('is the agent’s where an agent says the same', () => {
    const hub = inConversation();
    hub.type('ok', 'own-1');
    hears(hub, { ...agentSample, text: 'ok' }).pass(1_000);
    expect(rows(hub)).toEqual([
      ['agent', 'ok', 'received'],
      ['visitor', 'ok', 'sent'],
    ]);
  });

  it('acknowledges a message whose copy stood there before it was known to be sent', () => {
    const hub = hears(inConversation(), mirror).pass(1_000);
    hub.type(question, 'own-1');
    hears(hub, mirror).pass(1_000);
    expect(rows(hub)).toEqual([ownRow]);
    expect(hub.state.outbox).toEqual([]);
  });
});

describe('the answer to a message sent by REST', () => {
  const post: RestCall = {
    type: 'send-message',
    conversationId,
    messageId: 'own-1',
    text: question,
  };

  function posting(): TestHub {
    const hub = inConversation();
    for (let tries = 0; tries < 60 && !hub.state.breaker.isOpen; tries += 1) {
      if (hub.all('open-socket').length > 0) hub.cut();
      hub.pass(31_000);
      if (hub.all('fetch-token').length > 0) hub.token(900, subject);
    }
    history(hub);
    hub.type(question, 'own-1');
    expect(hub.last('rest').call).toEqual(post);
    return hub;
  }

  it.each([
    ['as the guide writes messages', mirror],
    ['of its text alone', { text: question }],
    ['of nothing', {}],
    ['with its id', { ...mirror, messageId: 'own-1', from: {} }],
  ])('may be a body %s', (_, body) => {
    const hub = answers(posting(), body, 201);
    expect(rows(hub)).toEqual([['visitor', question, 'delivered']]);
    expect(hub.state.outbox).toEqual([]);
    hub.pass(6_000);
    const { type: _type, ...entity } = mirror;
    history(hub, entity);
    expect(rows(hub)).toEqual([['visitor', question, 'delivered']]);
  });
});

describe('a message without a time', () => {
  const undated = { ...agentSample, timestamp: undefined };

  it('is shown at once, and the copy of the history is the same', () => {
    const hub = hears(inConversation(), undated).pass(1_000);
    expect(rows(hub)).toEqual([agentRow]);
    for (const copy of [agentSample, undated, agentSample]) {
      hub.pass(61_000);
      history(hub, copy);
      expect(rows(hub)).toEqual([agentRow]);
    }
    expect(hub.snapshot?.unread).toBe(1);
  });

  it('is shown again where it comes again', () => {
    const hub = hears(inConversation(), undated).pass(1_000);
    hears(hub, undated).pass(1_000);
    expect(rows(hub)).toEqual([agentRow, agentRow]);
  });
});

describe('a status that is not known', () => {
  it.each(['paused', undefined, null, 7])('%s leaves the conversation as it was', (status) => {
    const hub = inConversation();
    hears(hub, { type: 'conversation', conversationId, status: 'queued', position: 3 });
    hears(hub, { type: 'conversation', conversationId, status });
    expect(hub.snapshot?.conversation).toEqual({ conversationId, status: 'queued', position: 3 });
    hears(hub, { type: 'conversation', conversationId, status, position: 2 });
    expect(hub.snapshot?.conversation).toMatchObject({ status: 'queued', position: 2 });
    hears(hub, { type: 'conversation', conversationId, status: 'connected' });
    hears(hub, { type: 'conversation', conversationId, status });
    expect(hub.snapshot?.conversation).toEqual({ conversationId, status: 'connected' });
    const word = typeof status === 'string' ? status : 'none';
    expect(hub.all('note').map(({ note }) => note)).toContainEqual({
      kind: 'invalid',
      detail: `Unknown conversation status ignored: "${word}"`,
    });
  });

  it('is the same by REST', () => {
    const hub = inConversation();
    hub.pass(61_000);
    answers(hub, { entities: [] });
    answers(hub, { conversationId, status: 'paused' });
    expect(hub.snapshot?.conversation).toMatchObject({ status: 'connected' });
  });

  it('opens a conversation as queued, and does not open one that has ended', () => {
    const hub = new TestHub();
    hub.restore().attach().token(900, subject).open();
    hears(hub, { type: 'auth', status: 'success' });
    hub.call({ type: 'start', routing: { skillGroups: ['A'] } });
    hears(hub, { type: 'conversation', status: 'connected' });
    expect(hub.snapshot?.conversation).toBeNull();
    hears(hub, { type: 'conversation', conversationId, status: 'new' });
    expect(hub.snapshot?.conversation).toEqual({ conversationId, status: 'queued' });
    hears(hub, { type: 'conversation', status: 'ended' });
    hears(hub, { type: 'conversation', conversationId, status: 'new' });
    expect(hub.snapshot?.conversation).toEqual({ conversationId, status: 'ended' });
  });
});

describe('any frame with any field missing, null or of another type', () => {
  const shapes = {
    message: { ...agentSample, messageId: 'm', sequence: 1 },
    mirror,
    conversation: { type: 'conversation', conversationId, status: 'connected', position: 1 },
    typing: { type: 'typing', conversationId, from: agentSample.from, isTyping: true },
    receipt: {
      type: 'receipt',
      conversationId,
      messageId: 'm',
      from: agentSample.from,
      status: 'read',
    },
    ping: { type: 'ping', payload: 1 },
    pong: { type: 'pong' },
    auth: { type: 'auth', status: 'success', serverTime: '2024-05-12T14:30:00.000Z' },
    error: {
      type: 'error',
      code: 'INTERNAL',
      message: 'x',
      conversationId,
      messageId: 'm',
      retryAfter: 1,
    },
  } as const;

  /** Every way in which the fields of a shape may be wrong, those of its sender too. */
  function damaged(shape: object): fc.Arbitrary<Record<string, unknown>> {
    const fields = Object.entries(shape).map(([key, value]: [string, unknown]) => [
      key,
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(value) },
        ...(typeof value === 'object' && value !== null
          ? [{ weight: 1, arbitrary: damaged(value) }]
          : []),
        { weight: 1, arbitrary: fc.constantFrom(null, undefined, 7, '', true, [], {}, 'x') },
      ),
    ]);
    return fc.record(Object.fromEntries(fields));
  }

  it('throws nothing by REST either, and a message that was posted is known by its id', () => {
    const call = {
      type: 'send-message',
      conversationId,
      messageId: 'own-1',
      text: question,
    } as const;
    const calls: RestCall[] = [
      call,
      { type: 'conversation', conversationId },
      { type: 'history-since', conversationId, since: 0, cursor: null },
    ];
    const body = fc.oneof(...Object.values(shapes).map(damaged), fc.jsonValue());
    fc.assert(
      fc.property(body, fc.constantFrom(200, 201, 400, 500), (one, status) => {
        for (const asked of calls) {
          const response = { status, retryAfter: null, body: JSON.stringify(one) ?? '' };
          const result = adapter.response(asked, response);
          expect(result.ok).toBe(result.ok && status < 300);
          if (!result.ok || result.value.type !== 'message') continue;
          expect([null, 'own-1']).toContain(result.value.message.messageId);
          expect(result.value.message.conversationId).toBe(conversationId);
        }
      }),
    );
  });

  it('throws nothing, and loses no message that has a text', () => {
    const frame = fc.oneof(...Object.values(shapes).map(damaged));
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.boolean(), (frames, byRest) => {
        const hub = inConversation();
        // A text of its own tells what became of each. Two of one id would be one message.
        const texts: string[] = [];
        const numbered = frames.map((one, index) => {
          const isNamed = typeof one.messageId === 'string' && one.messageId !== '';
          const named = isNamed ? { ...one, messageId: `m-${index}` } : one;
          if (typeof one.text !== 'string' || one.text === '') return named;
          texts.push(`text ${index}`);
          return { ...named, text: `text ${index}` };
        });
        const isOther = (one: Record<string, unknown>) =>
          one.conversationId === 'x' || ('type' in one && one.type === 'x') || one.type === '';
        const lost = new Set(numbered.filter(isOther).map(({ text }) => text));
        if (byRest) {
          hub.pass(61_000);
          history(hub, ...numbered);
        } else hears(hub, ...numbered);
        // What waits for an earlier one is shown once REST does not have that either.
        for (let tries = 0; tries < 8; tries += 1) {
          hub.clearKeepingSocketAndRest().pass(20_000);
          if (hub.all('rest').length > 0 && hub.state.catchUps.active) history(hub);
        }
        const shown = hub.shown();
        for (const text of texts) if (!lost.has(text)) expect(shown).toContain(text);
      }),
      { numRuns: 400 },
    );
  });
});
