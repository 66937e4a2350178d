import { describe, expect, it } from 'vitest';
import {
  attachSchema,
  callAnswerSchema,
  callSchema,
  earlierSchema,
  helloSchema,
  streamMessageSchema,
  tabMessageSchema,
} from '../../../src/protocol/port.ts';
import {
  connectRequestSchema,
  conversationSchema,
  messageSchemaWith,
  problemSchema,
  routingNoticeSchema,
  sharedSnapshotSchema,
} from '../../../src/protocol/schemas.ts';

interface Reader {
  safeParse(value: unknown): { success: boolean; data?: unknown };
}

/** What of a value is left behind; `undefined` when it is refused. */
const read = (schema: Reader, value: unknown) => schema.safeParse(value).data;

const x = (length: number) => 'x'.repeat(length);

describe('a tab that attaches', () => {
  const attach = {
    protocolVersion: 1,
    tabId: 't',
    visible: true,
    conversationId: null,
    visitor: null,
    resetCount: 0,
  };
  it.each<[string, object, object]>([
    ['tabId', { tabId: x(128) }, { tabId: x(129) }],
    ['tabId', {}, { tabId: '' }],
    ['conversationId', { conversationId: x(128) }, { conversationId: x(129) }],
    ['conversationId', {}, { conversationId: '' }],
    ['conversationId', {}, { conversationId: undefined }],
    ['visitor', { visitor: x(512) }, { visitor: x(513) }],
    ['visitor', { visitor: '' }, { visitor: undefined }],
    ['resetCount', { resetCount: 3 }, { resetCount: '3' }],
    ['visible', { visible: false }, { visible: 'yes' }],
    ['protocolVersion', { protocolVersion: 2 }, { protocolVersion: '1' }],
  ])('has %s in bounds', (_, good, wrong) => {
    expect(read(attachSchema, { ...attach, ...good, more: 1 })).toEqual({ ...attach, ...good });
    expect(read(attachSchema, { ...attach, ...wrong })).toBeUndefined();
  });
});

describe('a tab’s call', () => {
  const routing = { skillGroups: ['A'] };
  const send = { type: 'send', messageId: 'm', text: 'x' };
  const reply = { kind: 'list', payload: 'p', originatingMessageId: 'm' };
  const value = { id: '', text: 't', payload: 'p' };
  const earlier = { type: 'load-earlier', before: null, count: 50 };
  const place = { position: [1, 2, 0, 3], messageId: 'm' };
  /** JSON of attributes with so many characters. */
  const attributes = (length: number) => ({ a: x(length - '{"a":""}'.length) });

  it.each<object>([
    { type: 'start', routing },
    send,
    { ...send, isRepeat: true, reply },
    { type: 'retry', messageId: 'm' },
    { type: 'discard', messageId: 'm' },
    { type: 'typing', isTyping: false },
    { type: 'draft', text: '' },
    { type: 'draft', text: 'hi', age: 200.5 },
    { type: 'mark-read' },
    earlier,
    { ...earlier, before: place, conversationId: 'c' },
    { ...earlier, conversationId: null },
    { type: 'reconnect' },
    { type: 'wait-anyway' },
    { type: 'set-attributes', attributes: { cart: 3, vip: true } },
    { type: 'end' },
    { type: 'sign-out' },
  ])('may be %o, and nothing that it does not know comes with it', (call) => {
    expect(read(callSchema, { ...call, content: [], more: 1 })).toEqual(call);
  });

  it.each<[string, object, object]>([
    ['a message’s id', { ...send, messageId: x(128) }, { ...send, messageId: x(129) }],
    ['a message’s id', send, { ...send, messageId: '' }],
    ['a text', { ...send, text: x(1_000_000) }, { ...send, text: x(1_000_001) }],
    ['a text', { ...send, text: '' }, { ...send, text: null }],
    ['a repeat', { ...send, isRepeat: false }, { ...send, isRepeat: undefined }],
    ['a retry', { type: 'retry', messageId: x(128) }, { type: 'retry', messageId: x(129) }],
    ['a discard', { type: 'discard', messageId: x(128) }, { type: 'discard', messageId: '' }],
    ['a draft', { type: 'draft', text: x(100_000) }, { type: 'draft', text: x(100_001) }],
    ['a count', { ...earlier, count: 1 }, { ...earlier, count: 0 }],
    ['a count', { ...earlier, count: 500 }, { ...earlier, count: 501 }],
    ['a count', earlier, { ...earlier, count: 1.5 }],
    ['a place', earlier, { ...earlier, before: undefined }],
    ['a place', earlier, { ...earlier, before: { ...place, position: [1, 2, 0] } }],
    ['a conversation', { ...earlier, conversationId: x(128) }, { ...earlier, conversationId: '' }],
    [
      'skill groups',
      { type: 'start', routing: { skillGroups: Array(50).fill(x(256)) } },
      { type: 'start', routing: { skillGroups: Array(51).fill('A') } },
    ],
    [
      'a skill group',
      { type: 'start', routing: { skillGroups: ['A'] } },
      { type: 'start', routing: { skillGroups: [x(257)] } },
    ],
    [
      'a skill group',
      { type: 'start', routing },
      { type: 'start', routing: { skillGroups: [''] } },
    ],
    ['skill groups', { type: 'start', routing }, { type: 'start', routing: { skillGroups: [] } }],
    [
      'attributes',
      { type: 'start', routing: { ...routing, attributes: attributes(16_384) } },
      { type: 'start', routing: { ...routing, attributes: attributes(16_385) } },
    ],
    [
      'the name of an attribute',
      { type: 'start', routing: { ...routing, attributes: { [x(256)]: '' } } },
      { type: 'start', routing: { ...routing, attributes: { [x(257)]: '' } } },
    ],
    [
      'a priority',
      { type: 'start', routing: { ...routing, priority: 0 } },
      { type: 'start', routing: { ...routing, priority: null } },
    ],
    [
      'an answer',
      { ...send, reply: { ...reply, kind: x(4_096), payload: x(4_096) } },
      { ...send, reply: { ...reply, kind: x(4_097) } },
    ],
    [
      'an answer',
      { ...send, reply: { ...reply, originatingMessageId: '' } },
      { ...send, reply: { ...reply, payload: x(4_097) } },
    ],
    [
      'the values of an answer',
      { ...send, reply: { ...reply, values: Array(256).fill({ ...value, text: x(4_096) }) } },
      { ...send, reply: { ...reply, values: Array(257).fill(value) } },
    ],
    ['a type', { type: 'end' }, { type: 'End' }],
  ])('has %s in bounds', (_, good, wrong) => {
    expect(read(callSchema, good)).toEqual(good);
    expect(read(callSchema, wrong)).toBeUndefined();
  });
});

describe('a tab’s word on its stream', () => {
  it.each<object>([
    { type: 'ack', revision: 0 },
    { type: 'pull' },
    { type: 'visibility', visible: false },
    { type: 'used' },
    { type: 'bye' },
  ])('may be %o', (reported) => {
    expect(read(tabMessageSchema, { ...reported, more: 1 })).toEqual(reported);
  });
  it.each<object>([{ type: 'ack' }, { type: 'visibility' }, { type: 'Bye' }, {}])(
    'may not be %o',
    (reported) => {
      expect(read(tabMessageSchema, reported)).toBeUndefined();
    },
  );
});

it.each([
  ['x', true],
  [x(128), true],
  [x(129), false],
  ['', false],
])('a knock has an id in bounds', (connectionId, isOne) => {
  const knock = { type: 'partyline-connect-request', connectionId };
  expect(connectRequestSchema.safeParse(knock).success).toBe(isOne);
  expect(connectRequestSchema.safeParse({ ...knock, type: 'partyline-hub-ready' }).success).toBe(
    false,
  );
});

const message = {
  messageId: 'm',
  conversationId: null,
  sequence: null,
  from: { id: 'a', name: '', role: 'bot' },
  text: '',
  timestamp: 0,
  status: 'received',
  failure: null,
  missingBefore: 0,
  position: [1, 0, 1, 0],
};
const shared = {
  connection: { phase: 'polling', attempt: 5, retryAt: null, transport: 'rest' },
  conversation: null,
  unread: 0,
  typing: null,
  draft: '',
  hub: { kind: 'tab', epoch: 'b.0', build: '1', tabs: 1, persistent: false },
};

describe('a message', () => {
  const schema = messageSchemaWith();
  it.each<object>([
    {},
    { conversationId: 'c', sequence: 1, aliases: ['a'] },
    { failure: { code: 'timeout', message: 'x' }, status: 'failed' },
    ...['pending', 'sent', 'delivered', 'read', 'failed', 'received'].map((status) => ({ status })),
    ...['visitor', 'agent', 'bot', 'system'].map((role) => ({ from: { ...message.from, role } })),
  ])('may have %o', (changes) => {
    expect(read(schema, { ...message, ...changes })).toEqual({ ...message, ...changes });
  });

  it.each<object>([
    { messageId: null },
    { conversationId: undefined },
    { sequence: '1' },
    { from: { ...message.from, role: 'wizard' } },
    { from: { ...message.from, name: null } },
    { text: null },
    { timestamp: null },
    { status: 'seen' },
    { failure: { code: 'nonsense', message: 'x' } },
    { failure: undefined },
    { missingBefore: null },
    { position: [1, 0, 1] },
    { aliases: [1] },
    { aliases: null },
  ])('may not have %o', (changes) => {
    expect(read(schema, { ...message, ...changes })).toBeUndefined();
  });

  it('brings what goes with it only where that is read', () => {
    const content = [{ type: 'link', url: 'https://x.example', text: 'x' }];
    expect(read(schema, { ...message, content })).toEqual(message);
    const snapshot = (one: object) => ({
      type: 'snapshot',
      epoch: 'b.0',
      revision: 1,
      visitor: null,
      resetCount: 0,
      shared,
      messages: [one],
      hasEarlier: false,
    });
    expect(read(streamMessageSchema, snapshot({ ...message, content }))).toMatchObject({
      messages: [{ content }],
    });
    const wrong = { ...message, content: [{ type: 'nonsense' }] };
    expect(read(streamMessageSchema, snapshot(wrong))).toBeUndefined();
  });
});

describe('the shared part of a snapshot', () => {
  it.each<object>([
    {},
    ...[
      'offline',
      'connecting',
      'authenticating',
      'ready',
      'routing',
      'waiting',
      'polling',
      'signed-out',
      'failed',
    ].map((phase) => ({ connection: { ...shared.connection, phase } })),
    ...['websocket', 'rest', 'none'].map((transport) => ({
      connection: { ...shared.connection, transport },
    })),
    { connection: { ...shared.connection, problem: { code: 'evicted', message: 'x' } } },
    { conversation: { conversationId: 'c', status: 'queued', position: 1 } },
    { conversation: { conversationId: 'c', status: 'ended', expiresAt: 1, leftAt: 2 } },
    { typing: { id: 'a', name: 'Ada' } },
    { hub: { ...shared.hub, kind: 'shared-worker', persistent: true } },
    { routing: null },
    { routing: { kind: 'unchecked' } },
  ])('may have %o', (changes) => {
    expect(read(sharedSnapshotSchema, { ...shared, ...changes })).toEqual({
      ...shared,
      ...changes,
    });
  });

  it.each<object>([
    { connection: { ...shared.connection, phase: 'lost' } },
    { connection: { ...shared.connection, transport: 'pigeon' } },
    { connection: { ...shared.connection, retryAt: undefined } },
    { conversation: undefined },
    { unread: null },
    { typing: undefined },
    { draft: null },
    { hub: { ...shared.hub, kind: 'page' } },
    { routing: { kind: 'nonsense' } },
  ])('may not have %o', (changes) => {
    expect(read(sharedSnapshotSchema, { ...shared, ...changes })).toBeUndefined();
  });
});

it.each<[object, boolean]>([
  [{ kind: 'refused', problems: ['x'], suggested: null }, true],
  [{ kind: 'refused', problems: [], suggested: { skillGroups: ['A'] } }, true],
  [{ kind: 'refused', problems: [], suggested: { skillGroups: [] } }, false],
  [{ kind: 'uncovered', skillGroups: ['A'], isAsking: true }, true],
  [{ kind: 'uncovered', skillGroups: ['A'] }, false],
  [{ kind: 'stalled', since: 0, reason: 'nobody-on-shift' }, true],
  [{ kind: 'stalled', since: 0, reason: 'unmatched' }, true],
  [{ kind: 'stalled', since: 0, reason: 'busy' }, true],
  [{ kind: 'stalled', since: 0, reason: 'unknown' }, true],
  [{ kind: 'stalled', since: 0, reason: 'lunch' }, false],
])('the notice %o is one: %s', (notice, isOne) => {
  expect(read(routingNoticeSchema, notice)).toEqual(isOne ? notice : undefined);
});

it.each([
  ['queued', true],
  ['connected', true],
  ['ended', true],
  ['Ended', false],
])('a conversation may be %s: %s', (status, isOne) => {
  expect(conversationSchema.safeParse({ conversationId: 'c', status }).success).toBe(isOne);
});

describe('what a hub says', () => {
  const patch = {
    type: 'patch',
    epoch: 'b.0',
    revision: 2,
    shared: {},
    upserts: [],
    removed: [],
    readMark: null,
  };
  it.each<object>([
    patch,
    {
      ...patch,
      shared: { unread: 1, conversation: null, typing: null, routing: null, draft: '' },
      upserts: [message],
      removed: ['m'],
      readMark: { conversationId: 'c', position: [1, 2, 0, 0] },
    },
    { ...patch, shared: { connection: shared.connection, hub: shared.hub } },
    { type: 'head', epoch: 'b.0', revision: 3 },
    { type: 'alert', epoch: 'b.0', message: null },
    { type: 'alert', epoch: 'b.0', message },
  ])('on a stream may be %o', (reported) => {
    expect(read(streamMessageSchema, reported)).toEqual(reported);
  });

  it.each<object>([
    { ...patch, readMark: undefined },
    { ...patch, shared: { unread: null } },
    { ...patch, removed: [1] },
    { type: 'alert', epoch: 'b.0' },
    { type: 'news', epoch: 'b.0', revision: 3 },
  ])('on a stream may not be %o', (reported) => {
    expect(read(streamMessageSchema, reported)).toBeUndefined();
  });

  it('to a call is what was asked for, or why not', () => {
    const problem = { code: 'rejected', message: 'x' };
    for (const answer of [
      { ok: true, epoch: 'b.0', value: null },
      { ok: true, epoch: 'b.0', value: { a: 1 } },
      { ok: false, epoch: 'b.0', problem },
    ]) {
      expect(read(callAnswerSchema, answer)).toEqual(answer);
    }
    expect(read(callAnswerSchema, { ok: false, epoch: 'b.0' })).toBeUndefined();
    expect(read(problemSchema, { ...problem, code: 'nonsense' })).toBeUndefined();
    const earlier = { messages: [message], hasEarlier: true };
    expect(read(earlierSchema, earlier)).toEqual(earlier);
    expect(read(earlierSchema, { messages: [message] })).toBeUndefined();
  });

  it('first is who it is', () => {
    const hello = {
      type: 'partyline-hello',
      epoch: 'b.0',
      protocolVersion: 1,
      build: '1',
      name: '',
    };
    expect(read(helloSchema, hello)).toEqual(hello);
    expect(read(helloSchema, { ...hello, type: 'partyline-hub-ready' })).toBeUndefined();
    expect(read(helloSchema, { ...hello, protocolVersion: undefined })).toBeUndefined();
  });
});
