import { describe, expect, test } from 'vitest';
import { call, gatewayForTest, Line, pageOf, tokenFor } from './support.ts';

describe('frames to the client', () => {
  test('are lost, and REST still has them', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.lose('to-client', { type: 'message' });
    await gateway.agent.sayAll(conversationId, ['lost', 'heard']);
    await line.next('message');
    expect(line.messages).toEqual(['heard']);
    const path = `/conversations/messages?conversationId=${conversationId}`;
    const answer = await call(gateway, await tokenFor(gateway, 'ann'), path);
    expect(pageOf(answer).texts).toEqual(['lost', 'heard']);
  });

  test('come twice, swapped, or late', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.duplicate('to-client', { type: 'message' });
    await gateway.agent.say(conversationId, 'twice');
    gateway.faults.swap('to-client', { type: 'message' });
    await gateway.agent.sayAll(conversationId, ['second', 'first']);
    gateway.faults.delay('to-client', 50, { type: 'message' });
    await gateway.agent.sayAll(conversationId, ['late', 'in time']);
    await line.next('message', ({ text }) => text === 'late');
    expect(line.messages).toEqual(['twice', 'twice', 'first', 'second', 'in time', 'late']);
  });

  test('a swapped frame that nothing follows comes after a while', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.swap('to-client', { type: 'message' }, 30);
    await gateway.agent.say(conversationId, 'alone');
    expect(await line.next('message')).toMatchObject({ text: 'alone' });
  });

  test('a quiet message is in the transcript without an event', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    await gateway.agent.say(conversationId, 'unheard', { quiet: true });
    await gateway.agent.say(conversationId, 'heard');
    expect(await line.next('message')).toMatchObject({ text: 'heard', sequence: 2 });
  });

  test('chance is the same for the same seed', async () => {
    const runs = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const gateway = await gatewayForTest({ seed });
        const { line, conversationId } = await Line.inConversation(gateway, 'ann');
        gateway.faults.lose('to-client', { type: 'message', probability: 0.5 });
        const texts = Array.from({ length: 60 }, (_, index) => String(index));
        await gateway.agent.sayAll(conversationId, texts);
        await line.settled();
        return line.messages;
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
    expect(runs[0]?.length).toBeGreaterThan(15);
    expect(runs[0]?.length).toBeLessThan(45);
  });

  test('a rule meets one visitor, as often as it says, until it is taken back', async () => {
    const gateway = await gatewayForTest();
    const ann = await Line.inConversation(gateway, 'ann');
    const bob = await Line.inConversation(gateway, 'bob');
    const takeBack = gateway.faults.lose('to-client', {
      type: ['message', 'typing'],
      subject: 'ann',
      times: 3,
    });
    for (const { conversationId } of [ann, bob]) {
      await gateway.agent.typing(conversationId);
      await gateway.agent.say(conversationId, 'one');
    }
    takeBack();
    await gateway.agent.say(ann.conversationId, 'two');
    await ann.line.next('message');
    expect(ann.line.messages).toEqual(['two']);
    await bob.line.settled();
    expect(bob.line.heard.slice(2).map(({ type }) => type)).toEqual(['typing', 'message', 'pong']);
  });

  test('garbage comes as it is', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    gateway.faults.garbage('html');
    gateway.faults.garbage('huge', { subject: 'ann' });
    gateway.faults.garbage('text', { subject: 'somebody else' });
    gateway.faults.send({ type: 'message', text: 7 });
    await line.next('message', ({ text }) => text === 7);
    const [, html = '', huge = ''] = line.texts;
    expect(html).toMatch(/^<!doctype html>/);
    expect(huge.length).toBeGreaterThan(8_000_000);
    expect(line.texts).toHaveLength(4);
  });
});

describe('frames from the client', () => {
  test('are lost before the gateway has seen them', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.lose('from-client', { type: 'message' });
    line.say(conversationId, 'm1', 'lost');
    await line.settled();
    line.say(conversationId, 'm2', 'kept');
    await line.next('message');
    expect((await gateway.agent.transcript(conversationId)).map(({ text }) => text)).toEqual([
      'kept',
    ]);
  });

  test('a doubled message is kept once, and is no fault of the client', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.duplicate('from-client', { type: 'message' });
    line.say(conversationId, 'm1', 'hello');
    await line.next('message');
    await line.next('message');
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
    expect(gateway.stats.violations).toEqual([]);
  });

  test('an error answers instead, naming the message', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.answer({ type: 'message', code: 'RATE_LIMITED', retryAfter: 2 });
    line.say(conversationId, 'm1', 'hello');
    expect(await line.next('error')).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter: 2,
      conversationId,
      messageId: 'm1',
    });
    line.say(conversationId, 'm2', 'hello again');
    await line.next('message');
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
  });
});

describe('connections', () => {
  test('are cut without a close frame', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    const other = await Line.of(gateway, 'bob');
    gateway.faults.cut({ subject: 'ann' });
    expect(await line.closed).toBe(1006);
    await other.settled();
  });

  test('are closed with a code', async () => {
    const gateway = await gatewayForTest();
    const line = await Line.of(gateway, 'ann');
    gateway.faults.close(1012);
    expect(await line.closed).toBe(1012);
  });

  test('fall silent: nothing is sent or answered, while TCP stays open', async () => {
    const gateway = await gatewayForTest({ pingInterval: 10, pongTimeout: 20 });
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.goSilent();
    const heard = line.texts.length;
    line.say(conversationId, 'm1', 'into the void');
    await gateway.agent.say(conversationId, 'unheard');
    line.socket.close();
    const token = await tokenFor(gateway, 'ann');
    const next = await Line.open(gateway);
    next.send({ type: 'auth', token });
    await next.next('auth');
    expect(gateway.stats.authenticatedOf('ann')).toBe(2);
    expect(gateway.stats.peakOpenOf('ann')).toBe(1);
    // The living connection answers no ping either, and is closed for it; the dead one is not.
    expect(await next.closed).toBe(4008);
    expect(gateway.stats.authenticatedOf('ann')).toBe(1);
    expect(line.texts).toHaveLength(heard);
    expect(line.socket.readyState).toBe(line.socket.CLOSING);
    expect((await gateway.agent.transcript(conversationId)).map(({ text }) => text)).toEqual([
      'unheard',
    ]);
    line.socket.terminate();
    await gateway.stats.waitFor((stats) => stats.authenticated === 0);
  });

  test('speak again after a silence', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    gateway.faults.goSilent({ subject: 'ann', includeNew: true });
    const mute = await Line.open(gateway).catch(() => null);
    await gateway.agent.say(conversationId, 'unheard');
    gateway.faults.resume();
    await gateway.agent.say(conversationId, 'heard');
    await line.next('message');
    expect(line.messages).toEqual(['heard']);
    expect(mute?.heard ?? []).toEqual([]);
  });

  test('are refused: by HTTP, by TCP, or by a close', async () => {
    const gateway = await gatewayForTest();
    gateway.faults.refuseSockets({ how: 'http', status: 503, retryAfter: 1 }, 1);
    gateway.faults.refuseSockets({ how: 'tcp' }, 1);
    gateway.faults.refuseSockets({ how: 'close', code: 4029 }, 1);
    const codes = [];
    for (let count = 0; count < 3; count += 1) {
      codes.push(await new Line(gateway.socketUrl).closed);
    }
    expect(codes).toEqual([1006, 1006, 4029]);
    await Line.of(gateway, 'ann');
    expect(gateway.stats.connectionsOpened).toBe(1);
  });

  test('are refused at auth', async () => {
    const gateway = await gatewayForTest();
    const token = await tokenFor(gateway, 'ann');
    gateway.faults.refuseAuth('TOKEN_EXPIRED');
    const line = await Line.open(gateway);
    line.send({ type: 'auth', token });
    expect(await line.next('auth')).toMatchObject({ status: 'failed', code: 'TOKEN_EXPIRED' });
    expect(await line.closed).toBe(4001);
    await Line.of(gateway, 'ann');
  });

  test('tokens expire at once, and new ones are good', async () => {
    const gateway = await gatewayForTest({ expiryGrace: 10 });
    const line = await Line.of(gateway, 'ann');
    gateway.faults.expireTokens();
    expect(await line.next('error')).toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(await line.closed).toBe(4001);
    await Line.of(gateway, 'ann');
  });
});

describe('calls', () => {
  test('fail with a status and Retry-After', async () => {
    const gateway = await gatewayForTest();
    const token = await tokenFor(gateway, 'ann');
    gateway.faults.rest({ how: 'status', status: 429, retryAfter: 7 });
    const limited = await call(gateway, token, '/routing/skillgroups');
    expect(limited).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(limited.headers.get('retry-after')).toBe('7');
    expect((await call(gateway, token, '/routing/skillgroups')).status).toBe(200);
  });

  test('lose their answer after the work is done', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    const token = await tokenFor(gateway, 'ann');
    gateway.faults.rest({ how: 'lose-answer' }, { method: 'POST' });
    const post = { conversationId, messageId: 'm1', text: 'hello' };
    await expect(call(gateway, token, '/conversations/messages', post)).rejects.toThrow();
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
    expect((await call(gateway, token, '/conversations/messages', post)).status).toBe(200);
  });

  test('break, and nothing is done', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    const token = await tokenFor(gateway, 'ann');
    gateway.faults.rest({ how: 'drop' });
    const post = { conversationId, messageId: 'm1', text: 'hello' };
    await expect(call(gateway, token, '/conversations/messages', post)).rejects.toThrow();
    expect(await gateway.agent.transcript(conversationId)).toEqual([]);
  });

  test('hang until the fault is cleared', async () => {
    const gateway = await gatewayForTest();
    const token = await tokenFor(gateway, 'ann');
    gateway.faults.rest({ how: 'hang' });
    // Which of the two arrives first, and hangs, nobody can tell.
    const both = [1, 2].map(() => call(gateway, token, '/routing/skillgroups'));
    const settled = Promise.allSettled(both);
    await Promise.race(both);
    gateway.faults.clear();
    const statuses = (await settled).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('answer with a proxy’s page', async () => {
    const gateway = await gatewayForTest();
    gateway.faults.rest({ how: 'garbage', garbage: 'html', status: 502 });
    const response = await fetch(`${gateway.apiUrl}/api/v2/routing/skillgroups`);
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('Bad Gateway');
  });

  test('to the OAuth server fail on their own', async () => {
    const gateway = await gatewayForTest();
    gateway.faults.oauth({ how: 'status', status: 503, retryAfter: 1 }, { times: 2 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await fetch(gateway.oauthUrl, { method: 'POST' })).status);
    }
    expect(statuses).toEqual([503, 503, 400]);
  });

  test('a rule of nonsense is refused', async () => {
    const gateway = await gatewayForTest();
    expect(() => gateway.faults.lose('to-client', { probability: 2 })).toThrow(RangeError);
    expect(() => gateway.faults.rest({ how: 'drop' }, { times: 0 })).toThrow(RangeError);
  });
});
