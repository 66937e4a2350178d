import { describe, expect, test } from 'vitest';
import {
  createTokenBroker,
  createVisitorSessions,
  defaultScopes,
  redisRateLimits,
} from '../../../src/server/index.ts';
import { parseBrokerOptions } from '../../../src/server/options.ts';
import { brokerOptions } from './support.ts';

/** The error that an option makes; `undefined` when it is good. */
function faultOf(options: object): unknown {
  try {
    createTokenBroker(Object.assign({}, brokerOptions, options));
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the broker’s options', () => {
  test('have the defaults that are documented', () => {
    const { oauthUrl, clientId, clientSecret, session } = brokerOptions;
    expect(parseBrokerOptions({ oauthUrl, clientId, clientSecret, session })).toMatchObject({
      scopes: ['webchat:send', 'webchat:read', 'conversation:read'],
      origin: [],
      trustedProxies: 0,
      tokenPath: '/chat/token',
      routingLogPath: '/chat/routing-log',
      healthPath: '/chat/health',
      oauthTimeout: 10_000,
      tokenReuse: 5_000,
      limits: {
        tokensPerMinute: 60,
        requestsPerAddress: 600,
        routingLogsPerMinute: 60,
        routingLogEntries: 500,
        routingLogBytes: 16_384,
        visitors: 10_000,
      },
      fetch: globalThis.fetch,
      now: Date.now,
    });
    expect(defaultScopes).toEqual(['webchat:send', 'webchat:read', 'conversation:read']);
    // One limit that is named leaves the others as they are.
    const limits = { visitors: 7 };
    expect(parseBrokerOptions({ ...brokerOptions, limits }).limits).toMatchObject({
      tokensPerMinute: 60,
      visitors: 7,
    });
  });

  const someLimits = [
    'tokensPerMinute',
    'requestsPerAddress',
    'routingLogsPerMinute',
    'routingLogEntries',
    'routingLogBytes',
    'visitors',
  ].flatMap((name): [string, object, object][] => [
    [`limits.${name}`, { limits: { [name]: 1 } }, { limits: { [name]: 0 } }],
    [`limits.${name}`, { limits: { [name]: 2 } }, { limits: { [name]: 1.5 } }],
    [`limits.${name}`, {}, { limits: { [name]: '60' } }],
  ]);

  test.each<[string, object, object]>([
    ['trustedProxies', { trustedProxies: 0 }, { trustedProxies: -1 }],
    ['trustedProxies', { trustedProxies: 10 }, { trustedProxies: 11 }],
    ['trustedProxies', { trustedProxies: 1 }, { trustedProxies: 1.5 }],
    ['trustedProxies', {}, { trustedProxies: true }],
    ['oauthTimeout', { oauthTimeout: 1 }, { oauthTimeout: 0 }],
    ['oauthTimeout', { oauthTimeout: 120_000 }, { oauthTimeout: 120_001 }],
    ['tokenReuse', { tokenReuse: 0 }, { tokenReuse: -1 }],
    ['tokenReuse', { tokenReuse: 30_000 }, { tokenReuse: 30_001 }],
    ...someLimits,
    ['oauthUrl', { oauthUrl: 'https://x.example/t?a=b' }, { oauthUrl: 'ftp://x.example/' }],
    ['oauthUrl', { oauthUrl: 'http://127.0.0.1:1/' }, { oauthUrl: 'x.example/token' }],
    ['clientId', { clientId: 'x' }, { clientId: '' }],
    ['scopes', { scopes: ['webchat:file-upload_2'] }, { scopes: ['webchat:'] }],
    ['scopes', { scopes: ['conversation:read'] }, { scopes: ['conversation:read:all'] }],
    ['scopes', { scopes: ['user:read'] }, { scopes: ['super-user:read'] }],
    ['scopes', { scopes: ['webchat:a'] }, { scopes: ['webchat:1'] }],
    ['scopes', {}, { scopes: ['webchat:Send'] }],
    ['scopes', {}, { scopes: 'webchat:send' }],
    ['session', {}, { session: { subject: 'visitor-1' } }],
    ['origin', { origin: 'https://x.example' }, { origin: 'https://x.example/chat' }],
    ['origin', { origin: 'http://x.example:8080' }, { origin: 'https://x.example:443' }],
    ['origin', { origin: [] }, { origin: ['https://x.example', 'x.example'] }],
    ['origin', { origin: ['https://x.example', 'https://y.example'] }, { origin: 'null' }],
    ['origin', {}, { origin: 'https://X.example' }],
    ['tokenPath', { tokenPath: '/t' }, { tokenPath: 't' }],
    ['routingLogPath', { routingLogPath: '/' }, { routingLogPath: '' }],
    ['healthPath', { healthPath: '/h' }, { healthPath: 'h' }],
    ['rateLimits', {}, { rateLimits: { take: async () => 0 } }],
    ['rateLimits', {}, { rateLimits: { take: async () => 0, close: 'no' } }],
    ['rateLimits', {}, { rateLimits: null }],
    ['logger', { logger: console }, { logger: { info: () => {}, warn: () => {} } }],
    ['logger', {}, { logger: () => {} }],
    ['logger', {}, { logger: 'console' }],
    ['logger', {}, { logger: { info: 1, warn: 2, error: 3 } }],
    ['fetch', {}, { fetch: 'fetch' }],
    ['now', {}, { now: 0 }],
    ['clientSecrets', {}, { clientSecrets: 'the-secret' }],
    ['perMinute', {}, { limits: { perMinute: 1 } }],
  ])('%s may be %o and not %o', (name, good, wrong) => {
    expect(faultOf(good)).toBeUndefined();
    const fault = faultOf(wrong);
    expect(fault).toMatchObject({ code: 'invalid-option', name: 'PartylineError' });
    expect(String(fault)).toContain('createTokenBroker: ');
    expect(String(fault)).toContain(name);
    expect(String(fault)).not.toContain('the-secret');
  });
});

describe('the client secret’s way', () => {
  test.each([
    ['http://oauth.example/token', true],
    ['http://localhost.evil.example/token', true],
    ['http://127.0.0.1.evil.example/token', true],
    ['http://my-localhost/token', true],
    ['http://10.0.0.1/token', true],
    ['http://[::2]/token', true],
    ['http://localhost:8081/token', false],
    ['http://127.0.0.1/token', false],
    ['http://127.9.9.9:80/token', false],
    ['http://127.10.200.30/token', false],
    ['http://127.example/token', true],
    ['http://[::1]:8081/token', false],
    ['https://oauth.example/token', false],
  ])('to %s is warned of: %s', (oauthUrl, isWarnedOf) => {
    const reported: string[] = [];
    const warn = ({ event }: { event: string }) => void reported.push(event);
    createTokenBroker({ ...brokerOptions, oauthUrl, logger: { info: warn, warn, error: warn } });
    expect(reported).toEqual(isWarnedOf ? ['plain-http'] : []);
  });
});

describe('the options of visitors’ sessions', () => {
  const long = 'x'.repeat(32);
  test.each<[string, object, object]>([
    ['secret', { secret: long }, { secret: 'x'.repeat(31) }],
    ['secret', { secret: 'ö'.repeat(16) }, { secret: `${'ö'.repeat(15)}x` }],
    ['secret', { secret: [long] }, { secret: [] }],
    ['secret', { secret: [long, `${long}y`] }, { secret: [long, 'x'.repeat(31)] }],
    ['maxAge', { maxAge: 1 }, { maxAge: 0 }],
    ['maxAge', { maxAge: 34_560_000 }, { maxAge: 34_560_001 }],
    ['maxAge', {}, { maxAge: 1.5 }],
    ['cookieName', { cookieName: "a!#$%&'*+.^_`|~-9" }, { cookieName: 'a=b' }],
    ['cookieName', { cookieName: 'a' }, { cookieName: '' }],
    ['cookieName', {}, { cookieName: 'a b' }],
    ['cookieName', {}, { cookieName: 'a;' }],
    ['cookieName', {}, { cookieName: 'ä' }],
    ['secure', { secure: false }, { secure: 'yes' }],
    ['now', {}, { now: 0 }],
    ['maxage', {}, { maxage: 1 }],
  ])('%s may be %o and not %o', (name, good, wrong) => {
    const create = (options: object) => () =>
      createVisitorSessions(Object.assign({ secret: long }, options));
    expect(create(good)).not.toThrow();
    expect(create(wrong)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(create(wrong)).toThrow(name);
    expect(create(wrong)).not.toThrow('xxxxx');
  });
});

test.each([
  'http://cache.example',
  'redis:cache.example',
  'cache.example:6379',
  'xredis://user:hunter2@cache.example',
  'rediss:/cache',
])('a store at %s is refused, and its password told to nobody', (url) => {
  expect(() => redisRateLimits({ url })).toThrow(
    expect.objectContaining({ code: 'invalid-option' }),
  );
  expect(() => redisRateLimits({ url })).not.toThrow('hunter2');
});
