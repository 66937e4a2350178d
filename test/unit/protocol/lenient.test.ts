import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  httpUrl,
  instant,
  lenientArray,
  lenientArrayOf,
  lenientBoolean,
  lenientNumber,
  lenientString,
  nonEmptyString,
  orNull,
  stringMap,
} from '../../../src/protocol/genesys-cloud/lenient.ts';

/** What each reader makes of whatever the platform writes. */
const nothing = [null, undefined, {}, [], [1], { a: 1 }, Symbol('x'), () => 'x'];

describe('a text', () => {
  it.each([
    ['x', 'x'],
    ['', ''],
    ['  ', '  '],
    [0, '0'],
    [1.5, '1.5'],
    [true, 'true'],
    [false, 'false'],
  ])('of %j is %j', (reported, read) => {
    expect(lenientString.parse(reported)).toBe(read);
  });
  it.each(nothing)('is nothing of %o', (reported) => {
    expect(lenientString.parse(reported)).toBeNull();
  });
});

describe('words', () => {
  it.each([
    ['x', 'x'],
    [' x ', ' x '],
    [0, '0'],
    [false, 'false'],
    ['', null],
    [' \t\n', null],
  ])('of %j are %j', (reported, read) => {
    expect(nonEmptyString.parse(reported)).toBe(read);
  });
  it.each(nothing)('are none of %o', (reported) => {
    expect(nonEmptyString.parse(reported)).toBeNull();
  });
});

describe('a number', () => {
  it.each([
    [0, 0],
    [-3, -3],
    ['0', 0],
    ['15', 15],
    [' 15 ', 15],
    ['1.5', 1.5],
    ['1e3', 1_000],
    [1e12, 1e12],
    [-1e12, -1e12],
    [1e12 + 1, null],
    [-1e12 - 1, null],
    ['1e308', null],
    [Number.POSITIVE_INFINITY, null],
    [Number.NaN, null],
    ['Infinity', null],
    ['1,5', null],
    ['15 s', null],
    ['', null],
    [' ', null],
    [true, null],
  ])('of %j is %j', (reported, read) => {
    expect(lenientNumber.parse(reported)).toBe(read);
  });
  it.each(nothing)('is none of %o', (reported) => {
    expect(lenientNumber.parse(reported)).toBeNull();
  });
});

describe('a truth', () => {
  it.each([true, 'true', 'True', 'TRUE'])('is %j', (reported) => {
    expect(lenientBoolean.parse(reported)).toBe(true);
  });
  it.each([false, 'false', 'yes', 'null', '1', 1, 'true ', '', ...nothing])(
    'is not %o',
    (reported) => {
      expect(lenientBoolean.parse(reported)).toBe(false);
    },
  );
});

describe('an instant', () => {
  const at = Date.UTC(2026, 2, 1, 9, 30, 0, 250);
  it.each([
    ['2026-03-01T09:30:00.250Z', at],
    ['2026-03-01T09:30:00.250z', at],
    ['2026-03-01t09:30:00.250Z', at],
    ['2026-03-01T09:30:00.250', at],
    ['2026-03-01T10:30:00.250+01:00', at],
    ['2026-03-01T04:30:00.250-05:00', at],
    ['2026-03-01T09:30:00Z', at - 250],
    ['2026-03-01T09:30:00', at - 250],
    ['2026-03-01T09:30Z', at - 250],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['1970-01-01T00:00:00.000Z', 0],
    ['2026-03-01T9:30:00Z', null],
    ['2026-02-30T25:00:00Z', null],
    ['2026-13-01', null],
    ['26-03-01', null],
    ['12026-03-01', null],
    ['March 1 2026', null],
    ['2026-03-01 09:30:00', null],
    ['at 2026-03-01T09:30:00Z', null],
    ['2026-03-01T09:30:00Z or so', null],
    [at, null],
    [String(at), null],
    ['', null],
  ])('of %j is %j', (reported, read) => {
    expect(instant.parse(reported)).toBe(read);
  });
  it.each(nothing)('is none of %o', (reported) => {
    expect(instant.parse(reported)).toBeNull();
  });
});

describe('an address', () => {
  it.each([
    'https://x.example/a?b=c#d',
    'http://x.example',
    'HTTPS://X.EXAMPLE/',
    'https://x.example/%20ö',
  ])('can be opened: %s', (reported) => {
    expect(httpUrl.parse(reported)).toBe(reported);
  });
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://x.example',
    '//x.example',
    'x.example',
    'https://',
    'https://x.example/a b',
    ' https://x.example',
    'javascript:https://x.example',
    'https://x.example/\nx',
    '',
    7,
    ...nothing,
  ])('is none: %o', (reported) => {
    expect(httpUrl.parse(reported)).toBeNull();
  });
});

describe('a list', () => {
  it('has anything in it, and none is an empty one', () => {
    expect(lenientArray.parse([1, null, 'x', {}])).toEqual([1, null, 'x', {}]);
    for (const reported of [null, undefined, 'x', 7, {}, { 0: 1, length: 1 }]) {
      expect(lenientArray.parse(reported)).toEqual([]);
    }
  });

  it('of a shape has what that makes of each object, in order, and leaves out what is none', () => {
    const names = lenientArrayOf(z.object({ name: nonEmptyString }));
    expect(names.parse([{ name: 'a' }, null, 'b', {}, 7, { name: 'c', more: 1 }])).toEqual([
      { name: 'a' },
      { name: null },
      { name: 'c' },
    ]);
    expect(names.parse({ name: 'a' })).toEqual([]);
  });
});

describe('a map', () => {
  it('has the texts, and numbers and truths as texts', () => {
    const reported = { a: 'x', b: 5, c: false, d: '', e: null, f: {}, g: ['x'] };
    expect([...stringMap.parse(reported)]).toEqual([
      ['a', 'x'],
      ['b', '5'],
      ['c', 'false'],
      ['d', ''],
    ]);
    for (const none of [null, undefined, 'x', 7, ['x']]) expect(stringMap.parse(none).size).toBe(0);
  });

  it('knows no names but its own', () => {
    const read = stringMap.parse(JSON.parse('{"__proto__":"x","a":"b"}'));
    expect(read.get('toString')).toBeUndefined();
    expect(read.get('a')).toBe('b');
  });
});

describe('an object', () => {
  it('is nothing where there is none', () => {
    const shape = orNull(z.object({ name: nonEmptyString }));
    expect(shape.parse({ name: 'a' })).toEqual({ name: 'a' });
    expect(shape.parse({})).toEqual({ name: null });
    for (const reported of [null, undefined, 'x', 7, true])
      expect(shape.parse(reported)).toBeNull();
  });
});
