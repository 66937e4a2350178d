import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartylineError } from '../../../src/protocol/errors.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';

const adapter = genesysWebchat({
  socketUrl: 'wss://gateway.example/webchat',
  apiUrl: 'https://api.example',
});
const decode = (frame: unknown) => adapter.decode(JSON.stringify(frame));

const message = {
  type: 'message',
  conversationId: 'c',
  messageId: 'm',
  sequence: 3,
  from: { id: 'a', name: 'Ada', role: 'agent' },
  text: 'hi',
  timestamp: '2024-05-12T14:32:10.000Z',
};

describe('decode', () => {
  it('reads every frame of the gateway', () => {
    expect(
      decode({ type: 'auth', status: 'success', serverTime: '1970-01-01T00:00:01.000Z' }),
    ).toEqual([{ type: 'authenticated', serverTime: 1_000 }]);
    expect(
      decode({ type: 'auth', status: 'failed', code: 'INVALID_TOKEN', message: 'no' }),
    ).toEqual([{ type: 'refused', message: 'no' }]);
    expect(
      decode({ type: 'conversation', conversationId: 'c', status: 'queued', position: 2 }),
    ).toEqual([
      {
        type: 'conversation',
        conversation: { conversationId: 'c', status: 'queued', position: 2 },
      },
    ]);
    expect(decode(message)).toMatchObject([
      { type: 'message', message: { sequence: 3, timestamp: Date.UTC(2024, 4, 12, 14, 32, 10) } },
    ]);
    expect(decode({ type: 'ping', payload: { deep: [1] } })).toEqual([
      { type: 'ping', payload: { deep: [1] } },
    ]);
    expect(decode({ type: 'pong' })).toEqual([{ type: 'pong' }]);
    expect(decode({ type: 'error', code: 'TOKEN_EXPIRED', message: 'x' })).toEqual([
      { type: 'token-expired' },
    ]);
    expect(decode({ type: 'error', code: 'RATE_LIMITED', retryAfter: 3 })).toMatchObject([
      { type: 'problem', problem: { kind: 'rate-limited', retryAfter: 3_000 } },
    ]);
    expect(decode({ type: 'error', code: 'NEVER_HEARD_OF' })).toMatchObject([
      { type: 'problem', problem: { kind: 'other' } },
    ]);
  });

  it('shows an unknown role as the system’s, and a missing sequence as none', () => {
    const { sequence: _, ...unsequenced } = message;
    expect(decode({ ...unsequenced, from: { id: 'x', name: 'X', role: 'wizard' } })).toMatchObject([
      { message: { sequence: null, from: { role: 'system' } } },
    ]);
  });

  it('ignores types and keys that it does not know', () => {
    expect(decode({ type: 'from-the-future' })).toEqual([]);
    expect(decode({ ...message, mood: 'good' })[0]).not.toHaveProperty('message.mood');
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[1]'],
    ['no type', '{}'],
    ['a wrong shape', JSON.stringify({ ...message, text: 7 })],
    ['over 64 KiB', JSON.stringify({ ...message, text: 'x'.repeat(65_536) })],
    ['over 64 KiB in UTF-8', JSON.stringify({ ...message, text: '€'.repeat(22_000) })],
  ])('calls %s invalid', (_, text) => {
    expect(adapter.decode(text)).toMatchObject([{ type: 'invalid' }]);
  });

  it.each([
    ['hello', 'Frame is not valid JSON (SyntaxError).'],
    ['{}', 'Frame has no type.'],
  ])('says what is wrong with %j', (text, reason) => {
    expect(adapter.decode(text)).toEqual([{ type: 'invalid', reason }]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void adapter.decode(text)));
    const frame = fc.record(
      {
        type: fc.constantFrom(
          'auth',
          'message',
          'conversation',
          'typing',
          'receipt',
          'error',
          'ping',
        ),
        status: fc.anything(),
        conversationId: fc.anything(),
        messageId: fc.anything(),
        from: fc.anything(),
        text: fc.anything(),
        timestamp: fc.anything(),
        code: fc.anything(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(frame, (value) => {
        const text = JSON.stringify(value, (_, part: unknown) =>
          typeof part === 'bigint' ? String(part) : part,
        );
        adapter.decode(text ?? '');
      }),
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('encode', () => {
  it('writes the frames of the protocol', () => {
    const frame = (command: Parameters<typeof adapter.encode>[0]) =>
      adapter.encode(command, 'token').map((text): unknown => JSON.parse(text));
    expect(frame({ type: 'authenticate' })).toEqual([{ type: 'auth', token: 'token' }]);
    expect(frame({ type: 'open-conversation', routing: { skillGroups: ['A'] } })).toEqual([
      { type: 'routing', routing: { skillGroups: ['A'] } },
    ]);
    expect(frame({ type: 'mark-read', conversationId: 'c', messageId: 'm' })).toEqual([
      { type: 'receipt', conversationId: 'c', messageId: 'm', status: 'read' },
    ]);
    expect(frame({ type: 'answer-ping', payload: null })).toEqual([
      { type: 'pong', payload: null },
    ]);
    expect(frame({ type: 'answer-ping', payload: undefined })).toEqual([{ type: 'pong' }]);
  });
});

describe('REST', () => {
  const since = { type: 'history-since', conversationId: 'c/1', since: 0, cursor: null } as const;

  it('asks for history with an inclusive instant, and follows the cursor', () => {
    expect(adapter.request(since, 't')).toMatchObject({
      method: 'GET',
      url: 'https://api.example/api/v2/conversations/messages?conversationId=c%2F1&since=1970-01-01T00%3A00%3A00.000Z&limit=50',
      headers: { authorization: 'Bearer t' },
    });
    expect(adapter.request({ ...since, cursor: 'next' }, 't').url).toContain('&cursor=next');
  });

  it('keeps what it can read of a page and counts the rest', () => {
    const { type: _, ...entity } = message;
    const body = JSON.stringify({
      entities: [{ ...entity, conversationId: 'c/1' }, { ...entity, text: null }, entity],
      nextPage: null,
    });
    const result = adapter.response(since, { status: 200, retryAfter: null, body });
    expect(result).toMatchObject({
      ok: true,
      value: { messages: [{ messageId: 'm' }], invalidCount: 2 },
    });
  });

  it.each([
    [401, '{}', 'unauthorized'],
    [404, '{"code":"CONVERSATION_NOT_FOUND"}', 'not-found'],
    [409, '{"code":"CONVERSATION_ENDED"}', 'ended'],
    [429, '{"code":"RATE_LIMITED"}', 'rate-limited'],
    [503, '<html>', 'unavailable'],
    [200, '<html>', 'invalid'],
    [400, '{"code":"MESSAGE_TOO_LONG"}', 'too-long'],
  ])('understands %i %s', (status, body, kind) => {
    const result = adapter.response(since, { status, retryAfter: '2', body });
    expect(result).toMatchObject({ ok: false, failure: { kind } });
  });
});

describe('options', () => {
  it('tells a hub what the gateway can: it counts, knows a message again, and takes one by REST', () => {
    expect(adapter.traits).toMatchObject({
      authentication: 'frame',
      sequences: true,
      idempotentSend: true,
      restSend: true,
      routingApi: true,
    });
  });

  it('throws at once and names the option', () => {
    expect(() => genesysWebchat({ socketUrl: 'https://x', apiUrl: 'https://x' })).toThrow(
      /socketUrl/,
    );
    expect(() => genesysWebchat({ socketUrl: 'wss://x', apiUrl: 'https://x/api' })).toThrow(
      /apiUrl/,
    );
    expect(() => genesysWebchat({ socketUrl: 'wss://x', apiUrl: '' })).toThrow(PartylineError);
  });
});
