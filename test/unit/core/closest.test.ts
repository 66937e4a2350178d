import { describe, expect, it } from 'vitest';
import { closest } from '../../../src/worker/core/conversation/closest-name.ts';

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
    expect(closest(name, known)).toBe(meant);
  });

  it('is the nearest, not the first that is near enough', () => {
    expect(closest('Billings', ['Billinxx', 'Billing'])).toBe('Billing');
    expect(closest('Billing', ['Billind', 'billing'])).toBe('billing');
    expect(closest('Billing', ['xyBilling', 'Billinq'])).toBe('Billinq');
    expect(closest('Billing', ['Billingxy', 'Billinq'])).toBe('Billinq');
  });

  it('is the first of two that are as near', () => {
    expect(closest('Bilding', ['Bilting', 'Bilping'])).toBe('Bilting');
  });

  it('may be wrong in a letter of three, and in two at most', () => {
    expect(closest('ab', ['ac'])).toBeNull();
    expect(closest('abc', ['abd'])).toBe('abd');
    expect(closest('abcde', ['abcxy'])).toBeNull();
    expect(closest('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(closest('abcdefghijkl', ['abcdefghixyz'])).toBeNull();
  });

  it('is none where none is known', () => {
    expect(closest('Billing', [])).toBeNull();
  });
});
