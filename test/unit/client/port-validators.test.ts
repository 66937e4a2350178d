import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import {
  isCallAnswer,
  isConversation,
  isEarlier,
  isHello,
  isRedirect,
  isStreamMessage,
} from '../../../src/client/validation/port-validators.ts';
import type { Validator } from '../../../src/client/validation/validator.ts';
import { redirectSchema } from '../../../src/protocol/builds.ts';
import {
  callAnswerSchema,
  earlierSchema,
  helloSchema,
  streamMessageSchema,
} from '../../../src/protocol/port.ts';
import { conversationSchema } from '../../../src/protocol/schemas.ts';

const problem = { code: 'rejected', message: 'No.' };
const message = {
  messageId: 'm1',
  conversationId: 'c1',
  sequence: 7,
  from: { id: 'a1', name: 'Ada', role: 'agent' },
  text: 'hello',
  timestamp: 1_700_000_000_000,
  status: 'received',
  failure: null,
  missingBefore: 0,
  position: [1, 7, 0, 0],
};
const content = [{ type: 'link', url: 'https://shop.example/', text: 'Here' }];
const rich = { ...message, content, aliases: ['m0'] };
const failed = {
  ...message,
  conversationId: null,
  sequence: null,
  status: 'failed',
  failure: problem,
};
const conversation = {
  conversationId: 'c1',
  status: 'queued',
  position: 3,
  expiresAt: 1_700_000_000_000,
};
const shared = {
  connection: { phase: 'failed', attempt: 1, retryAt: null, transport: 'none', problem },
  conversation,
  unread: 2,
  typing: { id: 'a1', name: 'Ada' },
  draft: 'half a',
  hub: { kind: 'shared-worker', epoch: 'e.0', build: '1.2', tabs: 3, persistent: true },
  routing: { kind: 'stalled', since: 1_700_000_000_000, reason: 'busy' },
};
const head = { epoch: 'e.0', revision: 4 };
const readMark = { conversationId: 'c1', position: [1, 7, 0, 0] };

interface Case {
  readonly validate: Validator<unknown>;
  readonly schema: z.ZodMiniType;
  readonly samples: readonly object[];
}

const cases: Readonly<Record<string, Case>> = {
  stream: {
    validate: isStreamMessage,
    schema: streamMessageSchema,
    samples: [
      {
        type: 'snapshot',
        ...head,
        visitor: 'v',
        resetCount: 0,
        shared,
        messages: [message, failed],
        hasEarlier: true,
      },
      { type: 'patch', ...head, shared, upserts: [failed], removed: ['m0'], readMark },
      { type: 'patch', ...head, shared: {}, upserts: [], removed: [], readMark: null },
      { type: 'head', ...head },
      { type: 'alert', epoch: 'e.0', message },
      { type: 'alert', epoch: 'e.0', message: null },
    ],
  },
  answer: {
    validate: isCallAnswer,
    schema: callAnswerSchema,
    samples: [
      { ok: true, epoch: 'e.0', value: null },
      { ok: false, epoch: 'e.0', problem },
    ],
  },
  earlier: {
    validate: isEarlier,
    schema: earlierSchema,
    samples: [{ messages: [rich, failed], hasEarlier: false }],
  },
  conversation: {
    validate: isConversation,
    schema: conversationSchema,
    samples: [conversation, { conversationId: 'c1', status: 'ended' }],
  },
  hello: {
    validate: isHello,
    schema: helloSchema,
    samples: [
      { type: 'partyline-hello', epoch: 'e.0', protocolVersion: 1, build: '1', name: 'de' },
    ],
  },
  redirect: {
    validate: isRedirect,
    schema: redirectSchema,
    samples: [
      {
        type: 'partyline-redirect',
        address: { url: 'https://shop.example/hub.js', name: 'partyline' },
      },
      { type: 'partyline-redirect', address: null },
    ],
  },
};

type Path = readonly string[];

function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((path) => [key, ...path]),
  ]);
}

const gone = Symbol('gone');

/** A copy of `value` with something else at `path`, or nothing. */
function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const copy: unknown = structuredClone(value);
  if (typeof copy !== 'object' || copy === null) return copy;
  const inner = changed(Reflect.get(copy, key), rest, to);
  if (inner === gone) Reflect.deleteProperty(copy, key);
  else Reflect.set(copy, key, inner);
  return copy;
}

const oddities = [
  gone,
  undefined,
  null,
  0,
  -1.5,
  Number.NaN,
  '',
  'odd',
  true,
  [],
  {},
  [1, 2, 3, 4],
];

/**
 * Where a page is less strict: enum values, of which a newer hub may have more; addresses, which the
 * browser checks; content that only the panel reads.
 */
const lenient = ['code', 'status', 'role', 'phase', 'transport', 'kind', 'url', 'name'];

function isLenient(path: Path): boolean {
  return (
    lenient.includes(path.at(-1) ?? '') || path.includes('content') || path.includes('routing')
  );
}

describe.each(Object.entries(cases))(
  'the validator of %s',
  (_name, { validate, schema, samples }) => {
    it('accepts what the schema accepts', () => {
      for (const sample of samples) {
        expect(schema.safeParse(sample).success).toBe(true);
        expect(validate(sample)).toBe(true);
      }
    });

    it('rejects what the schema rejects', { timeout: 30_000 }, () => {
      const change = fc
        .constantFrom(...samples)
        .chain((sample) =>
          fc.tuple(
            fc.constant(sample),
            fc.constantFrom(...pathsOf(sample)),
            fc.oneof(fc.constantFrom(...oddities), fc.anything()),
          ),
        );
      fc.assert(
        fc.property(change, ([sample, path, to]) => {
          fc.pre(!isLenient(path));
          const odd = changed(sample, path, to);
          expect(validate(odd)).toBe(schema.safeParse(odd).success);
        }),
        { numRuns: 2_000 },
      );
    });

    it('rejects what is no object', () => {
      for (const odd of [undefined, null, 7, 'odd', true, []]) expect(validate(odd)).toBe(false);
    });
  },
);

describe('an enum value of a newer hub', () => {
  it('does not make the message invalid', () => {
    const failure = { code: 'from-the-future', message: 'Words that are shown.' };
    const row = { ...failed, failure };
    expect(isEarlier({ messages: [row], hasEarlier: false })).toBe(true);
    expect(isEarlier({ messages: [{ ...row, failure: { code: 7 } }], hasEarlier: false })).toBe(
      false,
    );
  });
});
