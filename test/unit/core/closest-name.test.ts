import { describe, expect, it } from 'vitest';
import { closestName } from '../../../src/worker/core/conversation/closest-name.ts';

describe('the name that was meant', () => {
  const known = ['Tier1_Support', 'Billing', 'Sales'];

  it.each([
    ['tier1 support', 'Tier1_Support'],
    ['TIER1--SUPPORT', 'Tier1_Support'],
    ['Tier 1 Support', 'Tier1_Support'],
    ['Tier2_Support', 'Tier1_Support'],
    ['Biling', 'Billing'],
    ['Billlng', 'Billing'],
    ['Bllng', null],
    ['Bilings', 'Billing'],
    ['xxBilling', 'Billing'],
    ['xxxBilling', null],
    ['Sale', 'Sales'],
    ['Sal', null],
    ['Seles', 'Sales'],
    ['Selee', null],
    ['', null],
    ['Support', null],
  ])('by %j is %j', (name, meant) => {
    expect(closestName(name, known)).toBe(meant);
  });

  it('is the nearest, not the first that is near enough', () => {
    expect(closestName('Billings', ['Billinxx', 'Billing'])).toBe('Billing');
    expect(closestName('Billing', ['Billind', 'billing'])).toBe('billing');
    expect(closestName('Billing', ['xyBilling', 'Billinq'])).toBe('Billinq');
    expect(closestName('Billing', ['Billingxy', 'Billinq'])).toBe('Billinq');
  });

  it('is the first of two that are as near', () => {
    expect(closestName('Bilding', ['Bilting', 'Bilping'])).toBe('Bilting');
  });

  it('may be wrong in a letter of three, and in two at most', () => {
    expect(closestName('ab', ['ac'])).toBeNull();
    expect(closestName('abc', ['abd'])).toBe('abd');
    expect(closestName('abcde', ['abcxy'])).toBeNull();
    expect(closestName('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(closestName('abcdefghijkl', ['abcdefghixyz'])).toBeNull();
  });

  it('is none where none is known', () => {
    expect(closestName('Billing', [])).toBeNull();
  });
});
