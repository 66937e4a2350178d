import { describe, expect, test } from 'vitest';
import { isCrossOrigin } from '../../../src/server/index.ts';
import { ask } from './support.ts';

// `ask` asks at https://shop.example.
const own = 'https://shop.example';

describe('a request by its Sec-Fetch-Site', () => {
  test.each([
    ['same-origin', false],
    ['none', false],
    ['same-site', true],
    ['cross-site', true],
    ['', true],
    ['Same-Origin', true],
    ['same-origin, cross-site', true],
  ])('%j comes from another origin: %s', (site, isAnother) => {
    const headers = { 'Sec-Fetch-Site': site };
    expect(isCrossOrigin(ask(headers), [])).toBe(isAnother);
    // The two headers have to agree.
    expect(isCrossOrigin(ask({ ...headers, Origin: own }), [])).toBe(isAnother);
    expect(isCrossOrigin(ask({ ...headers, Origin: 'https://evil.example' }), [])).toBe(true);
  });
});

describe('a request by its Origin', () => {
  test.each([
    ['its own', own, false],
    ['one that begins with it', 'https://shop.example.evil.example', true],
    ['one that ends with it', 'https://evil-shop.example', true],
    ['a sister subdomain', 'https://www.shop.example', true],
    ['the domain above', 'https://example', true],
    ['another scheme', 'http://shop.example', true],
    ['another port', 'https://shop.example:8443', true],
    ['one with a path', 'https://shop.example/', true],
    ['an opaque one', 'null', true],
    ['an empty one', '', true],
  ])('that is %s (%j) comes from another origin: %s', (_, origin, isAnother) => {
    expect(isCrossOrigin(ask({ Origin: origin }), [])).toBe(isAnother);
    expect(isCrossOrigin(ask({ Origin: origin }), [own])).toBe(isAnother);
    expect(isCrossOrigin(ask({ Origin: origin }), ['https://a.example', own])).toBe(isAnother);
  });

  test('is measured by the site’s origins alone, where it names any', () => {
    const origins = ['https://a.example', 'https://b.example'];
    expect(isCrossOrigin(ask({ Origin: 'https://b.example' }), origins)).toBe(false);
    expect(isCrossOrigin(ask({ Origin: own }), origins)).toBe(true);
  });
});

test('a request that no page sends uses no visitor’s cookies, and passes', () => {
  expect(isCrossOrigin(ask(), [])).toBe(false);
  expect(isCrossOrigin(ask(), ['https://a.example'])).toBe(false);
});
