import { describe, expect, test } from 'vitest';
import { type AgentFrame, agentEventSchema } from '../../../src/testing/agents/agent-protocol.ts';
import type { Gateway } from '../../../src/testing/index.ts';
import { gatewayForTest, Line } from './support.ts';

const ada = { id: 'agent_ada', name: 'Ada' };
const ben = { id: 'agent_ben', name: 'Ben' };

class Desk extends Line {
  static async sit(gateway: Gateway, agent: typeof ada): Promise<Desk> {
    const desk = new Desk(gateway.agentUrl);
    await desk.opened();
    desk.ask({ type: 'hello', agent });
    await desk.event('conversations');
    return desk;
  }

  ask(frame: AgentFrame): void {
    this.send(frame);
  }

  async event<Type extends string>(
    type: Type,
    where: (
      event: Extract<ReturnType<typeof agentEventSchema.parse>, { type: Type }>,
    ) => boolean = () => true,
  ) {
    const parse = (frame: unknown) => agentEventSchema.parse(frame);
    const isWanted = (
      event: ReturnType<typeof parse>,
    ): event is Extract<ReturnType<typeof parse>, { type: Type }> => event.type === type;
    const event = parse(
      await this.next(type, (frame) => {
        const parsed = parse(frame);
        return isWanted(parsed) && where(parsed);
      }),
    );
    if (!isWanted(event)) throw new Error(`not ${type}`);
    return event;
  }
}

describe('the desk', () => {
  test('lists conversations live, in every window', async () => {
    const gateway = await gatewayForTest();
    const desks = await Promise.all([Desk.sit(gateway, ada), Desk.sit(gateway, ben)]);
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'm1', 'hello');
    for (const desk of desks) {
      const list = await desk.event(
        'conversations',
        ({ conversations }) => conversations[0]?.lastMessage?.text === 'hello',
      );
      expect(list.conversations).toMatchObject([
        {
          conversationId,
          status: 'queued',
          position: 1,
          unread: true,
          agent: null,
          subject: 'ann',
        },
      ]);
    }
    desks[0].ask({ type: 'take', conversationId });
    for (const desk of desks) {
      await desk.event(
        'conversations',
        ({ conversations }) => conversations[0]?.agent?.id === ada.id,
      );
    }
    expect(await line.next('conversation')).toMatchObject({ status: 'connected' });
  });

  test('shows a transcript and then what happens, typing and receipts both ways', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId } = await Line.inConversation(gateway, 'ann');
    line.say(conversationId, 'm1', 'hello');
    await line.next('message');
    const desk = await Desk.sit(gateway, ada);
    desk.ask({ type: 'take', conversationId });
    desk.ask({ type: 'open', conversationId });
    expect(await desk.event('transcript')).toMatchObject({
      messages: [{ messageId: 'm1', text: 'hello' }],
      hasEarlier: false,
    });
    desk.ask({ type: 'read', conversationId, messageId: 'm1' });
    expect(await line.next('receipt')).toMatchObject({ messageId: 'm1', status: 'read' });
    desk.ask({ type: 'typing', conversationId, isTyping: true });
    expect(await line.next('typing')).toMatchObject({ isTyping: true, from: { name: 'Ada' } });
    desk.ask({ type: 'say', conversationId, messageId: 'd1', text: 'hi Ann' });
    expect(await line.next('message')).toMatchObject({ messageId: 'd1', from: { role: 'agent' } });
    expect(await desk.event('message')).toMatchObject({ message: { messageId: 'd1' } });
    line.send({ type: 'typing', conversationId, isTyping: true });
    expect(await desk.event('typing')).toMatchObject({ from: { id: 'ann' } });
    line.send({ type: 'receipt', conversationId, messageId: 'd1', status: 'read' });
    expect(await desk.event('receipt')).toMatchObject({ messageId: 'd1', status: 'read' });
    line.say(conversationId, 'm2', 'thanks');
    expect(await line.next('receipt')).toMatchObject({ messageId: 'm2', status: 'delivered' });
    desk.ask({ type: 'end', conversationId });
    expect(await line.next('conversation')).toMatchObject({ status: 'ended' });
  });

  test('a message that the desk sends again is kept once', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    const desk = await Desk.sit(gateway, ada);
    desk.ask({ type: 'take', conversationId });
    desk.ask({ type: 'open', conversationId });
    const say: AgentFrame = { type: 'say', conversationId, messageId: 'd1', text: 'hi' };
    desk.ask(say);
    desk.ask(say);
    await desk.event('message');
    await desk.event('message');
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
  });

  test('a conversation belongs to who took it', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    await gateway.agent.accept(conversationId, ada);
    const desk = await Desk.sit(gateway, ben);
    desk.ask({ type: 'take', conversationId });
    expect(await desk.event('error')).toMatchObject({ code: 'ALREADY_TAKEN', conversationId });
    desk.ask({ type: 'say', conversationId, messageId: 'd1', text: 'me too' });
    expect(await desk.event('error')).toMatchObject({ code: 'ALREADY_TAKEN', conversationId });
    expect(await gateway.agent.transcript(conversationId)).toEqual([]);
  });

  test('earlier pages of a long transcript are asked for', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await Line.inConversation(gateway, 'ann');
    await gateway.agent.sayAll(
      conversationId,
      Array.from({ length: 60 }, (_, index) => String(index + 1)),
    );
    const desk = await Desk.sit(gateway, ada);
    desk.ask({ type: 'open', conversationId });
    const newest = await desk.event('transcript');
    expect(newest).toMatchObject({ hasEarlier: true });
    expect(newest.messages.map(({ sequence }) => sequence).at(0)).toBe(11);
    desk.ask({ type: 'open', conversationId, before: 11 });
    const earlier = await desk.event('transcript');
    expect(earlier.hasEarlier).toBe(false);
    expect(earlier.messages).toHaveLength(10);
  });

  test('what is no frame is answered with an error', async () => {
    const gateway = await gatewayForTest();
    const desk = new Desk(gateway.agentUrl);
    await desk.opened();
    desk.send('<html>');
    expect(await desk.event('error')).toMatchObject({ code: 'INVALID_FRAME' });
    desk.send({ type: 'take', conversationId: 'conv' });
    expect(await desk.event('error')).toMatchObject({ message: 'The first frame must be hello.' });
  });

  test('a page of the internet is turned away', async () => {
    const gateway = await gatewayForTest();
    const stranger = new Line(gateway.agentUrl, { origin: 'https://evil.example' });
    expect(await stranger.closed).toBe(1006);
    await new Line(gateway.agentUrl, { origin: 'http://127.0.0.1:8080' }).opened();
  });
});
