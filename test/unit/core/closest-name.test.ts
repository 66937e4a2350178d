import { describe, expect, it } from 'vitest';
import { closestName } from '../../../src/worker/core/conversation/closest-name.ts';

describe('closestName', () => {
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

  it('returns the closest name, not the first close one', () => {
    expect(closestName('Billings', ['Billinxx', 'Billing'])).toBe('Billing');
    expect(closestName('Billing', ['Billind', 'billing'])).toBe('billing');
    expect(closestName('Billing', ['xyBilling', 'Billinq'])).toBe('Billinq');
    expect(closestName('Billing', ['Billingxy', 'Billinq'])).toBe('Billinq');
  });

  it('returns the first of two equally close names', () => {
    expect(closestName('Bilding', ['Bilting', 'Bilping'])).toBe('Bilting');
  });

  it('accepts one wrong letter in three, two at most', () => {
    expect(closestName('ab', ['ac'])).toBeNull();
    expect(closestName('abc', ['abd'])).toBe('abd');
    expect(closestName('abcde', ['abcxy'])).toBeNull();
    expect(closestName('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(closestName('abcdefghijkl', ['abcdefghixyz'])).toBeNull();
  });

  it('returns none without known names', () => {
    expect(closestName('Billing', [])).toBeNull();
  });
});
