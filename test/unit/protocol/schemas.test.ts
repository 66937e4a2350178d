import { describe, expect, test } from 'vitest';
import { workerAddressSchema } from '../../../src/protocol/builds.ts';
import { positionSchema, routingSchema } from '../../../src/protocol/schemas.ts';

const accepts = (attributes: unknown) =>
  routingSchema.safeParse({ skillGroups: ['Orders'], attributes }).success;

describe('what a port may bring', () => {
  test('attributes are texts, numbers and booleans by name', () => {
    expect(accepts({ order: 'A-1', items: 2, isGift: false })).toBe(true);
    expect(accepts({})).toBe(true);
  });

  test.each([
    ['nothing', null],
    ['a list', ['A-1']],
    ['a map', new Map([['order', 'A-1']])],
    ['a date', new Date(0)],
    ['a text', 'A-1'],
    ['something inside something', { order: { id: 'A-1' } }],
    ['no value', { order: null }],
    ['no number', { items: Number.NaN }],
    ['a name without end', { ['a'.repeat(257)]: 1 }],
  ])('%s is no attributes', (_, attributes) => {
    expect(accepts(attributes)).toBe(false);
  });

  test('a priority is a whole number from 0 on', () => {
    const isPriority = (priority: unknown) =>
      routingSchema.safeParse({ skillGroups: ['Orders'], priority }).success;
    expect([0, 7].map(isPriority)).toEqual([true, true]);
    expect([-1, 0.5, Number.POSITIVE_INFINITY, '1'].map(isPriority)).toEqual(Array(4).fill(false));
  });

  test('a position is four or five numbers', () => {
    const isPosition = (position: unknown) => positionSchema.safeParse(position).success;
    expect(isPosition([1, 2, 0, 4.5])).toBe(true);
    expect(isPosition([1, 2, 1, 4.5, 1])).toBe(true);
    for (const wrong of [
      [1, 2, 0],
      [1, 2, 0, 4, 5, 6],
      new Array(4),
      [1, 2, 0, Number.NaN],
      null,
    ]) {
      expect(isPosition(wrong)).toBe(false);
    }
  });

  test('an address is a whole URL', () => {
    const isAddress = (url: unknown) => workerAddressSchema.safeParse({ url, name: '' }).success;
    expect(isAddress('https://shop.example/hub.js?v=1')).toBe(true);
    expect(isAddress('blob:https://shop.example/1')).toBe(true);
    for (const wrong of ['', '/hub.js', 'hub.js', 'https://', 7])
      expect(isAddress(wrong)).toBe(false);
  });
});
