import { describe, expect, test } from 'vitest';
import { startGateway } from '../../../src/testing/index.ts';
import { call, gatewayForTest, Line, tokenFor } from './support.ts';

describe('options', () => {
  test.each([
    ['tokenLife', { tokenLife: -1 }],
    ['port', { port: 70_000 }],
    ['skillGroups', { skillGroups: [] }],
    ['storage', { storage: { databaseUrl: 'mysql://nowhere' } }],
    ['bot', { bot: { afterMs: -5 } }],
  ])('a wrong %s is named', async (name, options) => {
    await expect(startGateway(options)).rejects.toThrow(new RegExp(`option ${name}`));
  });

  test('an option that does not exist is named', async () => {
    const options = { port: 0, pingIntervall: 5 };
    await expect(startGateway(options)).rejects.toThrow(/pingIntervall/);
  });

  test('a port that is taken is an error', async () => {
    const { port } = await gatewayForTest();
    await expect(startGateway({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('the clock is the gateway’s own', async () => {
    const at = Date.UTC(2030, 0, 2, 3, 4, 5, 678);
    const gateway = await gatewayForTest({ clock: () => at });
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    expect(line.heard[0]).toMatchObject({ serverTime: '2030-01-02T03:04:05.678Z' });
    expect(await gateway.agent.say(conversationId, 'hi')).toMatchObject({
      timestamp: '2030-01-02T03:04:05.678Z',
    });
    const answer = await call(gateway, await tokenFor(gateway, 'ann'), '/routing/skillgroups');
    expect(answer.headers.get('date')).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
  });
});

test('an outage breaks every connection and refuses new ones; then the same conversations are back', async () => {
  const gateway = await gatewayForTest();
  const { line, conversationId } = await Line.inConversation(gateway, 'ann');
  const token = await tokenFor(gateway, 'ann');
  line.say(conversationId, 'm1', 'before');
  await line.next('message');
  await gateway.stop();
  expect(await line.closed).toBe(1006);
  expect(await new Line(gateway.socketUrl).closed).toBe(1006);
  await expect(call(gateway, token, '/routing/skillgroups')).rejects.toThrow();
  await gateway.agent.say(conversationId, 'meanwhile');
  await gateway.restart();
  const again = await Line.open(gateway);
  again.send({ type: 'auth', token });
  await again.next('auth');
  again.send({ type: 'conversation', conversationId });
  expect(await again.next('conversation')).toMatchObject({ status: 'queued' });
  expect((await gateway.agent.transcript(conversationId)).map(({ text }) => text)).toEqual([
    'before',
    'meanwhile',
  ]);
  expect(gateway.stats.peak).toBe(1);
});

test('a restart without a stop is one, too', async () => {
  const gateway = await gatewayForTest();
  const line = await Line.of(gateway, 'ann');
  await gateway.restart();
  expect(await line.closed).toBe(1006);
  await Line.of(gateway, 'ann');
});

test('a closed gateway leaves nothing that keeps the process alive', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const gateway = await startGateway({ pingInterval: 60_000, bot: {} });
  const { line, conversationId } = await Line.inConversation(gateway, 'ann');
  gateway.faults.delay('to-client', 60_000, { type: 'message' });
  line.say(conversationId, 'm1', 'hello');
  await gateway.stats.waitFor((stats) => stats.received.message === 1);
  await gateway.close();
  await line.closed;
  await new Promise(setImmediate);
  const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  expect(after).toBeLessThanOrEqual(before);
  await gateway.close();
});
