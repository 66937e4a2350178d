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

  const coverage = { skillGroup: 'Billing', agentsOnShift: 0 };
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)]);
  const all = {
    ...entry,
    conversationId: 'c-1',
    queuedSince: '2024-05-12T14:30:00Z',
    coverage: [coverage],
  };

  test.each<[string, object, object]>([
    ['verdict', { verdict: 'x' }, { verdict: '' }],
    ['verdict', { verdict: 'x'.repeat(256) }, { verdict: 'x'.repeat(257) }],
    ['problems', { problems: Array(100).fill('x') }, { problems: Array(101).fill('x') }],
    ['problems', { problems: ['x'.repeat(2_000)] }, { problems: ['x'.repeat(2_001)] }],
    [
      'problems',
      { problems: [{ [`${'x'.repeat(256)}`]: 1 }] },
      { problems: [{ [`${'x'.repeat(257)}`]: 1 }] },
    ],
    ['problems', { problems: [{ a: deep(8) }] }, { problems: [{ a: deep(9) }] }],
    ['problems', {}, { problems: [7] }],
    ['problems', { problems: [] }, { problems: undefined }],
    ['conversationId', { conversationId: 'x'.repeat(256) }, { conversationId: 'x'.repeat(257) }],
    ['conversationId', { conversationId: undefined }, { conversationId: null }],
    ['queuedSince', { queuedSince: undefined }, { queuedSince: 'yesterday' }],
    ['queuedSince', { queuedSince: '2024-05-12T14:30:00.123Z' }, { queuedSince: '2024-05-12' }],
    ['coverage', { coverage: undefined }, { coverage: null }],
    ['coverage', { coverage: Array(50).fill(coverage) }, { coverage: Array(51).fill(coverage) }],
    ['coverage', { coverage: [] }, { coverage: [{ ...coverage, agentsOnShift: -1 }] }],
    [
      'coverage',
      { coverage: [{ ...coverage, skillGroup: 'x'.repeat(256) }] },
      { coverage: [{ ...coverage, skillGroup: 'x'.repeat(257) }] },
    ],
    ['at', { at: '2024-05-12T14:30:00Z' }, { at: '2024-05-12T14:30:00' }],
    ['at', {}, { at: '2024-05-12T14:30:00+02:00' }],
    ['at', {}, { at: 1_715_524_200_000 }],
    ['routing', { routing: { skillGroups: [], deep: deep(8) } }, { routing: { deep: deep(9) } }],
    ['routing', { routing: {} }, { routing: ['Billing'] }],
    ['routing', { routing: { skillGroups: 7 } }, { routing: null }],
  ])('keeps %s in bounds', async (name, good, wrong) => {
    const broker = createTokenBroker(brokerOptions);
    const kept = JSON.parse(JSON.stringify({ ...all, ...good }));
    expect((await broker.routingLog(post(kept))).status).toBe(204);
    expect(broker.routingLogEntries()[0]).toMatchObject(kept);
    const refused = await broker.routingLog(post({ ...all, ...wrong }));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: 'rejected',
      message: expect.stringMatching(new RegExp(`^${name}\\b`)),
    });
    expect(broker.routingLogEntries()).toHaveLength(1);
  });

  test('keeps no other keys, so that no text of a conversation gets into it', async () => {
    const broker = createTokenBroker({ ...brokerOptions, now: () => 5 });
    const more = { ...all, text: 'my card number', coverage: [{ ...coverage, note: 'x' }] };
    expect((await broker.routingLog(post(more))).status).toBe(204);
    expect(broker.routingLogEntries()).toEqual([{ ...all, receivedAt: 5, subject: 'visitor-1' }]);
  });

  test('accepts no sender or time from the client', async () => {
    const broker = createTokenBroker({ ...brokerOptions, now: () => 5 });
    await broker.routingLog(post({ ...entry, subject: 'somebody else', receivedAt: 9 }));
    expect(broker.routingLogEntries()).toEqual([{ ...entry, receivedAt: 5, subject: 'visitor-1' }]);
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
