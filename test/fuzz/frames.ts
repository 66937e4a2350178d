import fc from 'fast-check';

/** What a hostile gateway may send: frames of every known type, nearly right, and bytes. */

const conversationId = fc.oneof(
  { weight: 8, arbitrary: fc.constant('conv-1') },
  fc.constantFrom('conv-2', '', '__proto__', 'constructor', 'x'.repeat(600)),
  fc.string({ maxLength: 20 }),
);

/** Few, so that they meet. */
const messageId = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }).map((number) => `m-${number}`) },
  fc.constantFrom('__proto__', 'toString', 'hasOwnProperty', '', 'own-1', 'own-2'),
);

const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }) },
  fc.constantFrom(0, -1, 0.5, 1e15, 2 ** 53, -(2 ** 31), 1e308),
);

const instant = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .integer({ min: 0, max: 100_000 })
      .map((ms) => new Date(1_700_000_000_000 + ms).toISOString()),
  },
  fc.constantFrom(
    '',
    'yesterday',
    '+275760-09-13T00:00:00.000Z',
    '-271821-04-20T00:00:00.000Z',
    '1970',
  ),
);

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 30 }) },
  fc.constantFrom('', '\u0000', '\ud800', '<img src=x onerror=alert(1)>', 'x'.repeat(40_000)),
);

const anything = fc.oneof(
  fc.constantFrom(null, true, false, 0, -1, '', [], {}, [[[[]]]]),
  fc.jsonValue({ maxDepth: 3 }),
);

const role = fc.constantFrom('visitor', 'agent', 'bot', 'system', '__proto__', 'admin');
const sender = fc.record({ id: fc.constantFrom('visitor-1', 'agent-1', ''), name: text, role });
const status = fc.constantFrom(
  'queued',
  'connected',
  'ended',
  'closed',
  'success',
  'failed',
  'read',
  'delivered',
);

/** Each field is mostly of its own kind, sometimes of another, sometimes missing. */
function nearly(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const mutated = Object.fromEntries(
    Object.entries(fields).map(([key, arbitrary]) => [
      key,
      fc.oneof({ weight: 30, arbitrary }, { weight: 1, arbitrary: anything }),
    ]),
  );
  return fc.record(mutated, { requiredKeys: [] });
}

const message = nearly({
  conversationId,
  messageId,
  sequence: fc.oneof(number, fc.constant(null)),
  from: sender,
  text,
  timestamp: instant,
});
const typed = (type: string, frame: fc.Arbitrary<object>) =>
  frame.map((fields) => ({ type, ...fields }));

const frame = fc.oneof(
  { weight: 8, arbitrary: typed('message', message) },
  {
    weight: 3,
    arbitrary: typed('conversation', nearly({ conversationId, status, position: number })),
  },
  {
    weight: 2,
    arbitrary: typed('receipt', nearly({ conversationId, messageId, from: sender, status })),
  },
  typed('typing', nearly({ conversationId, from: sender, isTyping: fc.boolean() })),
  typed('ping', nearly({ payload: anything })),
  typed('pong', nearly({})),
  typed('auth', nearly({ status, serverTime: instant, code: text, message: text })),
  typed(
    'error',
    nearly({
      code: fc.constantFrom(
        'TOKEN_EXPIRED',
        'INVALID_FRAME',
        'CONVERSATION_NOT_FOUND',
        'CONVERSATION_ENDED',
        'MESSAGE_TOO_LONG',
        'RATE_LIMITED',
        'INTERNAL',
        '__proto__',
      ),
      message: text,
      conversationId,
      messageId,
      retryAfter: number,
    }),
  ),
  typed('from-the-future', nearly({ conversationId })),
);

const polluting = fc
  .tuple(frame, fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString'))
  .map(([fields, key]) =>
    JSON.stringify(fields).replace(
      '{',
      `{${JSON.stringify(key)}:{"polluted":true,"type":"message"},`,
    ),
  );

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new TextDecoder().decode(array));

/** A valid frame with a piece cut out, put in twice, or overwritten. */
const damaged = fc
  .tuple(frame, fc.nat(400), fc.nat(20), fc.string({ maxLength: 3 }))
  .map(([fields, at, length, put]) => {
    const whole = JSON.stringify(fields);
    return whole.slice(0, at) + put + whole.slice(at + length);
  });

const extreme = fc.constantFrom(
  '',
  'null',
  '[]',
  '7',
  '"message"',
  '{',
  '{"type":7}',
  '[['.repeat(20_000),
  `{"a":${'['.repeat(9_000)}`,
  `{"type":"ping","payload":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  JSON.stringify({ type: 'message', text: 'x'.repeat(70_000) }),
);

/** The text of one frame. */
export const hostileFrame: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: frame.map((fields) => JSON.stringify(fields)) },
  { weight: 2, arbitrary: polluting },
  { weight: 2, arbitrary: damaged },
  { weight: 1, arbitrary: bytes },
  { weight: 1, arbitrary: extreme },
);

/** What happens beside the frames: time, the socket's end, a visitor who goes on. */
export type Beside =
  | { readonly type: 'pass'; readonly by: number }
  | { readonly type: 'cut' }
  | { readonly type: 'say' };

export const beside: fc.Arbitrary<Beside> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.integer({ min: 0, max: 3_000 }).map((by): Beside => ({ type: 'pass', by })),
  },
  fc.constant<Beside>({ type: 'cut' }),
  { weight: 2, arbitrary: fc.constant<Beside>({ type: 'say' }) },
);
