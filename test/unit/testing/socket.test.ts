import { describe, expect, test } from 'vitest';
import { gatewayForTest, Line, tokenFor } from './support.ts';

describe('the pending connection', () => {
  test('a frame before auth is dropped in silence, and the third one closes the connection', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.open(gateway);
    line.send({ type: 'routing', routing: { skillGroups: ['Billing'] } });
    line.send({ type: 'ping' });
    await gateway.stats.waitFor((stats) => stats.violations.length === 2);
    expect(line.heard).toEqual([]);
    line.send('no JSON at all');
    expect(await line.closed).toBe(4003);
    expect(line.heard).toEqual([]);
    expect(await gateway.agent.conversations()).toEqual([]);
  });

  test('two frames before auth are forgiven', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.open(gateway);
    line.send({ type: 'ping' });
    line.send({ type: 'ping' });
    line.send({ type: 'auth', token: await tokenFor(gateway, 'ann') });
    expect(await line.next('auth')).toMatchObject({ status: 'success' });
  });

  test('a frame sent before the answer to auth is one before auth', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token: await tokenFor(gateway, 'ann') });
    line.send({ type: 'routing', routing: { skillGroups: ['Billing'] } });
    await line.next('auth');
    await line.settled();
    expect(line.heard.map(({ type }) => type)).toEqual(['auth', 'pong']);
    expect(gateway.stats.violations.map(({ violation }) => violation)).toEqual([
      'frame-before-auth',
    ]);
  });

  test.each([
    ['a token of nobody', 'not-a-jwt', 'INVALID_TOKEN'],
    ['an empty token', '', 'INVALID_TOKEN'],
  ])('%s is refused and the connection closes', async (_what, token, code) => {
    const gateway = await gatewayForTest();
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token });
    expect(await line.next('auth')).toMatchObject({ status: 'failed', code });
    expect(await line.closed).toBe(4001);
    expect(gateway.stats.peak).toBe(0);
  });

  test('a token of another application is refused', async () => {
    const [gateway, other] = await Promise.all([gatewayForTest(), gatewayForTest()]);
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token: await tokenFor(other, 'ann') });
    expect(await line.next('auth')).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  test('a token without webchat:send is not enough', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token: await tokenFor(gateway, 'ann', 'webchat:read user:read') });
    expect(await line.next('auth')).toMatchObject({ code: 'INSUFFICIENT_SCOPE' });
    expect(await line.closed).toBe(4001);
  });

  test('query parameters and subprotocols are refused at the upgrade', async () => {
    const gateway = await gatewayForTest();
    const token = await tokenFor(gateway, 'ann');
    expect(await new Line(`${gateway.socketUrl}?token=${token}`).closed).toBe(1006);
    expect(
      await new Line(gateway.socketUrl, {
        headers: { 'sec-websocket-protocol': 'chat' },
      }).closed,
    ).toBe(1006);
    expect(gateway.stats.violations.map(({ violation }) => violation)).toEqual([
      'query-parameters',
      'subprotocol',
    ]);
    expect(gateway.stats.connectionsOpened).toBe(0);
  });

  test('a page of the internet is turned away, a loopback page is not', async () => {
    const gateway = await gatewayForTest();
    const stranger = new Line(gateway.socketUrl, { origin: 'https://evil.example' });
    expect(await stranger.closed).toBe(1006);
    await new Line(gateway.socketUrl, { origin: 'http://localhost:8080' }).opened();
  });
});

describe('the life of a token', () => {
  test('its end is pushed, frames after it are dropped, and the connection closes', async () => {
    const gateway = await gatewayForTest({ tokenLife: 0.3, expiryGrace: 150 });
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    expect(await line.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED' });
    line.say(conversationId, 'late', 'too late');
    expect(await line.closed).toBe(4001);
    expect(await gateway.agent.transcript(conversationId)).toEqual([]);
    expect(line.messages).toEqual([]);
  });

  test('an expired token opens no connection', async () => {
    let passed = 0;
    const gateway = await gatewayForTest({ clock: () => Date.now() + passed });
    const token = await tokenFor(gateway, 'ann');
    passed = 900_000;
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token });
    expect(await line.next('auth')).toMatchObject({ status: 'failed', code: 'TOKEN_EXPIRED' });
  });

  test('a second auth frame is an error, and the connection lives on', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    line.send({ type: 'auth', token: await tokenFor(gateway, 'bob') });
    expect(await line.next('error')).toMatchObject({ code: 'INVALID_FRAME' });
    await line.settled();
    expect(gateway.stats.authenticatedOf('ann')).toBe(1);
    expect(gateway.stats.authenticatedOf('bob')).toBe(0);
  });
});

describe('keep-alive', () => {
  test('a ping is answered', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    line.send({ type: 'ping' });
    expect(await line.next('pong')).toEqual({ type: 'pong' });
  });

  test('who answers pings with their payload stays', async () => {
    const gateway = await gatewayForTest({ pingInterval: 20, pongTimeout: 60 });
    const line = await Line.of(gateway, 'ann');
    for (let count = 0; count < 6; count += 1) {
      const { payload } = await line.next('ping');
      line.send({ type: 'pong', payload });
    }
    await line.settled();
    expect(gateway.stats.violations).toEqual([]);
  });

  test.each([
    ['no pong', undefined],
    ['a pong with another payload', { type: 'pong', payload: 'guess' }],
    ['a pong without the payload', { type: 'pong' }],
  ])('%s within the time closes the connection', async (_what, pong) => {
    const gateway = await gatewayForTest({ pingInterval: 30, pongTimeout: 60 });
    const line = await Line.of(gateway, 'ann');
    await line.next('ping');
    if (pong) line.send(pong);
    expect(await line.closed).toBe(4008);
    expect(gateway.stats.violations.map(({ violation }) => violation)).toContain('missed-pong');
  });
});

describe('invalidCount', () => {
  test('an unknown type is ignored, and so is an unknown key', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    line.send({ type: 'reaction', emoji: '👍' });
    line.send({ type: 'ping', mood: 'fine' });
    await line.next('pong');
    expect(line.heard.map(({ type }) => type)).toEqual(['auth', 'pong']);
    expect(gateway.stats.violations).toEqual([]);
  });

  test('a known type of the wrong shape is an error that names the message', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.send({ type: 'message', conversationId, messageId: 'm1', text: 7 });
    expect(await line.next('error')).toMatchObject({
      code: 'INVALID_FRAME',
      conversationId,
      messageId: 'm1',
    });
    line.send('<html>');
    expect(await line.next('error')).toMatchObject({ code: 'INVALID_FRAME' });
    line.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    expect(await line.next('error')).toMatchObject({ code: 'INVALID_FRAME' });
  });

  test('4,096 characters are kept and one more is too long, counted in UTF-16 code units', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'fits', '😀'.repeat(2_048));
    await line.next('message');
    line.say(conversationId, 'long', `${'😀'.repeat(2_048)}!`);
    expect(await line.next('error')).toMatchObject({ code: 'MESSAGE_TOO_LONG', messageId: 'long' });
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
  });

  test('a frame over 64 KiB closes the connection', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    line.send({ type: 'ping', padding: 'x'.repeat(64 * 1024 - 28) });
    await line.next('pong');
    line.send({ type: 'ping', padding: 'x'.repeat(64 * 1024) });
    expect(await line.closed).toBe(1009);
    expect(gateway.stats.violations.at(-1)).toMatchObject({ violation: 'frame-too-big' });
  });
});
