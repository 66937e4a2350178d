import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AllowedDomains } from '../../../src/worker/genesys-cloud/allowed-domains.ts';

const url = 'https://api-cdn.example/domains.json';
const origin = 'https://shop.example:8443';

let answer: () => Promise<Response>;
let errors: unknown[];
let domains: AllowedDomains;

beforeEach(() => {
  errors = [];
  domains = new AllowedDomains(url, (_, cause) => errors.push(cause));
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => answer());
});

afterEach(() => {
  vi.restoreAllMocks();
});

function answers(body: unknown): void {
  answer = async () => Response.json(body);
}

describe('allowed domains', () => {
  it.each([
    ['all of them', { allowAllDomains: true, allowedDomains: [] }],
    ['the host', { allowAllDomains: false, allowedDomains: ['other.example', 'shop.example'] }],
    ['the origin', { allowedDomains: ['https://shop.example:8443'] }],
    ['a parent domain', { allowedDomains: ['Example'] }],
    ['a wildcard', { allowedDomains: ['*.example'] }],
    ['an entry of an unknown form', { allowedDomains: ['/shop/i'] }],
    ['an entry that is no text', { allowedDomains: [null] }],
  ])('do not refuse a site with %s', async (_, body) => {
    answers(body);
    expect(await domains.refuses(origin)).toBe(false);
    expect(errors).toEqual([]);
  });

  it.each([
    ['no domain', []],
    ['another domain', ['other.example']],
    ['a domain that ends alike', ['op.example']],
    ['a subdomain', ['www.shop.example']],
  ])('refuse a site with %s, say so, and are asked once', async (_, allowedDomains) => {
    answers({ allowAllDomains: false, allowedDomains });
    expect(await domains.refuses(origin)).toBe(true);
    expect(await domains.refuses(origin)).toBe(true);
    expect(errors).toEqual([`${origin} is not among the deployment’s allowed domains`]);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(fetch).toHaveBeenCalledWith(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: expect.any(AbortSignal),
    });
  });

  it.each([
    ['a network error', () => Promise.reject(new TypeError('offline'))],
    ['404', async () => new Response('', { status: 404 })],
    ['no JSON', async () => new Response('<html>')],
    ['a list of another shape', async () => Response.json({ allowedDomains: 'shop.example' })],
  ])('that are unknown after %s refuse no site, and are asked again', async (_, given) => {
    answer = given;
    expect(await domains.refuses(origin)).toBe(false);
    answers({ allowedDomains: [] });
    expect(await domains.refuses(origin)).toBe(true);
  });
});
