import { describe, expect, test } from 'vitest';
import { gatewayForTest, Line } from './support.ts';

describe('the queue', () => {
  test('routing while a conversation is open answers with that one', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.send({ type: 'routing', routing: { skillGroups: ['Sales'], attributes: { vip: true } } });
    expect(await line.next('conversation')).toMatchObject({ conversationId });
    await gateway.agent.end(conversationId);
    await line.next('conversation', ({ status }) => status === 'ended');
    line.send({ type: 'routing', routing: { skillGroups: ['Sales'] } });
    const next = await line.next('conversation');
    expect(next.conversationId).not.toBe(conversationId);
    expect(next).toMatchObject({ status: 'queued', position: 1 });
  });

  test('all visitors learn their new position when one ahead is taken', async () => {
    const gateway = await gatewayForTest();
    const ann = await Line.inConversation(gateway, 'ann');
    const bob = await Line.inConversation(gateway, 'bob');
    const cy = await Line.inConversation(gateway, 'cy');
    expect(cy.line.heard.at(-1)).toMatchObject({ status: 'queued', position: 3 });
    await gateway.agent.accept(bob.conversationId, { id: 'a7', name: 'Ada' });
    expect(await bob.line.next('conversation')).toEqual({
      type: 'conversation',
      conversationId: bob.conversationId,
      status: 'connected',
    });
    expect(await cy.line.next('conversation')).toMatchObject({ status: 'queued', position: 2 });
    await ann.line.settled();
    expect(ann.line.heard.filter(({ type }) => type === 'conversation')).toHaveLength(1);
  });

  test('a higher priority goes first', async () => {
    const gateway = await gatewayForTest();
    const ann = await Line.inConversation(gateway, 'ann');
    const bob = await Line.of(gateway, 'bob');
    bob.send({ type: 'routing', routing: { skillGroups: ['Billing'], priority: 5 } });
    expect(await bob.next('conversation')).toMatchObject({ position: 1 });
    expect(await ann.line.next('conversation')).toMatchObject({ position: 2 });
    expect((await gateway.agent.nextQueued()).subject).toBe('bob');
  });

  test('an unknown skill group queues for ever, without an error', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann', ['tier1_support']);
    line.say(conversationId, 'm1', 'anybody?');
    await line.next('message');
    expect(line.heard.map(({ type }) => type)).toEqual(['auth', 'conversation', 'message']);
    expect(line.heard[1]).toEqual({ type: 'conversation', conversationId, status: 'queued' });
    expect(await gateway.agent.queue()).toEqual([]);
    await expect(gateway.agent.accept(conversationId)).rejects.toMatchObject({
      code: 'NOT_ROUTABLE',
    });
  });
});

describe('messages', () => {
  test('the echo of a message has its id, a sequence and the visitor', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'm1', 'hello');
    const echo = await line.next('message');
    expect(echo).toEqual({
      type: 'message',
      conversationId,
      messageId: 'm1',
      sequence: 1,
      from: { id: 'ann', name: 'Visitor', role: 'visitor' },
      text: 'hello',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test('a resent message id is kept once and echoed again', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'm1', 'hello');
    const echo = await line.next('message');
    line.say(conversationId, 'm1', 'hello, changed');
    expect(await line.next('message')).toEqual(echo);
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
    expect(gateway.stats.repeatedMessages).toBe(1);
  });

  test('a resent message id is echoed also after the end, and a new one is refused', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'm1', 'hello');
    await line.next('message');
    await gateway.agent.end(conversationId);
    line.say(conversationId, 'm1', 'hello');
    expect(await line.next('message')).toMatchObject({ messageId: 'm1' });
    line.say(conversationId, 'm2', 'still there?');
    expect(await line.next('error')).toMatchObject({
      code: 'CONVERSATION_ENDED',
      conversationId,
      messageId: 'm2',
    });
  });

  test('a burst of messages is echoed in order, without a gap', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    for (let n = 1; n <= 200; n += 1) line.say(conversationId, `m${n}`, String(n));
    await line.next('message', ({ messageId }) => messageId === 'm200');
    const sequences = line.heard.flatMap(({ type, sequence }) =>
      type === 'message' ? [sequence] : [],
    );
    expect(sequences).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  test('a gateway without sequences leaves them out', async () => {
    const gateway = await gatewayForTest({ sequences: false });
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'm1', 'hello');
    expect(await line.next('message')).not.toHaveProperty('sequence');
  });

  test('a conversation of another visitor is not found', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    const eve = await Line.of(gateway, 'eve');
    eve.send({ type: 'conversation', conversationId });
    expect(await eve.next('error')).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' });
    eve.say(conversationId, 'm1', 'let me in');
    expect(await eve.next('error')).toMatchObject({
      code: 'CONVERSATION_NOT_FOUND',
      messageId: 'm1',
    });
    eve.send({ type: 'receipt', conversationId, messageId: 'm1', status: 'read' });
    expect(await eve.next('error')).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' });
    expect(await gateway.agent.transcript(conversationId)).toEqual([]);
  });

  test('a new connection hears nothing of a conversation until it resumes it', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.socket.close();
    await line.closed;
    const again = await Line.of(gateway, 'ann');
    await gateway.agent.say(conversationId, 'missed');
    again.send({ type: 'conversation', conversationId });
    expect(await again.next('conversation')).toMatchObject({ status: 'queued', position: 1 });
    await gateway.agent.say(conversationId, 'heard');
    await again.next('message');
    expect(again.messages).toEqual(['heard']);
  });
});

describe('typing and receipts', () => {
  test('go both ways, and a visitor does not hear of their own', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    const heard: unknown[] = [];
    gateway.agent.subscribe((event) => heard.push(event));
    await gateway.agent.accept(conversationId, { id: 'a7', name: 'Ada' });
    await gateway.agent.typing(conversationId);
    const from = { id: 'a7', name: 'Ada', role: 'agent' };
    expect(await line.next('typing')).toEqual({
      type: 'typing',
      conversationId,
      from,
      isTyping: true,
    });
    line.say(conversationId, 'm1', 'one');
    line.say(conversationId, 'm2', 'two');
    await line.next('message', ({ messageId }) => messageId === 'm2');
    await gateway.agent.delivered(conversationId, 'm1');
    expect(await line.next('receipt')).toMatchObject({ messageId: 'm1', status: 'delivered' });
    await gateway.agent.read(conversationId);
    expect(await line.next('receipt')).toEqual({
      type: 'receipt',
      conversationId,
      messageId: 'm2',
      from,
      status: 'read',
    });

    const { messageId } = await gateway.agent.say(conversationId, 'three');
    line.send({ type: 'typing', conversationId, isTyping: true });
    line.send({ type: 'receipt', conversationId, messageId, status: 'read' });
    await gateway.stats.waitFor((stats) => stats.received.receipt === 1);
    await line.settled();
    const visitor = { id: 'ann', name: 'Visitor', role: 'visitor' };
    expect(heard).toContainEqual({ type: 'typing', conversationId, from: visitor, isTyping: true });
    expect(heard).toContainEqual({
      type: 'receipt',
      conversationId,
      messageId,
      from: visitor,
      status: 'read',
    });
    expect((await gateway.agent.conversations())[0]?.visitorRead).toBe(3);
    expect(line.heard.filter(({ type }) => type === 'typing')).toHaveLength(1);
    expect(line.heard.filter(({ type }) => type === 'receipt')).toHaveLength(2);
  });

  test('a read mark never falls', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    const [first, second] = await gateway.agent.sayAll(conversationId, ['one', 'two']);
    for (const message of [second, first]) {
      line.send({
        type: 'receipt',
        conversationId,
        messageId: message?.messageId,
        status: 'read',
      });
    }
    await line.settled();
    await gateway.stats.waitFor((stats) => stats.received.receipt === 2);
    expect((await gateway.agent.conversations())[0]?.visitorRead).toBe(2);
  });

  test('a receipt for a message that was never there is an error', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.send({ type: 'receipt', conversationId, messageId: 'none', status: 'read' });
    expect(await line.next('error')).toMatchObject({ code: 'INVALID_FRAME', conversationId });
  });
});
