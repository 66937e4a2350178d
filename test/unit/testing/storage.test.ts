import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Gateway, startGateway } from '../../../src/testing/index.ts';
import { call, gatewayForTest, Line, pageOf, tokenFor } from './support.ts';

const application = { clientId: 'shop', clientSecret: 'secret' };
const ada = { id: 'ada', name: 'Ada', image: 'https://pictures.example/ada.png' };

/** What every storage does alike. */
async function tellTheStory(gateway: Gateway, subject: string): Promise<string> {
  const { line, conversationId } = await Line.inConversation(gateway, subject);
  line.say(conversationId, 'm1', 'one');
  line.say(conversationId, 'm1', 'one again');
  await line.next('message');
  await line.next('message');
  const at = Date.now() + 5;
  await gateway.agent.sayAll(conversationId, ['two', 'three'], { at });
  await gateway.agent.say(conversationId, 'four', { at: at - 1_000 });
  await line.next('message', ({ text }) => text === 'four');
  await gateway.agent.read(conversationId);
  await line.next('receipt');

  const transcript = await gateway.agent.transcript(conversationId);
  expect(transcript.map(({ sequence, text }) => [sequence, text])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
    [4, 'four'],
  ]);
  expect(transcript[3]?.timestamp).toBe(transcript[2]?.timestamp);
  const token = await tokenFor(gateway, subject);
  const page = async (parameters: Record<string, string>) => {
    const query = new URLSearchParams({ conversationId, ...parameters });
    return pageOf(await call(gateway, token, `/conversations/messages?${query}`));
  };
  const since = new Date(at).toISOString();
  const first = await page({ since, limit: '2' });
  expect(first.texts).toEqual(['two', 'three']);
  const next = await page({ since, limit: '2', cursor: String(first.nextPage) });
  expect(next).toMatchObject({ texts: ['four'], nextPage: null });
  expect((await page({ before: '3', limit: '1' })).texts).toEqual(['two']);
  expect((await page({ before: since })).texts).toEqual(['one']);

  line.send({ type: 'routing', routing: { skillGroups: ['Billing'] } });
  expect(await line.next('conversation')).toMatchObject({ conversationId });
  await gateway.agent.accept(conversationId, ada);
  await expect(
    gateway.agent.accept(conversationId, { id: 'other', name: 'Other' }),
  ).rejects.toMatchObject({ code: 'ALREADY_TAKEN' });
  line.socket.close();
  await line.closed;
  return conversationId;
}

test('in memory, a conversation is kept while the gateway lives', async () => {
  await tellTheStory(await gatewayForTest(), 'ann');
});

test('in a folder, conversations and tokens survive the process', { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'partyline-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const options = { ...application, storage: { directory } };
  const first = await startGateway(options);
  const conversationId = await tellTheStory(first, 'ann');
  const token = await tokenFor(first, 'ann');
  await first.agent.say(conversationId, 'five');
  await first.close();

  const second = await gatewayForTest(options);
  const answer = await call(
    second,
    token,
    `/conversations/messages?conversationId=${conversationId}`,
  );
  expect(pageOf(answer).texts).toEqual(['one', 'two', 'three', 'four', 'five']);
  const five = (await second.agent.transcript(conversationId)).at(-1);
  expect(five?.from).toEqual({ ...ada, role: 'agent' });
  expect((await second.agent.conversations())[0]).toMatchObject({
    conversationId,
    status: 'connected',
    agent: ada,
    unread: false,
  });
  await second.agent.say(conversationId, 'six');
  await second.agent.end(conversationId);
  const { conversationId: another } = await Line.inConversation(second, 'ann');
  expect(another).not.toBe(conversationId);
});

const databaseUrl = process.env.DATABASE_URL;
if (databaseUrl !== undefined) {
  describe('two gateways over one PostgreSQL', () => {
    const options = { ...application, storage: { databaseUrl } };
    const subject = () => `visitor-${Math.random()}`;

    test('each keeps conversations as in memory', { timeout: 20_000 }, async () => {
      await tellTheStory(await gatewayForTest(options), subject());
    });

    test('share conversations live, with consecutive sequences', { timeout: 20_000 }, async () => {
      const [east, west] = await Promise.all([gatewayForTest(options), gatewayForTest(options)]);
      const ann = subject();
      const { line, conversationId } = await Line.inConversation(east, ann);
      const token = await tokenFor(east, ann);
      const other = await Line.open(west);
      other.send({ type: 'auth', token });
      await other.next('auth');
      other.send({ type: 'routing', routing: { skillGroups: ['Billing'] } });
      expect(await other.next('conversation')).toMatchObject({ conversationId });

      line.say(conversationId, 'm1', 'from the east');
      expect(await other.next('message')).toMatchObject({ messageId: 'm1', sequence: 1 });
      await west.agent.accept(conversationId);
      expect(await line.next('conversation')).toMatchObject({ status: 'connected' });
      await west.agent.typing(conversationId);
      expect(await line.next('typing')).toMatchObject({ isTyping: true });
      await west.agent.say(conversationId, 'x'.repeat(4_096));
      expect(await line.next('message', ({ sequence }) => sequence === 2)).toBeDefined();

      const texts = Array.from({ length: 40 }, (_, index) => String(index));
      await Promise.all([
        east.agent.sayAll(conversationId, texts),
        west.agent.sayAll(conversationId, texts),
        ...['m1', 'm2', 'm2'].map((messageId) =>
          west.agent.say(conversationId, 'same', { messageId }),
        ),
      ]);
      const sequences = (await east.agent.transcript(conversationId)).map((each) => each.sequence);
      expect(sequences).toEqual(Array.from({ length: 83 }, (_, index) => index + 1));
      await line.next('message', ({ text }) => text === '39');
      await east.agent.end(conversationId);
      expect(await other.next('conversation', (each) => each.status === 'ended')).toBeDefined();
    });
  });
}
