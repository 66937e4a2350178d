import { describe, expect, it } from 'vitest';
import type { CloseMeaning } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent, GatewayProblemKind } from '../../../src/protocol/gateway/events.ts';
import type { RestCall, RestFailureKind } from '../../../src/protocol/gateway/rest.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';

/** The tables of docs/protocol.md, line by line. */

const adapter = genesysWebchat({
  socketUrl: 'wss://gateway.example/webchat',
  apiUrl: 'https://api.example/',
});
const decode = (frame: unknown) => adapter.decode(JSON.stringify(frame));

/** What an id may be made of, and an address gives a meaning to. */
const oddIds = [
  'a/b',
  'a?b=c',
  'a#b',
  'a%b',
  'a%2Fb',
  'a&limit=1',
  'a+b',
  'a b',
  'a=b',
  'a;b',
  'a:b@c',
  'a\\b',
  "a'(b)*!~",
  'ö',
  '日本',
  '🤪',
  'x'.repeat(512),
];

describe('what the client says', () => {
  it.each<[GatewayCommand, unknown]>([
    [{ type: 'authenticate' }, { type: 'auth', token: 'the token' }],
    [
      { type: 'authenticate', startsNew: true },
      { type: 'auth', token: 'the token' },
    ],
    [
      {
        type: 'open-conversation',
        routing: {
          skillGroups: ['Billing', 'Tier 1, urgent'],
          attributes: { order: 'A-1', items: 2, isGift: false },
          priority: 0,
        },
      },
      {
        type: 'routing',
        routing: {
          skillGroups: ['Billing', 'Tier 1, urgent'],
          attributes: { order: 'A-1', items: 2, isGift: false },
          priority: 0,
        },
      },
    ],
    [
      { type: 'resume-conversation', conversationId: 'c/1' },
      { type: 'conversation', conversationId: 'c/1' },
    ],
    [
      { type: 'send-message', conversationId: 'c', messageId: 'm', text: ' "Grüß\n🤪" ' },
      { type: 'message', conversationId: 'c', messageId: 'm', text: ' "Grüß\n🤪" ' },
    ],
    [
      {
        type: 'send-message',
        conversationId: 'c',
        messageId: 'm',
        text: '',
        routing: { skillGroups: ['A'] },
        reply: { kind: 'button', payload: 'p', originatingMessageId: 'o' },
        content: [],
      },
      { type: 'message', conversationId: 'c', messageId: 'm', text: '' },
    ],
    [
      { type: 'typing', conversationId: 'c', isTyping: true },
      { type: 'typing', conversationId: 'c', isTyping: true },
    ],
    [
      { type: 'typing', conversationId: 'c', isTyping: false },
      { type: 'typing', conversationId: 'c', isTyping: false },
    ],
    [
      { type: 'mark-read', conversationId: 'c', messageId: 'm' },
      { type: 'receipt', conversationId: 'c', messageId: 'm', status: 'read' },
    ],
    [{ type: 'ping' }, { type: 'ping' }],
    [
      { type: 'answer-ping', payload: { a: [1, null] } },
      { type: 'pong', payload: { a: [1, null] } },
    ],
    [
      { type: 'answer-ping', payload: 0 },
      { type: 'pong', payload: 0 },
    ],
    [
      { type: 'answer-ping', payload: '' },
      { type: 'pong', payload: '' },
    ],
    [
      { type: 'answer-ping', payload: false },
      { type: 'pong', payload: false },
    ],
    [
      { type: 'answer-ping', payload: null },
      { type: 'pong', payload: null },
    ],
    [{ type: 'answer-ping', payload: undefined }, { type: 'pong' }],
  ])('%o is one frame', (command, frame) => {
    const frames = adapter.encode(command, 'the token');
    expect(frames.map((text): unknown => JSON.parse(text))).toEqual([frame]);
  });

  it.each<GatewayCommand>([
    { type: 'join', routing: { skillGroups: ['A'] } },
    { type: 'end-conversation' },
    { type: 'clear-conversation' },
    { type: 'close-session', closesAll: true },
    { type: 'rest-token' },
    { type: 'resume-token' },
    { type: 'configuration' },
    { type: 'request-upload', attachmentId: 'a', name: 'a', mime: 'b', size: 1 },
    { type: 'refresh-attachment', attachmentId: 'a' },
    { type: 'delete-attachment', attachmentId: 'a' },
  ])('there is no word for $type', (command) => {
    expect(adapter.encode(command, 'the token')).toEqual([]);
  });

  it('bears the token in the auth frame, and nowhere else', () => {
    const frames = adapter.encode({ type: 'ping' }, 'the token');
    expect(frames.join()).not.toContain('the token');
  });
});

const from = { id: 'a', name: 'Ada', role: 'agent' } as const;
const timestamp = '2024-05-12T14:32:10.250Z';
const at = Date.UTC(2024, 4, 12, 14, 32, 10, 250);
const message = {
  type: 'message',
  conversationId: 'c',
  messageId: 'm',
  sequence: 3,
  from,
  text: 'hi',
  timestamp,
};
const reported = {
  conversationId: 'c',
  messageId: 'm',
  sequence: 3,
  from,
  text: 'hi',
  timestamp: at,
};

describe('what the gateway says', () => {
  it.each<[Record<string, unknown>, GatewayEvent]>([
    [
      { type: 'auth', status: 'success', serverTime: timestamp },
      { type: 'authenticated', serverTime: at },
    ],
    [
      { type: 'auth', status: 'success' },
      { type: 'authenticated', serverTime: null },
    ],
    [
      { type: 'auth', status: 'success', serverTime: null },
      { type: 'authenticated', serverTime: null },
    ],
    [
      { type: 'auth', status: 'success', serverTime: '1970-01-01T00:00:00.000Z' },
      { type: 'authenticated', serverTime: 0 },
    ],
    [
      { type: 'auth', status: 'failed', code: 'TOKEN_EXPIRED', message: 'It has expired.' },
      { type: 'refused', message: 'It has expired.' },
    ],
    [
      { type: 'auth', status: 'failed', code: 'INSUFFICIENT_SCOPE', message: null },
      { type: 'refused', message: 'INSUFFICIENT_SCOPE' },
    ],
    [
      { type: 'conversation', conversationId: 'c', status: 'queued', position: 1 },
      {
        type: 'conversation',
        conversation: { conversationId: 'c', status: 'queued', position: 1 },
      },
    ],
    [
      { type: 'conversation', conversationId: 'c', status: 'queued', position: 0 },
      {
        type: 'conversation',
        conversation: { conversationId: 'c', status: 'queued', position: 0 },
      },
    ],
    [
      { type: 'conversation', conversationId: 'c', status: 'connected', position: null },
      { type: 'conversation', conversation: { conversationId: 'c', status: 'connected' } },
    ],
    [
      { type: 'conversation', conversationId: 'c', status: 'ended' },
      { type: 'conversation', conversation: { conversationId: 'c', status: 'ended' } },
    ],
    [message, { type: 'message', message: reported }],
    [
      { ...message, sequence: 1 },
      { type: 'message', message: { ...reported, sequence: 1 } },
    ],
    [
      { ...message, sequence: null },
      { type: 'message', message: { ...reported, sequence: null } },
    ],
    [
      { ...message, text: '' },
      { type: 'message', message: { ...reported, text: '' } },
    ],
    [
      { type: 'typing', conversationId: 'c', from, isTyping: true },
      { type: 'typing', conversationId: 'c', from, isTyping: true },
    ],
    [
      { type: 'typing', conversationId: 'c', from, isTyping: false },
      { type: 'typing', conversationId: 'c', from, isTyping: false },
    ],
    [
      { type: 'receipt', conversationId: 'c', messageId: 'm', from, status: 'delivered' },
      {
        type: 'receipt',
        conversationId: 'c',
        messageId: 'm',
        from,
        status: 'delivered',
      },
    ],
    [
      { type: 'receipt', conversationId: 'c', messageId: 'm', from, status: 'read' },
      {
        type: 'receipt',
        conversationId: 'c',
        messageId: 'm',
        from,
        status: 'read',
      },
    ],
    [
      { type: 'ping', payload: 7 },
      { type: 'ping', payload: 7 },
    ],
    [
      { type: 'ping', payload: null },
      { type: 'ping', payload: null },
    ],
    [{ type: 'ping' }, { type: 'ping', payload: undefined }],
    [{ type: 'pong', payload: 'ignored' }, { type: 'pong' }],
  ])('%o is told as what it means', (frame, event) => {
    expect(decode(frame)).toStrictEqual([event]);
    // Keys that nobody knows change nothing.
    expect(decode({ ...frame, mood: 'good' })).toStrictEqual([event]);
  });

  it.each([
    ['visitor', 'visitor'],
    ['agent', 'agent'],
    ['bot', 'bot'],
    ['system', 'system'],
    ['supervisor', 'system'],
    ['Agent', 'system'],
    ['', 'system'],
    ['constructor', 'system'],
  ])('the role %j is shown as %s', (role, shown) => {
    const who = { ...from, role };
    expect(decode({ ...message, from: who })).toMatchObject([
      { message: { from: { id: 'a', name: 'Ada', role: shown } } },
    ]);
    expect(
      decode({ type: 'typing', conversationId: 'c', from: who, isTyping: true }),
    ).toMatchObject([{ from: { id: 'a', name: 'Ada', role: shown } }]);
  });

  it.each([
    '2024-05-12T14:32:10.250Z',
    '2024-05-12T14:32:10.2500Z',
    '2024-05-12T16:32:10.250+02:00',
    '2024-05-12T06:32:10.250-08:00',
  ])('an instant is the same however it is written: %s', (instant) => {
    expect(decode({ ...message, timestamp: instant })).toMatchObject([
      { message: { timestamp: at } },
    ]);
    expect(decode({ type: 'auth', status: 'success', serverTime: instant })).toMatchObject([
      { serverTime: at },
    ]);
  });

  it('an instant needs no milliseconds', () => {
    expect(decode({ ...message, timestamp: '2024-05-12T14:32:10Z' })).toMatchObject([
      { message: { timestamp: at - 250 } },
    ]);
  });

  it.each<[string, unknown]>([
    ['an auth frame of no known status', { type: 'auth', status: 'maybe' }],
    ['an auth frame without a status', { type: 'auth' }],
    ['a conversation with neither id nor status', { type: 'conversation', position: 1 }],
    ['no text', { ...message, text: null }],
    ['a text that is a number', { ...message, text: 7 }],
    ['no type and no text', { ...message, type: undefined, text: undefined }],
    ['typing that is a text', { type: 'typing', conversationId: 'c', from, isTyping: 'true' }],
    [
      'a receipt of another status',
      { type: 'receipt', conversationId: 'c', messageId: 'm', from, status: 'sent' },
    ],
    ['a receipt of no message', { type: 'receipt', conversationId: 'c', from, status: 'read' }],
    ['a type that is a number', { type: 7 }],
    ['a list', [message]],
    ['null', null],
    ['a text', 'message'],
  ])('%s is invalid', (_, frame) => {
    expect(decode(frame)).toEqual([{ type: 'invalid', reason: expect.any(String) }]);
  });

  it.each<[string, Record<string, unknown>, GatewayEvent]>([
    [
      'a server’s time that is none',
      { type: 'auth', status: 'success', serverTime: 'noon' },
      { type: 'authenticated', serverTime: null },
    ],
    [
      'a reason that is a number',
      { type: 'auth', status: 'failed', code: 7, message: [] },
      { type: 'refused', message: 'Authentication failed.' },
    ],
    [
      'a conversation without an id',
      { type: 'conversation', status: 'queued' },
      { type: 'conversation', conversation: { conversationId: null, status: 'queued' } },
    ],
    [
      'a conversation with an empty id',
      { type: 'conversation', conversationId: '', status: 'ended' },
      { type: 'conversation', conversation: { conversationId: null, status: 'ended' } },
    ],
    [
      'a place in the queue that is a text',
      { type: 'conversation', conversationId: 'c', status: 'queued', position: '1' },
      { type: 'conversation', conversation: { conversationId: 'c', status: 'queued' } },
    ],
    [
      'an unknown status',
      { type: 'conversation', conversationId: 'c', status: 'paused' },
      {
        type: 'conversation',
        conversation: { conversationId: 'c', status: null, unknownStatus: 'paused' },
      },
    ],
    [
      'no status',
      { type: 'conversation', conversationId: 'c', position: 2 },
      {
        type: 'conversation',
        conversation: { conversationId: 'c', status: null, unknownStatus: 'none', position: 2 },
      },
    ],
    ...[0, -1, 1.5, '1', 2 ** 53, {}].map(
      (sequence): [string, Record<string, unknown>, GatewayEvent] => [
        `the sequence ${JSON.stringify(sequence)}`,
        { ...message, sequence },
        { type: 'message', message: { ...reported, sequence: null } },
      ],
    ),
    ...[null, undefined, 7, '', [], { a: 1 }].flatMap(
      (value): [string, Record<string, unknown>, GatewayEvent][] => [
        [
          `the conversation ${JSON.stringify(value)}`,
          { ...message, conversationId: value },
          { type: 'message', message: { ...reported, conversationId: null } },
        ],
        [
          `the id ${JSON.stringify(value)}`,
          { ...message, messageId: value },
          { type: 'message', message: { ...reported, messageId: null } },
        ],
        [
          `the timestamp ${JSON.stringify(value)}`,
          { ...message, timestamp: value },
          { type: 'message', message: { ...reported, timestamp: null } },
        ],
      ],
    ),
    [
      'a timestamp in numbers',
      { ...message, timestamp: at },
      { type: 'message', message: { ...reported, timestamp: null } },
    ],
    [
      'a month that there is not',
      { ...message, timestamp: '2024-13-12T14:32:10.250Z' },
      { type: 'message', message: { ...reported, timestamp: null } },
    ],
    [
      'an id of 513 characters',
      { ...message, messageId: 'x'.repeat(513) },
      { type: 'message', message: { ...reported, messageId: null } },
    ],
    ...[null, undefined, 7, 'agent', []].map(
      (value): [string, Record<string, unknown>, GatewayEvent] => [
        `the sender ${JSON.stringify(value)}`,
        { ...message, from: value },
        { type: 'message', message: { ...reported, from: { id: '', name: '', role: null } } },
      ],
    ),
    [
      'an empty sender',
      { ...message, from: {} },
      { type: 'message', message: { ...reported, from: { id: '', name: '', role: null } } },
    ],
    [
      'a sender of numbers',
      { ...message, from: { id: 1, name: 2, role: 3 } },
      { type: 'message', message: { ...reported, from: { id: '', name: '', role: null } } },
    ],
    ['no type', { ...message, type: undefined }, { type: 'message', message: reported }],
    ['a type that is a number', { ...message, type: 7 }, { type: 'message', message: reported }],
    [
      'typing of nobody',
      { type: 'typing', isTyping: true },
      {
        type: 'typing',
        conversationId: null,
        from: { id: '', name: '', role: null },
        isTyping: true,
      },
    ],
    [
      'a receipt of nobody',
      { type: 'receipt', messageId: 'm', status: 'read' },
      {
        type: 'receipt',
        conversationId: null,
        messageId: 'm',
        from: { id: '', name: '', role: null },
        status: 'read',
      },
    ],
    [
      'an error without a code',
      { type: 'error', message: 'x' },
      {
        type: 'problem',
        problem: {
          kind: 'other',
          message: 'x',
          conversationId: null,
          messageId: null,
          retryAfter: null,
        },
      },
    ],
    [
      'an error of numbers',
      { type: 'error', code: 1, message: 2, conversationId: 3, messageId: 4, retryAfter: '5' },
      {
        type: 'problem',
        problem: {
          kind: 'other',
          message: 'The gateway reported an error.',
          conversationId: null,
          messageId: null,
          retryAfter: null,
        },
      },
    ],
    [
      'a time to wait that has gone',
      { type: 'error', code: 'RATE_LIMITED', retryAfter: -1 },
      {
        type: 'problem',
        problem: {
          kind: 'rate-limited',
          message: 'RATE_LIMITED',
          conversationId: null,
          messageId: null,
          retryAfter: null,
        },
      },
    ],
  ])('%s is as if it were not there', (_, frame, event) => {
    expect(decode(frame)).toStrictEqual([event]);
  });

  it('keeps forty characters of an unknown status', () => {
    const frame = { type: 'conversation', conversationId: 'c', status: 'x'.repeat(60_000) };
    expect(decode(frame)).toMatchObject([{ conversation: { unknownStatus: 'x'.repeat(40) } }]);
  });

  it.each([
    ['the greatest sequence', { sequence: 2 ** 53 - 1 }],
    ['an id of one character', { messageId: 'x' }],
    ['an id of 512 characters', { messageId: 'x'.repeat(512), conversationId: 'y'.repeat(512) }],
    ...oddIds.map((id): [string, object] => [
      `the id ${id.slice(0, 20)}`,
      { messageId: id, conversationId: id },
    ]),
  ])('%s is as it should be', (_, changes) => {
    expect(decode({ ...message, ...changes })).toEqual([
      { type: 'message', message: { ...reported, ...changes } },
    ]);
  });

  it.each(['toString', '__proto__', 'Message', '', 'presence'])(
    'the type %j is ignored',
    (type) => {
      expect(adapter.decode(`{"type":${JSON.stringify(type)}}`)).toEqual([]);
    },
  );

  it('says what is wrong with a frame, and not what is in it', () => {
    const [invalid] = decode({ ...message, text: 7, from: { ...from, name: 'Ada Lovelace' } });
    expect(invalid).toEqual({ type: 'invalid', reason: expect.stringContaining('text') });
    expect(JSON.stringify(invalid)).not.toContain('Lovelace');
  });
});

describe('a frame of 64 KiB', () => {
  const limit = 65_536;
  const frameOf = (bytes: number, character: string) => {
    const empty = JSON.stringify({ ...message, text: '' });
    const width = Buffer.byteLength(character);
    const count = Math.floor((bytes - empty.length) / width);
    const rest = bytes - empty.length - count * width;
    const frame = JSON.stringify({ ...message, text: character.repeat(count) + 'x'.repeat(rest) });
    expect(Buffer.byteLength(frame)).toBe(bytes);
    return frame;
  };

  it.each(['x', 'ß', '€', '🤪', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '\u{10000}'])(
    'is read, and one byte more is not, in characters such as %s',
    (character) => {
      expect(adapter.decode(frameOf(limit - 1, character))).toMatchObject([{ type: 'message' }]);
      expect(adapter.decode(frameOf(limit, character))).toMatchObject([{ type: 'message' }]);
      expect(adapter.decode(frameOf(limit + 1, character))).toEqual([
        { type: 'invalid', reason: 'Frame exceeds 64 KiB.' },
      ]);
    },
  );
});

describe('the payload of a ping', () => {
  const nested = (levels: number) =>
    `{"type":"ping","payload":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  it.each([
    [99, 'ping'],
    [101, 'ping'],
    [102, 'invalid'],
    [20_000, 'invalid'],
  ])('of %i lists in one another is a %s', (levels, type) => {
    expect(adapter.decode(nested(levels))).toMatchObject([{ type }]);
  });
});

describe('error codes', () => {
  it.each<[string, GatewayProblemKind]>([
    ['INVALID_FRAME', 'invalid-frame'],
    ['CONVERSATION_NOT_FOUND', 'conversation-not-found'],
    ['CONVERSATION_ENDED', 'conversation-ended'],
    ['MESSAGE_TOO_LONG', 'message-too-long'],
    ['RATE_LIMITED', 'rate-limited'],
    ['INTERNAL', 'other'],
    ['INVALID_TOKEN', 'other'],
    ['rate_limited', 'other'],
    ['', 'other'],
  ])('%s is about: %s', (code, kind) => {
    const whole = { conversationId: 'c', messageId: 'm', retryAfter: 1.5 };
    expect(decode({ type: 'error', code, message: 'Words.', ...whole })).toEqual([
      {
        type: 'problem',
        problem: {
          kind,
          message: 'Words.',
          conversationId: 'c',
          messageId: 'm',
          retryAfter: 1_500,
        },
      },
    ]);
    const nothing = {
      kind,
      message: code,
      conversationId: null,
      messageId: null,
      retryAfter: null,
    };
    expect(decode({ type: 'error', code })).toEqual([{ type: 'problem', problem: nothing }]);
    const none = { message: null, conversationId: null, messageId: null, retryAfter: null };
    expect(decode({ type: 'error', code, ...none })).toEqual([
      { type: 'problem', problem: nothing },
    ]);
  });

  it('TOKEN_EXPIRED is an event of its own', () => {
    expect(decode({ type: 'error', code: 'TOKEN_EXPIRED', message: 'x', retryAfter: 3 })).toEqual([
      { type: 'token-expired' },
    ]);
  });

  it.each([
    [0, 0],
    [0.5, 500],
    [3, 3_000],
    [3_600, 3_600_000],
  ])('a wait of %d s is %i ms', (retryAfter, wait) => {
    expect(decode({ type: 'error', code: 'RATE_LIMITED', retryAfter })).toMatchObject([
      { problem: { retryAfter: wait } },
    ]);
  });
});

describe('close codes', () => {
  const meanings: [CloseMeaning, number[]][] = [
    ['network', [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4008]],
    ['client-bug', [1008, 1009, 4003]],
    ['token', [4001]],
    ['too-many-connections', [4029]],
    // The meaning of these is not documented: they are retried.
    [
      'network',
      [0, 1002, 1003, 1007, 1010, 1014, 1015, 3000, 4000, 4002, 4004, 4009, 4028, 4030, 4999],
    ],
  ];
  it.each(
    meanings.flatMap(([meaning, codes]) =>
      codes.map((code): [number, CloseMeaning] => [code, meaning]),
    ),
  )('%i means: %s', (code, meaning) => {
    expect(adapter.closeMeaning(code)).toBe(meaning);
  });
});

describe('a REST call', () => {
  const since = { type: 'history-since', conversationId: 'c', since: at, cursor: null } as const;
  const headers = { authorization: 'Bearer the token', accept: 'application/json' };
  const messages = 'https://api.example/api/v2/conversations/messages';

  it.each<[RestCall, string, [string, string][]]>([
    [
      since,
      messages,
      [
        ['conversationId', 'c'],
        ['since', timestamp],
        ['limit', '50'],
      ],
    ],
    [
      { ...since, cursor: 'next page' },
      messages,
      [
        ['conversationId', 'c'],
        ['since', timestamp],
        ['limit', '50'],
        ['cursor', 'next page'],
      ],
    ],
    [
      { type: 'history-before', conversationId: 'c', before: { sequence: 1 } },
      messages,
      [
        ['conversationId', 'c'],
        ['before', '1'],
        ['limit', '50'],
      ],
    ],
    [
      { type: 'history-before', conversationId: 'c', before: { instant: at }, cursor: 'none here' },
      messages,
      [
        ['conversationId', 'c'],
        ['before', timestamp],
        ['limit', '50'],
      ],
    ],
    [
      { type: 'conversation', conversationId: 'c' },
      'https://api.example/api/v2/conversations/c',
      [],
    ],
    [{ type: 'skill-groups' }, 'https://api.example/api/v2/routing/skillgroups', []],
    [
      { type: 'skill-coverage', skillGroups: ['A', 'Tier 1 & 2', 'Größe+'] },
      'https://api.example/api/v2/workforcemanagement/skillcoverage',
      [['skillGroups', 'A,Tier 1 & 2,Größe+']],
    ],
  ])('%o asks at its address', (call, address, parameters) => {
    const request = adapter.request(call, 'the token');
    expect(request).toEqual({ method: 'GET', url: expect.any(String), headers, body: null });
    const url = new URL(request.url);
    expect(`${url.origin}${url.pathname}`).toBe(address);
    expect([...url.searchParams]).toEqual(parameters);
    expect(url.hash).toBe('');
  });

  it('sends a message as the client named it', () => {
    const call = {
      type: 'send-message',
      conversationId: 'c/1',
      messageId: 'm?1',
      text: 'ß "x"',
    } as const;
    const request = adapter.request(call, 'the token');
    expect(request).toEqual({
      method: 'POST',
      url: messages,
      headers: { ...headers, 'content-type': 'application/json' },
      body: expect.any(String),
    });
    expect(JSON.parse(request.body ?? '')).toEqual({
      conversationId: 'c/1',
      messageId: 'm?1',
      text: 'ß "x"',
    });
  });

  it.each(oddIds)('reaches the conversation, the page and the skill group %s', (id) => {
    const parameters = (call: RestCall) => new URL(adapter.request(call, 't').url).searchParams;
    const page = parameters({ ...since, conversationId: id, cursor: id });
    expect(page.getAll('conversationId')).toEqual([id]);
    expect(page.getAll('cursor')).toEqual([id]);
    expect(page.getAll('limit')).toEqual(['50']);
    const before = { sequence: 7 };
    const earlier = parameters({ type: 'history-before', conversationId: id, before });
    expect([earlier.getAll('conversationId'), earlier.get('before')]).toEqual([[id], '7']);
    const coverage = parameters({ type: 'skill-coverage', skillGroups: [id] });
    expect([...coverage]).toEqual([['skillGroups', id]]);
    const { pathname, search, hash } = new URL(
      adapter.request({ type: 'conversation', conversationId: id }, 't').url,
    );
    const [empty, ...segments] = pathname.split('/').map(decodeURIComponent);
    expect([empty, ...segments]).toEqual(['', 'api', 'v2', 'conversations', id]);
    expect([search, hash]).toEqual(['', '']);
  });
});

describe('a REST answer', () => {
  const since = { type: 'history-since', conversationId: 'c', since: 0, cursor: null } as const;
  const answer = (call: RestCall, body: unknown, status = 200, retryAfter: string | null = null) =>
    adapter.response(call, { status, retryAfter, body: JSON.stringify(body) });
  const { type: _, ...entity } = message;

  it.each<[number, string | null, RestFailureKind]>([
    [300, null, 'rejected'],
    [400, null, 'rejected'],
    [400, 'INVALID_FRAME', 'rejected'],
    [400, 'MESSAGE_TOO_LONG', 'too-long'],
    [413, 'MESSAGE_TOO_LONG', 'too-long'],
    [401, null, 'unauthorized'],
    [401, 'TOKEN_EXPIRED', 'unauthorized'],
    [403, null, 'forbidden'],
    [404, 'CONVERSATION_NOT_FOUND', 'not-found'],
    [404, null, 'not-found'],
    [408, null, 'unavailable'],
    [409, 'CONVERSATION_ENDED', 'ended'],
    [409, null, 'ended'],
    [410, 'CONVERSATION_ENDED', 'ended'],
    [418, null, 'rejected'],
    [429, 'RATE_LIMITED', 'rate-limited'],
    [429, null, 'rate-limited'],
    [499, null, 'rejected'],
    [500, 'INTERNAL', 'unavailable'],
    [502, null, 'unavailable'],
    [503, null, 'unavailable'],
    [599, null, 'unavailable'],
    [199, null, 'rejected'],
    [0, null, 'rejected'],
  ])('of %i with the code %s is: %s', (status, code, kind) => {
    const reported = answer(since, { code, message: 'Words.' }, status);
    expect(reported).toEqual({ ok: false, failure: { kind, message: 'Words.', retryAfter: null } });
    const silent = answer(since, code === null ? {} : { code }, status);
    expect(silent).toMatchObject({
      failure: { kind, message: `The gateway returned status ${status}.` },
    });
  });

  it.each([
    ['0', 0],
    ['2', 2_000],
    [' 2 ', 2_000],
    ['1.5', 1_500],
    ['120', 120_000],
    ['', null],
    ['-1', null],
    ['2s', null],
    ['2.', null],
    ['1e3', null],
    ['soon', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    [null, null],
  ])('that says Retry-After: %s asks for %s ms', (header, wait) => {
    for (const status of [429, 503]) {
      expect(answer(since, {}, status, header)).toMatchObject({ failure: { retryAfter: wait } });
    }
  });

  it('of messages is every message of that conversation, in order, with the next page', () => {
    const entities = [
      { ...entity, messageId: 'm1', sequence: null },
      { ...entity, messageId: 'm2', type: 'message' },
      { ...entity, conversationId: 'other' },
      { ...entity, sequence: 0 },
      null,
      { ...entity, messageId: 'm3' },
      { sequence: 3, from, text: 'hi' },
      { ...entity, text: null },
    ];
    const calls: RestCall[] = [
      since,
      { type: 'history-before', conversationId: 'c', before: { sequence: 9 } },
    ];
    for (const call of calls) {
      expect(answer(call, { entities, nextPage: 'a/b' })).toEqual({
        ok: true,
        value: {
          type: 'history',
          messages: [
            { ...reported, messageId: 'm1', sequence: null },
            { ...reported, messageId: 'm2' },
            { ...reported, sequence: null },
            { ...reported, messageId: 'm3' },
            { ...reported, conversationId: null, messageId: null, timestamp: null },
          ],
          nextCursor: 'a/b',
          invalidCount: 3,
        },
      });
    }
  });

  it.each([
    ['null', { entities: [], nextPage: null }],
    ['missing', { entities: [] }],
  ])('of messages has no next page where that is %s', (_, body) => {
    expect(answer(since, body)).toEqual({
      ok: true,
      value: { type: 'history', messages: [], nextCursor: null, invalidCount: 0 },
    });
  });

  const send = { type: 'send-message', conversationId: 'c', messageId: 'm', text: 'hi' } as const;
  const ask = { type: 'conversation', conversationId: 'c' } as const;
  const coverage = { type: 'skill-coverage', skillGroups: ['A', 'B'] } as const;

  it.each([200, 201, 299])('of %i to a message is that message', (status) => {
    expect(answer(send, entity, status)).toEqual({
      ok: true,
      value: { type: 'message', message: reported },
    });
  });

  it.each([
    ['its text', { text: undefined }, {}],
    ['its id', { messageId: undefined }, { messageId: null }],
    ['its conversation', { conversationId: undefined }, {}],
    ['its time', { timestamp: null }, { timestamp: null }],
    ['its sender', { from: undefined }, { from: { id: '', name: '', role: null } }],
    ['its sequence', { sequence: undefined }, { sequence: null }],
  ])('to a message may lack %s', (_, missing, read) => {
    expect(answer(send, { ...entity, ...missing })).toEqual({
      ok: true,
      value: { type: 'message', message: { ...reported, ...read } },
    });
  });

  it('to a message may be an empty object', () => {
    expect(answer(send, {}, 201)).toMatchObject({
      ok: true,
      value: { message: { conversationId: 'c', messageId: null, text: 'hi', timestamp: null } },
    });
  });

  it.each([
    [{ status: 'connected' }, { conversationId: 'c', status: 'connected' }],
    [
      { conversationId: 'c', status: 'paused' },
      { conversationId: 'c', status: null, unknownStatus: 'paused' },
    ],
    [{ conversationId: 'c' }, { conversationId: 'c', status: null, unknownStatus: 'none' }],
  ])('of a conversation may be %o', (body, conversation) => {
    expect(answer(ask, body)).toEqual({ ok: true, value: { type: 'conversation', conversation } });
  });

  it.each<[string, RestCall, unknown]>([
    ['an answer to a message that is no object', send, 'ok'],
    ['a message of another conversation', send, { ...entity, conversationId: 'other' }],
    ['a conversation that is no object', ask, []],
    ['messages that are no list', since, { entities: null }],
    ['nothing', since, null],
    ['a next page that is a number', since, { entities: [], nextPage: 2 }],
    ['another message', send, { ...entity, messageId: 'other' }],
    ['groups without a list', { type: 'skill-groups' }, {}],
    ['a group without a name', { type: 'skill-groups' }, { entities: [{ id: '1' }] }],
    ['a group with an empty name', { type: 'skill-groups' }, { entities: [{ name: '' }] }],
    ['a coverage without numbers', coverage, { entities: [{ skillGroup: 'A' }] }],
  ])('with %s is invalid', (_, call, body) => {
    expect(answer(call, body)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid', retryAfter: null },
    });
  });

  it('of a conversation says how it stands', () => {
    expect(answer(ask, { conversationId: 'c', status: 'queued', position: 3 })).toEqual({
      ok: true,
      value: {
        type: 'conversation',
        conversation: { conversationId: 'c', status: 'queued', position: 3 },
      },
    });
    expect(answer(ask, { conversationId: 'c', status: 'ended', position: null })).toEqual({
      ok: true,
      value: { type: 'conversation', conversation: { conversationId: 'c', status: 'ended' } },
    });
  });

  it('of skill groups is their names, letter for letter', () => {
    const entities = [
      { id: '1', name: 'Tier1_Support' },
      { id: '2', name: 'tier1_support' },
      { id: '3', name: 'x'.repeat(512) },
    ];
    expect(answer({ type: 'skill-groups' }, { entities })).toEqual({
      ok: true,
      value: {
        type: 'skill-groups',
        names: ['Tier1_Support', 'tier1_support', 'x'.repeat(512)],
      },
    });
  });

  it('of a coverage is of the groups that were asked for, and no others', () => {
    const entities = [
      { skillGroup: 'A', agentsOnShift: 0 },
      { skillGroup: 'a', agentsOnShift: 9 },
      { skillGroup: 'C', agentsOnShift: 9 },
      { skillGroup: 'B', agentsOnShift: 2, name: 'x' },
    ];
    expect(answer(coverage, { entities })).toEqual({
      ok: true,
      value: {
        type: 'skill-coverage',
        coverage: [
          { skillGroup: 'A', agentsOnShift: 0 },
          { skillGroup: 'B', agentsOnShift: 2 },
        ],
      },
    });
  });
});

describe('what the dialect promises', () => {
  it('is what the core relies on', () => {
    expect(adapter).toMatchObject({
      dialect: 'genesys-webchat',
      socketUrl: 'wss://gateway.example/webchat',
      traits: {
        authentication: 'frame',
        sequences: true,
        idempotentSend: true,
        restSend: true,
        history: 'since',
        minimumPingInterval: 0,
        routingApi: true,
        maximumTextLength: 4_096,
      },
    });
    expect(adapter.traits.maximumTextBytes).toBeUndefined();
    expect(adapter.traits.rateLimits).toBeUndefined();
  });
});

describe('an address', () => {
  it.each([
    ['wss://gateway.example/webchat', 'https://api.example'],
    ['ws://127.0.0.1:8080/webchat', 'http://127.0.0.1:8080/'],
    ['ws://127.200.3.4', 'http://127.200.3.4'],
    ['ws://localhost:8080/webchat', 'http://LOCALHOST'],
    ['ws://gateway.localhost/webchat', 'http://api.gateway.localhost:1/'],
    ['ws://[::1]:8080/webchat', 'http://[::1]'],
  ])('may be %s with %s', (socketUrl, apiUrl) => {
    const { request } = genesysWebchat({ socketUrl, apiUrl });
    expect(request({ type: 'skill-groups' }, 't').url).toBe(
      `${apiUrl.replace(/\/$/, '')}/api/v2/routing/skillgroups`,
    );
  });

  it.each([
    ['socketUrl', { socketUrl: 'https://gateway.example' }],
    ['socketUrl', { socketUrl: 'xwss://gateway.example' }],
    ['socketUrl', { socketUrl: 'wss:///webchat' }],
    ['socketUrl', { socketUrl: 'gateway.example' }],
    ['socketUrl', { socketUrl: undefined }],
    ['query', { socketUrl: 'wss://gateway.example/webchat?token=x' }],
    ['query', { socketUrl: 'wss://gateway.example?' }],
    ['fragment', { socketUrl: 'wss://gateway.example/webchat#' }],
    ...[
      'gateway.example',
      'localhost.example',
      '127.0.0.1.example',
      '127.1',
      '128.0.0.1',
      '10.0.0.1',
      '0.0.0.0',
      '2130706433',
      '[::2]',
      '[::ffff:10.0.0.1]',
      'notlocalhost',
      '.localhost',
    ].flatMap((host): [string, object][] => [
      ['socketUrl: must be wss:', { socketUrl: `ws://${host}/webchat` }],
      ['socketUrl: must be wss:', { socketUrl: `ws://${host}:8080/webchat` }],
      ['apiUrl: must be https:', { apiUrl: `http://${host}` }],
    ]),
    // Where a browser sees another host than the check might.
    ...[
      'localhost@gateway.example',
      'localhost:1@gateway.example',
      'gateway.example\\.localhost',
      'localhost\\@gateway.example',
      'gateway.example#.localhost',
      'gateway.example?.localhost',
      'local host',
    ].flatMap((host): [string, object][] => [
      ['socketUrl', { socketUrl: `ws://${host}` }],
      ['apiUrl', { apiUrl: `http://${host}` }],
      ['socketUrl', { socketUrl: `wss://${host}`, allowInsecure: true }],
      ['apiUrl', { apiUrl: `https://${host}`, allowInsecure: true }],
    ]),
    ['apiUrl', { apiUrl: 'https://api.example?key=x' }],
    ['allowInsecure', { allowInsecure: 'yes' }],
    ['apiUrl', { apiUrl: 'https://api.example/v2' }],
    ['apiUrl', { apiUrl: 'https://api.example//' }],
    ['apiUrl', { apiUrl: 'wss://api.example' }],
    ['apiUrl', { apiUrl: 'xhttps://api.example' }],
    ['apiUrl', { apiUrl: 'https://' }],
    ['tokenUrl', { tokenUrl: '/chat/token' }],
  ])('in %s may not be %o', (name, wrong) => {
    const good = { socketUrl: 'wss://gateway.example/webchat', apiUrl: 'https://api.example' };
    const create = () => genesysWebchat(Object.assign({}, good, wrong));
    expect(create).toThrow(`genesysWebchat: `);
    expect(create).toThrow(name);
    expect(create).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});
