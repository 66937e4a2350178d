import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Guard } from '../../../src/client/guard.ts';
import {
  isCallAnswer,
  isConversation,
  isEarlier,
  isHello,
  isMoved,
  isStreamMessage,
} from '../../../src/client/guards.ts';
import { movedSchema } from '../../../src/protocol/builds.ts';
import {
  callAnswerSchema,
  earlierSchema,
  helloSchema,
  streamMessageSchema,
} from '../../../src/protocol/port.ts';
import { conversationSchema } from '../../../src/protocol/schemas.ts';
import type { z } from '../../../src/protocol/zod.ts';

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
const failed = {
  ...message,
  conversationId: null,
  sequence: null,
  status: 'failed',
  failure: problem,
};
const choice = { type: 'reply', text: 'Yes', payload: 'yes', url: null, imageUrl: null };
const rich = {
  ...message,
  aliases: ['m1-again'],
  content: [
    {
      type: 'attachment',
      attachmentId: 'f1',
      url: null,
      name: 'a.png',
      kind: 'image',
      mime: 'image/png',
      size: 12,
      text: null,
    },
    { type: 'choices', title: null, choices: [choice] },
    {
      type: 'cards',
      cards: [{ title: 'Mug', description: null, imageUrl: null, link: choice, choices: [choice] }],
    },
    {
      type: 'list',
      title: null,
      subtitle: null,
      sections: [
        {
          title: null,
          isMultiple: false,
          items: [{ id: 'i1', title: 'One', subtitle: null, imageUrl: null }],
        },
      ],
    },
    {
      type: 'times',
      title: null,
      subtitle: null,
      imageUrl: null,
      times: [{ dateTime: '2026-01-01T10:00Z', at: 1, duration: null }],
    },
    { type: 'answer', kind: 'button', text: 'Yes', payload: 'yes' },
    { type: 'link', url: 'https://shop.example/', text: 'Shop' },
    { type: 'unsupported', name: 'Dance', title: null },
  ],
};
const notices = [
  { kind: 'refused', problems: ['No.'], suggested: { skillGroups: ['Billing'], priority: 2 } },
  { kind: 'uncovered', skillGroups: ['Billing'], isAsking: true },
  { kind: 'unchecked' },
  { kind: 'stalled', since: 1, reason: 'busy' },
];
const conversation = { conversationId: 'c1', status: 'queued', position: 3 };
const shared = {
  connection: { phase: 'failed', attempt: 1, retryAt: null, transport: 'none', problem },
  conversation,
  unread: 2,
  typing: { id: 'a1', name: 'Ada' },
  draft: 'half a',
  hub: { kind: 'shared-worker', epoch: 'e.0', build: '1.2', tabs: 3, persistent: true },
};
const head = { epoch: 'e.0', revision: 4 };
const readMark = { conversationId: 'c1', position: [1, 7, 0, 0] };

interface Case {
  readonly guard: Guard<unknown>;
  readonly schema: z.ZodMiniType;
  readonly samples: readonly object[];
}

const cases: Readonly<Record<string, Case>> = {
  stream: {
    guard: isStreamMessage,
    schema: streamMessageSchema,
    samples: [
      {
        type: 'snapshot',
        ...head,
        visitor: 'v',
        wipes: 0,
        shared: { ...shared, routing: null },
        messages: [message, failed],
        hasEarlier: true,
      },
      { type: 'patch', ...head, shared, upserts: [failed], removed: ['m0'], readMark },
      { type: 'patch', ...head, shared: {}, upserts: [], removed: [], readMark: null },
      ...notices.map((routing) => ({
        type: 'patch',
        ...head,
        shared: { routing },
        upserts: [],
        removed: [],
        readMark: null,
      })),
      { type: 'head', ...head },
      { type: 'alert', epoch: 'e.0', message },
      { type: 'alert', epoch: 'e.0', message: null },
    ],
  },
  answer: {
    guard: isCallAnswer,
    schema: callAnswerSchema,
    samples: [
      { ok: true, epoch: 'e.0', value: null },
      { ok: false, epoch: 'e.0', problem },
    ],
  },
  earlier: {
    guard: isEarlier,
    schema: earlierSchema,
    samples: [{ messages: [message, failed, rich], hasEarlier: false }],
  },
  conversation: {
    guard: isConversation,
    schema: conversationSchema,
    samples: [conversation, { conversationId: 'c1', status: 'ended' }],
  },
  hello: {
    guard: isHello,
    schema: helloSchema,
    samples: [{ type: 'partyline-hello', epoch: 'e.0', protocolVersion: 1, build: '1' }],
  },
  moved: {
    guard: isMoved,
    schema: movedSchema,
    samples: [
      {
        type: 'partyline-moved',
        address: { url: 'https://shop.example/hub.js', name: 'partyline' },
      },
      { type: 'partyline-moved', address: null },
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

/** Where a page is less strict: a newer hub's code, and an address that the browser checks anyway. */
function isLenient(path: Path): boolean {
  // What is sent back is checked there again.
  if (path.includes('suggested')) return true;
  return ['code', 'url'].includes(path.at(-1) ?? '');
}

describe.each(Object.entries(cases))('the guard of %s', (_name, { guard, schema, samples }) => {
  it('takes what the schema takes', () => {
    for (const sample of samples) {
      expect(schema.safeParse(sample).success).toBe(true);
      expect(guard(sample)).toBe(true);
    }
  });

  it('refuses what the schema refuses', () => {
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
        expect(guard(odd)).toBe(schema.safeParse(odd).success);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses what is no object', () => {
    for (const odd of [undefined, null, 7, 'odd', true, []]) expect(guard(odd)).toBe(false);
  });
});

describe('a code of a newer hub', () => {
  it('does not hide the message that bears it', () => {
    const failure = { code: 'from-the-future', message: 'Words that are shown.' };
    const row = { ...failed, failure };
    expect(isEarlier({ messages: [row], hasEarlier: false })).toBe(true);
    expect(isEarlier({ messages: [{ ...row, failure: { code: 7 } }], hasEarlier: false })).toBe(
      false,
    );
  });
});
