import { describe, expect, test } from 'vitest';
import { createTokenBroker } from '../../../src/server/index.ts';
import { ask, brokerOptions } from './support.ts';

const entry = {
  at: '2024-05-12T14:30:00.000Z',
  routing: { skillGroups: ['tier1_support'] },
  verdict: 'rejected',
  problems: ['tier1_support: did you mean Tier1_Support?'],
};

const post = (body: unknown) => ask({}, 'POST', JSON.stringify(body));

describe('the routing log', () => {
  test('keeps what a hub tells, with its sender and the time', async () => {
    const broker = createTokenBroker({ ...brokerOptions, now: () => 5 });
    const response = await broker.routingLog(post(entry));
    expect(response.status).toBe(204);
    expect(broker.routingLogEntries()).toEqual([{ ...entry, receivedAt: 5, subject: 'visitor-1' }]);
  });

  test('keeps a routing of a wrong shape, since that is what it is for', async () => {
    const broker = createTokenBroker(brokerOptions);
    const wrong = { ...entry, routing: { skillgroups: 'Billing' } };
    expect((await broker.routingLog(post(wrong))).status).toBe(204);
  });

  test('forgets the oldest when it is full', async () => {
    const broker = createTokenBroker({ ...brokerOptions, limits: { routingLogEntries: 2 } });
    for (const verdict of ['one', 'two', 'three']) {
      await broker.routingLog(post({ ...entry, verdict }));
    }
    expect(broker.routingLogEntries().map(({ verdict }) => verdict)).toEqual(['two', 'three']);
  });

  test.each([
    ['no JSON', '{', 400],
    ['nothing', undefined, 400],
    ['another shape', '{"at":"yesterday"}', 400],
    ['too much', JSON.stringify({ ...entry, verdict: 'x'.repeat(20_000) }), 413],
  ])('refuses %s', async (_, body, status) => {
    const broker = createTokenBroker(brokerOptions);
    const response = await broker.routingLog(ask({}, 'POST', body));
    expect(response.status).toBe(status);
    expect(broker.routingLogEntries()).toEqual([]);
  });

  test('is for visitors of the site alone', async () => {
    const broker = createTokenBroker({ ...brokerOptions, session: async () => null });
    expect((await broker.routingLog(post(entry))).status).toBe(401);
    expect((await broker.routingLog(ask({ 'Sec-Fetch-Site': 'same-site' }))).status).toBe(403);
    expect((await broker.routingLog(ask({}, 'GET'))).status).toBe(405);
  });
});

test('one handler routes both paths', async () => {
  const broker = createTokenBroker({ ...brokerOptions, session: async () => null });
  const at = (path: string) =>
    broker.fetch(new Request(`https://shop.example${path}`, { method: 'POST' }));
  expect((await at('/chat/token')).status).toBe(401);
  expect((await at('/chat/routing-log')).status).toBe(401);
  expect((await at('/chat/else')).status).toBe(404);
});
