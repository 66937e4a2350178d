import { describe, expect, test } from 'vitest';
import type { Gateway } from '../../../src/testing/index.ts';
import { call, gatewayForTest, Line, pageOf, tokenFor } from './support.ts';

const messages = '/conversations/messages';

async function conversation(gateway: Gateway, subject = 'ann') {
  const { line, conversationId } = await Line.inConversation(gateway, subject);
  return { line, conversationId, token: await tokenFor(gateway, subject) };
}

function history(conversationId: string, parameters: Record<string, string> = {}): string {
  return `${messages}?${new URLSearchParams({ conversationId, ...parameters })}`;
}

describe('the history', () => {
  test('comes in pages, ascending, without a gap or a repetition', async () => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    const texts = Array.from({ length: 120 }, (_, index) => `message ${index + 1}`);
    await gateway.agent.sayAll(conversationId, texts);
    const seen: string[] = [];
    const lengths: number[] = [];
    let cursor: string | null = null;
    do {
      const answer = await call(
        gateway,
        token,
        history(conversationId, cursor === null ? {} : { cursor }),
      );
      const page: ReturnType<typeof pageOf> = pageOf(answer);
      seen.push(...page.texts);
      lengths.push(page.texts.length);
      cursor = page.nextPage;
    } while (cursor !== null);
    expect(seen).toEqual(texts);
    expect(lengths).toEqual([50, 50, 20]);
  });

  test('a page that is full to the last message has no next one', async () => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    await gateway.agent.sayAll(conversationId, ['1', '2']);
    const page = pageOf(await call(gateway, token, history(conversationId, { limit: '2' })));
    expect(page.nextPage).toBeNull();
  });

  test('since is inclusive, also where many messages bear one millisecond', async () => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    const at = Date.now();
    await gateway.agent.say(conversationId, 'before', { at: at - 1 });
    await gateway.agent.sayAll(conversationId, ['a', 'b', 'c'], { at });
    await gateway.agent.say(conversationId, 'after', { at: at + 1 });
    const since = new Date(at).toISOString();
    const first = pageOf(
      await call(gateway, token, history(conversationId, { since, limit: '2' })),
    );
    expect(first.texts).toEqual(['a', 'b']);
    const cursor = String(first.nextPage);
    const rest = { since, limit: '2', cursor };
    const second = pageOf(await call(gateway, token, history(conversationId, rest)));
    expect(second.texts).toEqual(['c', 'after']);
    expect(second.nextPage).toBeNull();
  });

  test('a cursor belongs to its query', async () => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    await gateway.agent.sayAll(conversationId, ['1', '2']);
    const page = pageOf(await call(gateway, token, history(conversationId, { limit: '1' })));
    const since = new Date(0).toISOString();
    const cursor = String(page.nextPage);
    const other = { since: new Date(5).toISOString(), cursor };
    expect((await call(gateway, token, history(conversationId, { since, cursor }))).status).toBe(
      200,
    );
    expect((await call(gateway, token, history(conversationId, other))).status).toBe(400);
    const garbage = { cursor: 'garbage' };
    expect((await call(gateway, token, history(conversationId, garbage))).status).toBe(400);
  });

  test('before a sequence come the newest below it, ascending', async () => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    await gateway.agent.sayAll(conversationId, ['1', '2', '3', '4', '5']);
    const query = { before: '5', limit: '2' };
    const page = pageOf(await call(gateway, token, history(conversationId, query)));
    expect(page).toMatchObject({ texts: ['3', '4'], nextPage: null });
    const first = pageOf(await call(gateway, token, history(conversationId, { before: '1' })));
    expect(first).toMatchObject({ texts: [], nextPage: null });
  });

  test('before an instant is exclusive', async () => {
    const gateway = await gatewayForTest({ sequences: false });
    const { conversationId, token } = await conversation(gateway);
    const at = Date.now();
    await gateway.agent.say(conversationId, 'earlier', { at: at - 1 });
    await gateway.agent.say(conversationId, 'then', { at });
    const before = new Date(at).toISOString();
    const page = pageOf(await call(gateway, token, history(conversationId, { before })));
    expect(page.texts).toEqual(['earlier']);
    expect((await call(gateway, token, history(conversationId, { before: '2' }))).status).toBe(400);
  });

  test.each([
    ['a limit above 50', { limit: '51' }],
    ['a limit of nothing', { limit: '0' }],
    ['a since that is no instant', { since: 'yesterday' }],
    ['before and since at once', { before: '3', since: new Date(0).toISOString() }],
  ])('%s is refused', async (_what, parameters) => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    const answer = await call(gateway, token, history(conversationId, parameters));
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_FRAME' } });
  });
});

describe('sending', () => {
  test('a message by REST is created, echoed to the socket, and kept once', async () => {
    const gateway = await gatewayForTest();
    const { line, conversationId, token } = await conversation(gateway);
    const post = { conversationId, messageId: 'm1', text: 'by REST' };
    const created = await call(gateway, token, messages, post);
    expect(created).toMatchObject({ status: 201, body: { messageId: 'm1', sequence: 1 } });
    expect(await line.next('message')).toMatchObject({ messageId: 'm1', text: 'by REST' });
    const again = await call(gateway, token, messages, post);
    expect(again.status).toBe(200);
    expect(again.body).toEqual(created.body);
    expect(await gateway.agent.transcript(conversationId)).toHaveLength(1);
  });

  test('into an ended conversation is a conflict', async () => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    await gateway.agent.end(conversationId);
    const post = { conversationId, messageId: 'm1', text: 'late' };
    const answer = await call(gateway, token, messages, post);
    expect(answer).toMatchObject({ status: 409, body: { code: 'CONVERSATION_ENDED' } });
  });

  test.each([
    ['a text that is too long', { messageId: 'm', text: 'x'.repeat(4_097) }, 'MESSAGE_TOO_LONG'],
    ['no message id', { text: 'x' }, 'INVALID_FRAME'],
  ])('%s is refused', async (_what, wrong, code) => {
    const gateway = await gatewayForTest();
    const { conversationId, token } = await conversation(gateway);
    const answer = await call(gateway, token, messages, { conversationId, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });
});

describe('who may ask', () => {
  test('a conversation of another visitor is not found', async () => {
    const gateway = await gatewayForTest();
    const { conversationId } = await conversation(gateway);
    const eve = await tokenFor(gateway, 'eve');
    const notFound = { status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } };
    expect(await call(gateway, eve, history(conversationId))).toMatchObject(notFound);
    expect(await call(gateway, eve, `/conversations/${conversationId}`)).toMatchObject(notFound);
    const post = { conversationId, messageId: 'm1', text: 'hi' };
    expect(await call(gateway, eve, messages, post)).toMatchObject(notFound);
  });

  test('distinguishes a wrong token, an expired one, and one without the scope', async () => {
    const gateway = await gatewayForTest();
    const path = '/routing/skillgroups';
    const narrow = await tokenFor(gateway, 'ann', 'webchat:read');
    const old = await tokenFor(gateway, 'ann');
    expect(await call(gateway, 'guess', path)).toMatchObject({
      status: 401,
      body: { code: 'INVALID_TOKEN' },
    });
    expect(await call(gateway, narrow, path)).toMatchObject({
      status: 403,
      body: { code: 'INSUFFICIENT_SCOPE' },
    });
    gateway.faults.expireTokens();
    expect(await call(gateway, old, path)).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_EXPIRED' },
    });
  });
});

describe('CORS', () => {
  test('every answer bears it, errors and faults too', async () => {
    const gateway = await gatewayForTest();
    const token = await tokenFor(gateway, 'ann');
    gateway.faults.rest({ how: 'status', status: 503, retryAfter: 3 }, { path: 'skillgroups' });
    const answers = [
      await call(gateway, token, '/routing/skillgroups'),
      await call(gateway, token, '/routing/skillgroups'),
      await call(gateway, 'guess', '/routing/skillgroups'),
      await call(gateway, token, '/conversations/none'),
      await call(gateway, token, '/no/such/call'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([503, 200, 401, 404, 404]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:8080');
      expect(headers.get('access-control-expose-headers')).toBe('Retry-After,Date');
      expect(headers.get('vary')).toContain('Origin');
    }
    expect(answers[0]?.headers.get('retry-after')).toBe('3');
  });

  test('a preflight needs no token', async () => {
    const gateway = await gatewayForTest();
    const response = await fetch(`${gateway.apiUrl}/api/v2/conversations/messages`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://127.0.0.1:8080',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST');
    expect(gateway.stats.rest).toEqual({});
  });

  test('another origin gets no header', async () => {
    const gateway = await gatewayForTest({ allowedOrigins: ['https://shop.example'] });
    const token = await tokenFor(gateway, 'ann');
    const { headers } = await call(gateway, token, '/routing/skillgroups');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('conversation, skill groups and coverage are returned', async () => {
  const gateway = await gatewayForTest({
    skillGroups: ['Tier1_Support', { name: 'Billing', id: 'sg-2', agentsOnShift: 0 }],
  });
  const { conversationId, token } = await conversation(gateway);
  expect((await call(gateway, token, `/conversations/${conversationId}`)).body).toEqual({
    conversationId,
    status: 'queued',
    position: 1,
  });
  expect((await call(gateway, token, '/routing/skillgroups')).body).toEqual({
    entities: [
      { id: 'tier1-support', name: 'Tier1_Support' },
      { id: 'sg-2', name: 'Billing' },
    ],
  });
  const coverage = '/workforcemanagement/skillcoverage?skillGroups=Tier1_Support,Billing,billing';
  expect((await call(gateway, token, coverage)).body).toEqual({
    entities: [
      { skillGroup: 'Tier1_Support', agentsOnShift: 2 },
      { skillGroup: 'Billing', agentsOnShift: 0 },
      { skillGroup: 'billing', agentsOnShift: 0 },
    ],
  });
});
