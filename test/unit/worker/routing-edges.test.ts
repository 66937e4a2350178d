import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { RoutingLog } from '../../../src/worker/edges/routing-log.ts';
import { attributeProblems } from '../../../src/worker/host/attributes.ts';
import { Log } from '../../../src/worker/host/log.ts';

describe.each([
  [
    'zod',
    z.strictObject({ userTier: z.enum(['standard', 'premium']), age: z.optional(z.number()) }),
  ],
  [
    'zod/mini',
    mini.strictObject({
      userTier: mini.enum(['standard', 'premium']),
      age: mini.optional(mini.number()),
    }),
  ],
])('attributes by a schema of %s', (_, schema) => {
  const problems = (attributes?: Record<string, string | number | boolean>) =>
    attributeProblems(schema, {
      skillGroups: ['Billing'],
      ...(attributes ? { attributes } : {}),
    });

  it('that fit have no problems', () => {
    expect(problems({ userTier: 'premium', age: 7 })).toEqual([]);
  });

  it('of an unknown name are reported with the closest known one', () => {
    expect(problems({ userTier: 'premium', Age: 7, colour: 'red' })).toEqual([
      'Unknown attribute “Age”. Did you mean “age”?',
      'Unknown attribute “colour”.',
    ]);
  });

  it('of another type or value are reported by name, never by value', () => {
    const words = problems({ userTier: 'GOLD-4111', age: 'old' }).join(' ');
    expect(words).toContain('userTier');
    expect(words).toContain('age');
    expect(words).not.toContain('GOLD-4111');
  });

  it('that are missing are reported', () => {
    expect(problems()).toHaveLength(1);
  });

  it('are each reported once, in one sentence', () => {
    const words = problems({ usertier: 'premium', age: 'old' });
    expect(words).toHaveLength(3);
    expect(words[0]).toBe('Unknown attribute “usertier”. Did you mean “userTier”?');
    for (const one of words.slice(1)) expect(one).toMatch(/^The attribute (userTier|age).*[^.]\.$/);
  });
});

it('a schema without keys to guess from has no guess', () => {
  const schema = z.record(z.string(), z.string());
  const routing = { skillGroups: [], attributes: { age: 7 } };
  expect(attributeProblems(schema, routing)).toHaveLength(1);
  const strict = z.pipe(z.strictObject({}), z.object({}));
  expect(attributeProblems(strict, routing)).toEqual(['Unknown attribute “age”.']);
});

it('a site without a schema takes any attributes', () => {
  const routing = { skillGroups: ['Billing'], attributes: { x: 1 } };
  expect(attributeProblems(null, routing)).toEqual([]);
});

describe('the routing log', () => {
  const line = {
    at: '2026-05-12T14:30:00.000Z',
    routing: { skillGroups: ['Billing'] },
    verdict: 'matched',
    problems: [],
  } as const;

  afterEach(() => void vi.unstubAllGlobals());

  it('that hangs costs a bounded number of requests, and what is said of it is counted', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return new Promise(() => {});
    });
    const log = new Log();
    const note = vi.spyOn(log, 'note').mockImplementation(() => {});
    const routingLog = new RoutingLog('/chat/routing-log', log);
    for (let index = 0; index < 100; index += 1) routingLog.post(line);
    expect(asked).toHaveLength(8);
    expect(note).toHaveBeenCalledTimes(92);
  });

  it.each([
    ['refuses', async () => new Response(null, { status: 429 })],
    ['can’t be reached', () => Promise.reject(new TypeError('fetch failed'))],
  ])('that %s is noted, and asked again the next time', async (_, answer) => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return answer();
    });
    const log = new Log();
    const note = vi.spyOn(log, 'note').mockImplementation(() => {});
    const routingLog = new RoutingLog('/chat/routing-log', log);
    for (let index = 0; index < 20; index += 1) {
      routingLog.post(line);
      await vi.waitFor(() => expect(note).toHaveBeenCalledTimes(index + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Another test file of this process may still be asking for something else.
    expect(asked.filter((url) => url === '/chat/routing-log')).toHaveLength(20);
  });

  it('is sent once, with the site’s cookie, and nothing waits for it', async () => {
    const fetch = vi.fn(async () => new Response(null, { status: 204 }));
    vi.stubGlobal('fetch', fetch);
    const log = new Log();
    const note = vi.spyOn(log, 'note');
    new RoutingLog('/chat/routing-log', log).post(line);
    expect(fetch).toHaveBeenCalledExactlyOnceWith('/chat/routing-log', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(line),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: expect.any(AbortSignal),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(note).not.toHaveBeenCalled();
  });

  it.each([
    ['arrived', async () => new Response(null, { status: 204 })],
    ['failed', () => Promise.reject(new TypeError('fetch failed'))],
  ])('takes as many again as have %s', async (_, answer) => {
    const settle: ((response: Promise<Response>) => void)[] = [];
    const fetch = vi.fn(() => new Promise<Response>((resolve) => settle.push(resolve)));
    vi.stubGlobal('fetch', fetch);
    const log = new Log();
    vi.spyOn(log, 'note').mockImplementation(() => {});
    const routingLog = new RoutingLog('/chat/routing-log', log);
    for (let index = 0; index < 9; index += 1) routingLog.post(line);
    expect(fetch).toHaveBeenCalledTimes(8);
    settle[0]?.(answer());
    await new Promise((resolve) => setImmediate(resolve));
    for (let index = 0; index < 3; index += 1) routingLog.post(line);
    expect(fetch).toHaveBeenCalledTimes(9);
  });

  it('that the site does not want is not asked', () => {
    const fetch = vi.fn();
    vi.stubGlobal('fetch', fetch);
    new RoutingLog(null, new Log()).post(line);
    expect(fetch).not.toHaveBeenCalled();
  });
});
