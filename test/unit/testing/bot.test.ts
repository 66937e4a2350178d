import { expect, test } from 'vitest';
import { gatewayForTest, Line } from './support.ts';

const bot = { afterMs: 20, typingMs: 20, id: 'bot_1', name: 'Botty' };
const from = { id: 'bot_1', name: 'Botty', role: 'bot' };

test('the bot reads, types and greets a visitor whom no agent has taken', async () => {
  const gateway = await gatewayForTest({ bot });
  const { line, conversationId } = await Line.inConversation(gateway, 'ann');
  line.say(conversationId, 'm1', 'Where is my order?');
  const greeting = await line.next('message', ({ messageId }) => messageId !== 'm1');
  expect(greeting).toMatchObject({ from, sequence: 2 });
  expect(greeting.text).toMatch(/^Hello, I am Botty\..*order number/);
  expect(line.heard.slice(2)).toMatchObject([
    { type: 'message', messageId: 'm1' },
    { type: 'receipt', messageId: 'm1', status: 'read', from },
    { type: 'typing', isTyping: true, from },
    { type: 'typing', isTyping: false, from },
    { type: 'message', from },
  ]);
  line.say(conversationId, 'm2', 'I want to talk to a human');
  const reply = await line.next('message', ({ messageId }) => messageId !== 'm2');
  expect(reply.text).toMatch(/next free colleague/);
  expect((await gateway.agent.queue()).map(({ status }) => status)).toEqual(['queued']);
});

test('the bot is quiet once an agent has taken the conversation', async () => {
  const gateway = await gatewayForTest({ bot });
  const { line, conversationId } = await Line.inConversation(gateway, 'ann');
  const other = await Line.inConversation(gateway, 'bob');
  line.say(conversationId, 'm1', 'hello');
  await line.next('message');
  await gateway.agent.accept(conversationId);
  other.line.say(other.conversationId, 'm1', 'hello');
  await other.line.next('message', ({ messageId }) => messageId !== 'm1');
  expect(line.messages).toEqual(['hello']);
});

test('no agent answers in an unwatched queue', async () => {
  const gateway = await gatewayForTest({ bot });
  const { line, conversationId } = await Line.inConversation(gateway, 'ann', ['billing']);
  const other = await Line.inConversation(gateway, 'bob');
  line.say(conversationId, 'm1', 'hello');
  other.line.say(other.conversationId, 'm1', 'hello');
  await other.line.next('message', ({ messageId }) => messageId !== 'm1');
  await line.settled();
  expect(line.messages).toEqual(['hello']);
});
