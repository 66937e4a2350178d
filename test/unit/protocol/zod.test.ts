import { describe, expect, it } from 'vitest';
import { describeIssue } from '../../../src/protocol/errors.ts';
import { discriminatedUnion, length, literal, range, z } from '../../../src/protocol/zod.ts';

/** What is said of a value, or that it fits. */
function said(schema: z.ZodMiniType, value: unknown): string {
  const result = z.safeParse(schema, value);
  return result.success ? 'it fits' : describeIssue(result.error);
}

describe('what is wrong with a value is said in words', () => {
  it.each([
    [1, 'it fits'],
    [0, 'must be at least 1'],
  ])('a number with a lower limit: %d', (value, words) => {
    expect(said(z.number().check(range(1)), value)).toBe(words);
  });

  it.each([
    [0, 'must be from 1 to 3'],
    [1, 'it fits'],
    [3, 'it fits'],
    [4, 'must be from 1 to 3'],
  ])('a number between two: %d', (value, words) => {
    expect(said(z.number().check(range(1, 3)), value)).toBe(words);
  });

  it.each([
    ['', 'must be 1 long at least'],
    ['a', 'it fits'],
  ])('a text that has to be there: %j', (value, words) => {
    expect(said(z.string().check(length(1)), value)).toBe(words);
  });

  it.each([
    ['', 'must be 1 to 2 long'],
    ['a', 'it fits'],
    ['ab', 'it fits'],
    ['abc', 'must be 1 to 2 long'],
  ])('a text of limited length: %j', (value, words) => {
    expect(said(z.string().check(length(1, 2)), value)).toBe(words);
  });

  it.each([null, 7, {}, { type: 'c' }])('a choice by a word that there is not: %j', (value) => {
    const choice = discriminatedUnion('type', {
      a: z.object({ type: literal('a') }),
      b: z.object({ type: literal('b') }),
    });
    expect(choice.safeParse({ type: 'b' }).success).toBe(true);
    const { error } = choice.safeParse(value);
    expect(error && describeIssue(error)).toBe('type must be one of a, b');
  });
});
