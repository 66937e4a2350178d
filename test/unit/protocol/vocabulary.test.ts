import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import {
  buildSchema,
  compareBuilds,
  presenceSchema,
  redirectSchema,
  workerAddressSchema,
} from '../../../src/protocol/builds.ts';
import { callChannel, streamChannel } from '../../../src/protocol/channels.ts';
import { isDeeperThan } from '../../../src/protocol/depth.ts';
import {
  bootOf,
  hasVisitorChanged,
  isOtherGeneration,
  makeEpoch,
} from '../../../src/protocol/epoch.ts';
import {
  describeIssue,
  describeIssues,
  errorCodes,
  PartylineError,
} from '../../../src/protocol/errors.ts';
import { fileError, intersectMimeTypes } from '../../../src/protocol/files.ts';
import { hubChannel } from '../../../src/protocol/hub-name.ts';
import { aliveLock, hostLock, hubLock, tabLock } from '../../../src/protocol/locks.ts';
import {
  comparePlaces,
  comparePositions,
  isPosition,
  type Message,
  messageStatuses,
  type Position,
  placeIndex,
  withReadMark,
} from '../../../src/protocol/message.ts';
import { parseRetryAfter } from '../../../src/protocol/retry-after.ts';

describe('builds', () => {
  it.each([
    ['9', '10'],
    ['1.9', '1.10'],
    ['1.2', '1.2.1'],
    ['1.2.3', '2'],
    ['0', '0.0.1'],
    ['2026.9.30', '2026.10.1'],
    ['9007199254740990', '9007199254740991'],
    ['01', '2'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareBuilds(older, newer)).toBeLessThan(0);
    expect(compareBuilds(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['1', '1'],
    ['1', '1.0'],
    ['1.0.0', '1'],
    ['01', '1'],
    ['1.2.3', '1.2.3'],
  ])('%s is the same as %s', (one, other) => {
    expect(compareBuilds(one, other)).toBe(0);
    expect(compareBuilds(other, one)).toBe(0);
  });

  it.each(['0', '10', '1.2.3', '2026.11.29', '1'.repeat(64)])('%s is one', (build) => {
    expect(buildSchema.safeParse(build).success).toBe(true);
  });

  it.each([
    '',
    '.',
    '1.',
    '.1',
    '1..2',
    'v1',
    '1-beta',
    '1.x',
    ' 1',
    '1\n',
    '-1',
    '1'.repeat(65),
    1,
  ])('%j is none', (build) => {
    expect(buildSchema.safeParse(build).success).toBe(false);
  });

  it('a hub says whether and where it is', () => {
    const address = { url: 'https://shop.example/hub.js', name: '' };
    const presence = { type: 'partyline-build', boot: 'b', build: '1', isHolder: false, address };
    const isOne = (changes: object) =>
      presenceSchema.safeParse({ ...presence, ...changes }).success;
    const isName = (name: unknown) => workerAddressSchema.safeParse({ ...address, name }).success;
    expect([{}, { address: null }, { boot: 'x'.repeat(64) }].map(isOne)).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      [
        { type: 'partyline-redirect' },
        { boot: '' },
        { boot: 'x'.repeat(65) },
        { build: 'x' },
        { isHolder: 'yes' },
        { address: undefined },
        { address: 'https://shop.example/hub.js' },
      ].filter(isOne),
    ).toEqual([]);
    expect(['', 'x'.repeat(128), 'x'.repeat(129), null].map(isName)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const isMoved = (reported: unknown) => redirectSchema.safeParse(reported).success;
    expect(isMoved({ type: 'partyline-redirect', address: null })).toBe(true);
    expect(isMoved({ type: 'partyline-redirect', address })).toBe(true);
    expect(isMoved({ type: 'partyline-build', address: null })).toBe(false);
  });

  it.each(['HTTPS://shop.example/hub.js', 'file:///hub.js', 'a+b-c.d9:x'])(
    '%s is an address',
    (url) => {
      expect(workerAddressSchema.safeParse({ url, name: '' }).success).toBe(true);
    },
  );

  it.each(['//shop.example/hub.js', '1a:x', 'https:///', 'https: x', ' https://x', ':x'])(
    '%j is no address',
    (url) => {
      expect(workerAddressSchema.safeParse({ url, name: '' }).success).toBe(false);
    },
  );
});

describe('an epoch', () => {
  it('tells its boot, and whether the visitor changed in it', () => {
    expect(makeEpoch('boot', 0)).not.toBe(makeEpoch('boot', 1));
    expect([bootOf(makeEpoch('boot', 12)), bootOf('boot')]).toEqual(['boot', 'boot']);
    expect(isOtherGeneration(makeEpoch('a', 0), makeEpoch('a', 1))).toBe(true);
    expect(isOtherGeneration(makeEpoch('a', 1), makeEpoch('a', 10))).toBe(true);
    expect(isOtherGeneration(makeEpoch('a', 1), makeEpoch('a', 1))).toBe(false);
    // Another hub: its snapshot names its conversation.
    expect(isOtherGeneration(makeEpoch('a', 0), makeEpoch('b', 1))).toBe(false);
    expect(isOtherGeneration(makeEpoch('a', 0), makeEpoch('ab', 0))).toBe(false);
    expect(isOtherGeneration(makeEpoch('ab', 0), makeEpoch('a', 0))).toBe(false);
  });

  it.each([
    ['a.0', 'a.1', true],
    ['a.1', 'a.1', false],
    // A new hub begins with the last visitor.
    ['a.3', 'b.0', false],
    ['a.0', 'b.1', true],
    ['a.1', 'b.1', true],
    ['a.0', 'b.10', true],
    // The page had not met a hub.
    ['', 'b.1', false],
  ])('tells a page that the visitor changed: from “%s” to “%s”, %s', (before, after, changed) => {
    expect(hasVisitorChanged(before, after)).toBe(changed);
  });
});

it('names of locks and channels are never the same', () => {
  const ids = ['', 'a', 'b', 'hub', 'host', 'alive-a'];
  const names = [hubLock(''), hostLock(''), ...ids.flatMap((id) => [aliveLock(id), tabLock(id)])];
  expect(new Set(names).size).toBe(names.length);
  const channels = [hubChannel(''), ...ids.flatMap((id) => [callChannel(id), streamChannel(id)])];
  expect(new Set(channels).size).toBe(channels.length);
});

describe('a value of JSON', () => {
  const nested = (levels: number): unknown =>
    Array.from({ length: levels }).reduce<unknown>(
      (inner, _, index) => (index % 2 ? [inner] : { inner }),
      'x',
    );

  it.each([
    [0, 0, false],
    [1, 0, true],
    [8, 8, false],
    [9, 8, true],
    [100_000, 8, true],
  ])('of %i levels is deeper than %i: %s', (levels, limit, isIt) => {
    expect(isDeeperThan(nested(levels), limit)).toBe(isIt);
  });

  it('is as deep as its deepest part', () => {
    expect(isDeeperThan([1, null, [], { a: nested(3) }], 5)).toBe(false);
    expect(isDeeperThan([1, null, [], { a: nested(4) }], 5)).toBe(true);
    expect(isDeeperThan(null, 0)).toBe(false);
  });
});

describe('an error', () => {
  const shape = z.strictObject({ a: z.object({ b: z.array(z.number()) }), c: z.string() });
  const issuesOf = (schema: z.ZodMiniType, value: unknown) => {
    const { error } = schema.safeParse(value);
    return error ? describeIssues(error) : [];
  };

  it.each([
    [{ a: { b: [1, 'x'] }, c: 'x' }, ['a.b.1: must be a number']],
    [{ a: { b: [] }, c: 'x', d: 1 }, ['unknown key: d']],
    [{ a: { b: [] }, c: 'x', d: 1, e: 2 }, ['unknown keys: d, e']],
    [{ a: null, c: 7 }, ['a: must be an object', 'c: must be a string']],
    [7, ['must be an object']],
  ])('names the path and the expected type: %o', (value, messages) => {
    expect(issuesOf(shape, value)).toEqual(messages);
    const { error } = shape.safeParse(value);
    expect(error && describeIssue(error)).toBe(messages[0]);
  });

  it.each<[z.ZodMiniType, unknown, string]>([
    [z.array(z.number()).check(z.maxLength(2)), [1, 2, 3], 'must have at most 2 items'],
    [z.string().check(z.minLength(1)), '', 'must have at least 1 character'],
    [z.number().check(z.gte(3)), 2, 'must be at least 3'],
    [z.number().check(z.lte(3)), 4, 'must be at most 3'],
    [z.number().check(z.positive()), 0, 'must be greater than 0'],
    [z.int(), 0.5, 'must be an integer'],
    [z.int(), 2 ** 53, `must be at most ${Number.MAX_SAFE_INTEGER}`],
    [z.date(), 0, 'must be of type date'],
    [z.string().check(z.regex(/^a$/, 'must be a')), 'b', 'must be a'],
    [
      z.string().check(z.refine(() => false, 'must be something else')),
      'b',
      'must be something else',
    ],
    [z.enum(['a', 'b']), 'c', 'must be one of "a", "b"'],
    [z.literal('a'), 'c', 'must be "a"'],
    [z.literal(false), 'c', 'must be false'],
    [z.union([z.string(), z.number()]), true, 'Invalid input'],
    [
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('a') }),
        z.object({ type: z.literal('b') }),
      ]),
      { type: 'c' },
      'type: must be one of "a", "b"',
    ],
  ])('says what is allowed: case %#', (schema, value, message) => {
    expect(issuesOf(schema, value)).toEqual([message]);
  });

  it('goes through a port as plain data, without its cause', () => {
    const cause = new Error('secret');
    const error = new PartylineError('timeout', 'Try again.', { cause });
    expect(error).toMatchObject({ name: 'PartylineError', code: 'timeout', cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.toProblem()).toEqual({ code: 'timeout', message: 'Try again.' });
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});

describe('a file', () => {
  const rules = {
    mimeTypes: ['image/*', 'Text/Plain'],
    blockedExtensions: ['.SVG', '.tar.gz'],
    maximumSize: 1_000,
  };
  const file = { name: 'a.png', type: 'image/png', size: 1 };
  it.each([
    [{ name: 'svg' }, 'file-extension'],
    [{ name: 'a.svg.png' }, null],
    [{ name: 'a.Tar.Gz' }, 'file-type'],
    [{ type: 'text/plain' }, null],
    [{ type: 'text/plains' }, 'file-type'],
    [{ type: 'imagex/png' }, 'file-type'],
    [{ type: 'image' }, 'file-type'],
    [{ type: 'ximage/png' }, 'file-type'],
    [{ size: 999 }, null],
    [{ size: 0, type: 'video/mp4' }, 'file-type'],
    [{ name: '' }, 'file-extension'],
  ])('%o is refused for: %s', (part, fault) => {
    expect(fileError({ ...file, ...part }, rules)).toBe(fault);
  });

  it('can be none where nothing is allowed', () => {
    expect(fileError(file, { ...rules, mimeTypes: [] })).toBe('file-type');
  });

  it.each([
    [['*/*'], ['image/png'], ['image/png']],
    [['image/png'], ['*/*'], ['image/png']],
    [['*'], ['*'], ['*']],
    [['image/*'], ['image/png', 'text/plain'], ['image/png']],
    [['image/png', 'text/plain'], ['image/*'], ['image/png']],
    [['IMAGE/PNG'], ['image/*'], ['IMAGE/PNG']],
    [['image/*'], ['image/*'], ['image/*']],
    [['image/*'], ['video/*'], []],
    [[], ['image/png'], []],
    [['image/png'], [], []],
  ])('of the types %j, of which %j are wanted, leaves %j', (allowed, wanted, left) => {
    expect(intersectMimeTypes(allowed, wanted)).toEqual(left);
  });
});

describe('a place in the transcript', () => {
  const ordered: Position[] = [
    [0, 9, 1, 9],
    [1, 0, 0, 0],
    [1, 1, 0, 9],
    [1, 1, 1, 2],
    [1, 1, 1, 10],
    [1, 2, 0, 0],
    [1, 10, 0, 0],
    [2, 0, 0, 0],
  ];
  it('is compared number by number', () => {
    for (const [index, position] of ordered.entries()) {
      for (const [other, behind] of ordered.entries()) {
        expect(Math.sign(comparePositions(position, behind))).toBe(Math.sign(index - other));
      }
    }
  });

  it('is distinguished by its text where the numbers are the same', () => {
    const position: Position = [1, 1, 0, 0];
    const at = (messageId: string) => ({ position, messageId });
    expect(comparePlaces(at('a'), at('b'))).toBe(-1);
    expect(comparePlaces(at('b'), at('a'))).toBe(1);
    expect(comparePlaces(at('a'), at('a'))).toBe(0);
    // The same everywhere, whatever the language: by code units.
    expect(comparePlaces(at('Z'), at('a'))).toBe(-1);
    expect(comparePlaces(at('z'), at('ä'))).toBe(-1);
    expect(comparePlaces(at('10'), at('9'))).toBe(-1);
    expect(comparePlaces({ position: [1, 2, 0, 0], messageId: 'a' }, at('b'))).toBeGreaterThan(0);
  });

  it('is found in a list of any length, whether it is there or not', () => {
    const list = ordered.map((position) => ({ position, messageId: 'm' }));
    for (const [index, place] of list.entries()) {
      expect(placeIndex(list, place)).toBe(index);
      expect(placeIndex(list, { ...place, messageId: 'n' })).toBe(index + 1);
      expect(placeIndex(list, { ...place, messageId: 'l' })).toBe(index);
      expect(placeIndex(list.toSpliced(index, 1), place)).toBe(index);
    }
    expect(placeIndex([], { position: [1, 1, 0, 0], messageId: 'm' })).toBe(0);
  });

  it.each([
    [[1, 2, 0, 4.5], true],
    [[-1, 0, 0, 0], true],
    [[1, 2, 0], false],
    [[1, 2, 1, 4, 5], true],
    [[1, 2, 1, 4, 5, 6], false],
    [[1, 2, 0, Number.POSITIVE_INFINITY], false],
    [[Number.NaN, 2, 0, 4], false],
    [[1, 2, 0, '4'], false],
    [[1, 2, 0, null], false],
    [{ 0: 1, 1: 2, 2: 0, 3: 4, length: 4 }, false],
    ['1204', false],
  ])('is four or five numbers: %j is one: %s', (value, isOne) => {
    expect(isPosition(value)).toBe(isOne);
  });
});

describe('a read mark', () => {
  const message: Message = {
    messageId: 'm',
    conversationId: 'c',
    sequence: 3,
    from: { id: 'v', name: '', role: 'visitor' },
    text: 'x',
    timestamp: 0,
    status: 'delivered',
    failure: null,
    missingBefore: 0,
    position: [1, 3, 0, 0],
  };
  const mark = (position: Position, conversationId = 'c') => ({ conversationId, position });

  it.each<[Position, string, string]>([
    [[1, 2, 1, 9], 'c', 'delivered'],
    [[1, 3, 0, 0], 'c', 'read'],
    [[1, 4, 0, 0], 'c', 'read'],
    [[1, 4, 0, 0], 'd', 'delivered'],
  ])('at %j in %s leaves the message as %s', (position, conversation, status) => {
    expect(withReadMark(message, mark(position, conversation))).toEqual({ ...message, status });
  });

  it('raises what was delivered, and nothing else', () => {
    for (const status of messageStatuses.filter((one) => one !== 'delivered')) {
      const other = { ...message, status };
      expect(withReadMark(other, mark([9, 9, 0, 0]))).toBe(other);
    }
    expect(withReadMark(message, null)).toBe(message);
    const nowhere = { ...message, conversationId: null };
    expect(withReadMark(nowhere, mark([9, 9, 0, 0]))).toBe(nowhere);
  });
});

it.each([
  ['0', 0],
  ['1', 1_000],
  ['0.25', 250],
  ['\t3 ', 3_000],
  ['003', 3_000],
  ['.5', null],
  ['+3', null],
  ['0x10', null],
  ['3, 4', null],
  ['Thu, 01 Jan 1970 00:00:03 GMT', null],
])('Retry-After: %j is %j ms', (header, wait) => {
  expect(parseRetryAfter(header)).toBe(wait);
});

it('zod/mini parses without eval, which a strict CSP forbids and reports', () => {
  const evaluate = vi.spyOn(globalThis, 'Function');
  z.object({ a: z.array(z.object({ b: z.string() })) }).safeParse({ a: [{ b: 'x' }] });
  expect(evaluate).not.toHaveBeenCalled();
  evaluate.mockRestore();
});
