import { describe, expect, test } from 'vitest';
import { call, gatewayForTest, Line, tokenFor } from './support.ts';

test('a socket counts from auth success until its close event', async () => {
  const gateway = await gatewayForTest();
  const { stats } = gateway;
  const pending = await Line.open(gateway);
  await stats.waitFor(({ connections }) => connections === 1);
  expect(stats).toMatchObject({ authenticated: 0, connectionsOpened: 1, peak: 0 });
  pending.send({ type: 'auth', token: await tokenFor(gateway, 'ann') });
  await pending.next('auth');
  expect(stats).toMatchObject({ authenticated: 1, peak: 1 });
  const second = await Line.of(gateway, 'ann');
  const other = await Line.of(gateway, 'bob');
  expect(stats).toMatchObject({ authenticated: 3, peak: 3 });
  expect(stats.authenticatedOf('ann')).toBe(2);
  for (const line of [pending, second, other]) line.socket.close();
  await stats.waitFor(({ authenticated }) => authenticated === 0);
  expect(stats).toMatchObject({ connections: 0, connectionsOpened: 3, peak: 3 });
  expect([stats.peakOf('ann'), stats.peakOf('bob'), stats.peakOf('cy')]).toEqual([2, 1, 0]);
});

test('one socket after the other is never two', async () => {
  const gateway = await gatewayForTest();
  for (let count = 0; count < 20; count += 1) {
    const line = await Line.of(gateway, 'ann');
    line.socket.close();
    await line.closed;
  }
  expect(gateway.stats.peakOf('ann')).toBe(1);
  expect(gateway.stats.connectionsOpened).toBe(20);
});

test('frames, calls, tokens and bytes are counted', async () => {
  const gateway = await gatewayForTest();
  const { line, conversationId } = await Line.inConversation(gateway, 'ann');
  line.say(conversationId, 'm1', 'hello');
  await line.next('message');
  const token = await tokenFor(gateway, 'ann');
  await call(gateway, token, `/conversations/${conversationId}`);
  await call(gateway, token, `/conversations/messages?conversationId=${conversationId}`);
  const { stats } = gateway;
  expect(stats.received).toEqual({ auth: 1, routing: 1, message: 1 });
  expect(stats.sent).toEqual({ auth: 1, conversation: 1, message: 1 });
  expect(stats.rest).toEqual({
    'GET /api/v2/conversations/{id}': 1,
    'GET /api/v2/conversations/messages': 1,
  });
  expect(stats.tokensIssued).toBe(2);
  const before = stats.bytesOut;
  const { text } = await gateway.agent.say(conversationId, 'x'.repeat(1_000));
  await line.next('message', (frame) => frame.text === text);
  const frame = line.texts.at(-1) ?? '';
  expect(stats.bytesOut - before).toBe(frame.length + 4);
  line.socket.close();
  await line.closed;
  await stats.waitFor(({ connections }) => connections === 0);
  expect(stats.bytesOut).toBeGreaterThanOrEqual(before + frame.length + 4);
  expect(stats.events.map(({ kind }) => kind)).toContain('close');
});

describe('what a client does against the protocol', () => {
  test('pinging too often', async () => {
    let now = Date.now();
    const gateway = await gatewayForTest({ clock: () => now });
    const line = await Line.of(gateway, 'ann');
    for (const pause of [0, 18_000, 17_000]) {
      now += pause;
      await line.settled();
    }
    expect(gateway.stats.violations).toEqual([
      expect.objectContaining({
        violation: 'ping-too-often',
        subject: 'ann',
        detail: '17000 ms after the last ping',
      }),
    ]);
  });

  test('sending a second message before the echo of the first', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.delay('from-client', 20, { type: 'message' });
    line.say(conversationId, 'm1', 'one');
    line.say(conversationId, 'm2', 'two');
    await line.next('message');
    await line.next('message');
    line.say(conversationId, 'm3', 'three');
    await line.next('message');
    expect(gateway.stats.violations).toEqual([
      expect.objectContaining({ violation: 'two-in-flight' }),
    ]);
  });

  test('sending a message again without asking REST first', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    const token = await tokenFor(gateway, 'ann');
    const ask = () =>
      call(gateway, token, `/conversations/messages?conversationId=${conversationId}`);
    line.say(conversationId, 'm1', 'one');
    await line.next('message');
    await ask();
    line.say(conversationId, 'm1', 'one');
    await line.next('message');
    expect(gateway.stats.violations).toEqual([]);
    line.say(conversationId, 'm1', 'one');
    await line.next('message');
    expect(gateway.stats.violations).toEqual([
      expect.objectContaining({ violation: 'resend-without-asking', detail: 'm1' }),
    ]);
    expect(gateway.stats.repeatedMessages).toBe(2);
  });

  test('sending into a conversation that this connection has not resumed', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    const again = await Line.of(gateway, 'ann');
    again.say(conversationId, 'm1', 'hello');
    expect(await again.next('message')).toMatchObject({ messageId: 'm1' });
    expect(gateway.stats.violations).toEqual([
      expect.objectContaining({ violation: 'message-before-resume' }),
    ]);
  });
});

test('waitFor says what it waited for', async () => {
  const gateway = await gatewayForTest();
  const waiting = gateway.stats.waitFor(({ peak }) => peak === 9, { timeout: 5, what: 'nine' });
  await expect(waiting).rejects.toThrow('Timed out after 5 ms: nine');
});
