import { describe, expect, test } from 'vitest';
import { clientAddress } from '../../../src/server/address.ts';
import { createTokenBroker } from '../../../src/server/index.ts';
import { answering, ask, brokerOptions, oauthToken } from './support.ts';

const forwarded = (value?: string) =>
  new Request(
    'https://shop.example/',
    value === undefined ? {} : { headers: { 'X-Forwarded-For': value } },
  );

describe('who asks', () => {
  const chain = '6.6.6.6, 192.0.2.3, 192.0.2.2, 192.0.2.1';

  test.each([
    ['the connection’s own without a proxy, whatever a header says', chain, 0, '10.0.0.1'],
    ['what the one proxy has added', chain, 1, '192.0.2.1'],
    ['what the outer of two has added', chain, 2, '192.0.2.2'],
    ['what the outermost of three has added', chain, 3, '192.0.2.3'],
    ['the leftmost, when there are as many proxies as entries', chain, 4, '6.6.6.6'],
    ['unknown, when there are more proxies than entries', chain, 5, null],
    ['unknown behind a proxy that adds nothing', undefined, 1, null],
    ['unknown where the proxy has written an empty entry', '192.0.2.1, ', 1, null],
    ['unknown where there is garbage', 'unknown', 1, null],
    ['the entry without the spaces around it', '6.6.6.6 ,\t192.0.2.1 ', 1, '192.0.2.1'],
    ['the entry without spaces at all', '6.6.6.6,192.0.2.1', 1, '192.0.2.1'],
  ])('is %s', (_, header, proxies, expected) => {
    expect(clientAddress(forwarded(header), { address: '10.0.0.1' }, proxies)).toBe(expected);
  });

  test('is unknown where the server does not tell the connection’s address', () => {
    expect(clientAddress(forwarded('192.0.2.1'), {}, 0)).toBeNull();
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['2001::3:4:5:6:7', '2001:0:0:3::/64'],
    ['2001::ffff:192.0.2.1', '2001:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::2:3:4:5:6:7', '0:0:2:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['192.0.2.256', null],
    ['192.0.2.1:443', null],
    ['x::ffff:192.0.2.1', null],
    ['', null],
  ])('of %s the limits know %s', (address, expected) => {
    expect(clientAddress(forwarded(), { address }, 0)).toBe(expected);
  });
});

describe('a limit by address', () => {
  function brokerWith(options: object) {
    let asked = 0;
    const broker = createTokenBroker({
      ...brokerOptions,
      fetch: answering(() => oauthToken()).fetch,
      session: async () => {
        asked += 1;
        return { subject: `visitor-${asked}` };
      },
      now: () => 0,
      ...options,
    });
    return { broker, sessionsRead: () => asked };
  }

  test('holds before anybody’s session is looked at', async () => {
    const { broker, sessionsRead } = brokerWith({ limits: { requestsPerAddress: 3 } });
    const from = (address: string) => broker.token(ask(), { address });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push((await from('192.0.2.1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await from('192.0.2.1')).headers.get('Retry-After')).toBe('20');
    expect(sessionsRead()).toBe(3);
    expect((await from('192.0.2.2')).status).toBe(200);
  });

  test('counts what an address asks of either path together', async () => {
    const { broker } = brokerWith({ limits: { requestsPerAddress: 2 } });
    const source = { address: '192.0.2.1' };
    expect((await broker.token(ask(), source)).status).toBe(200);
    expect((await broker.routingLog(ask({}, 'POST', '{'), source)).status).toBe(400);
    expect((await broker.fetch(ask(), source)).status).toBe(429);
  });

  test('has nothing to do with a visitor whose id is an address', async () => {
    const { broker } = brokerWith({
      session: async () => ({ subject: '192.0.2.1' }),
      limits: { requestsPerAddress: 3, tokensPerMinute: 2, routingLogsPerMinute: 1 },
    });
    const source = { address: '192.0.2.1' };
    expect((await broker.token(ask(), source)).status).toBe(200);
    expect((await broker.token(ask(), source)).status).toBe(200);
    expect((await broker.routingLog(ask({}, 'POST', '{'), source)).status).toBe(400);
  });

  test('is not got round by what a page writes left of what the proxies add', async () => {
    const { broker } = brokerWith({ limits: { requestsPerAddress: 2 }, trustedProxies: 2 });
    const via = async (header: string, address = '10.0.0.1') =>
      (await broker.token(ask({ 'X-Forwarded-For': header }), { address })).status;
    expect(await via('1.1.1.1, 192.0.2.1, 10.0.0.2')).toBe(200);
    expect(await via('2.2.2.2, 192.0.2.1, 10.0.0.3')).toBe(200);
    expect(await via('3.3.3.3, 192.0.2.1, 10.0.0.4', '10.0.0.9')).toBe(429);
    expect(await via('3.3.3.3, 192.0.2.9, 10.0.0.4')).toBe(200);
  });

  test('is the same for all of one customer’s IPv6 network', async () => {
    const { broker } = brokerWith({ limits: { requestsPerAddress: 1 } });
    const from = async (address: string) => (await broker.token(ask(), { address })).status;
    expect(await from('2001:db8:1:2::1')).toBe(200);
    expect(await from('2001:db8:1:2:ffff::9')).toBe(429);
    expect(await from('2001:db8:1:3::1')).toBe(200);
  });

  test('is none where no address is known', async () => {
    const { broker } = brokerWith({ limits: { requestsPerAddress: 1 }, trustedProxies: 1 });
    for (let index = 0; index < 3; index += 1) {
      expect((await broker.token(ask(), { address: '192.0.2.1' })).status).toBe(200);
    }
  });
});
