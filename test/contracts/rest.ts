import type { RestCall, RestFailureKind, RestResult } from '../../src/protocol/gateway/rest.ts';
import { type EdgeCase, numbers, oddTexts } from './edge-case.ts';

// --- what a history tells, a model of one included ---

/** A gateway's transcripts, as a visitor's hub reads them. */
export interface HistoryBench {
  /** Who asks from now on; `nobody` has a token that counts for nothing, or none. */
  as(who: 'visitor' | 'stranger' | 'nobody' | 'tokenless'): void;
  /** A conversation of the visitor's, with nobody's words in it. */
  begin(): Promise<string>;
  /** An agent says these within one millisecond, behind all that was said before. */
  say(conversationId: string, texts: readonly string[]): Promise<void>;
  end(conversationId: string): Promise<void>;
  call(call: RestCall): Promise<RestResult>;
}

interface Page {
  readonly texts: readonly string[];
  readonly times: readonly number[];
  readonly sequences: readonly (number | null)[];
  readonly nextCursor: string | null;
}

async function pageOf(bench: HistoryBench, call: RestCall): Promise<Page> {
  const result = await bench.call(call);
  if (!result.ok || result.value.type !== 'history') throw new Error(JSON.stringify(result));
  const { messages, nextCursor } = result.value;
  return {
    texts: messages.map(({ text }) => text),
    times: messages.map(({ timestamp }) => timestamp ?? Number.NaN),
    sequences: messages.map(({ sequence }) => sequence),
    nextCursor,
  };
}

const since = (conversationId: string, from = 0, cursor: string | null = null): RestCall => ({
  type: 'history-since',
  conversationId,
  since: from,
  cursor,
});

const textsOf = (from: number, to: number) => numbers(from, to).map((number) => `text ${number}`);
const kindOf = (result: RestResult) => (result.ok ? 'ok' : result.failure.kind);

export const historyCases: readonly EdgeCase<HistoryBench>[] = [
  ...[0, 1, 49, 50, 51, 100, 101].map(
    (count): EdgeCase<HistoryBench> => ({
      name: `${count} messages are told by pages of fifty, ascending, to the last`,
      async run(bench, expect) {
        const conversationId = await bench.begin();
        for (const text of textsOf(1, count)) await bench.say(conversationId, [text]);
        const reported: string[] = [];
        const lengths: number[] = [];
        const sequences: (number | null)[] = [];
        let cursor: string | null = null;
        do {
          const page: Page = await pageOf(bench, since(conversationId, 0, cursor));
          reported.push(...page.texts);
          sequences.push(...page.sequences);
          lengths.push(page.texts.length);
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect.equal(reported, textsOf(1, count));
        expect.equal(sequences, numbers(1, count));
        const full = Math.max(0, Math.ceil(count / 50) - 1);
        expect.equal(lengths, [...numbers(1, full).map(() => 50), count - 50 * full]);
      },
    }),
  ),
  {
    name: 'a history from an instant on has all of that millisecond, and none of the one before',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      await bench.say(conversationId, ['a', 'b']);
      await bench.say(conversationId, ['c', 'd', 'e']);
      await bench.say(conversationId, ['f']);
      const { texts, times } = await pageOf(bench, since(conversationId));
      expect.equal(texts, ['a', 'b', 'c', 'd', 'e', 'f']);
      expect.equal(times[2] === times[4] && times[1] !== times[2], true);
      const [at = 0, last = 0] = [times[2], times[5]];
      expect.equal((await pageOf(bench, since(conversationId, at))).texts, ['c', 'd', 'e', 'f']);
      expect.equal((await pageOf(bench, since(conversationId, at + 1))).texts, ['f']);
      expect.equal((await pageOf(bench, since(conversationId, last))).texts, ['f']);
      expect.equal((await pageOf(bench, since(conversationId, last + 1))).texts, []);
    },
  },
  {
    name: 'a page that ends within a millisecond is gone on with where it ended',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      await bench.say(conversationId, textsOf(1, 30));
      await bench.say(conversationId, textsOf(31, 70));
      const first = await pageOf(bench, since(conversationId));
      expect.equal(first.texts, textsOf(1, 50));
      const at = first.times[49] ?? 0;
      const second = await pageOf(bench, since(conversationId, 0, first.nextCursor));
      expect.equal(second.texts, textsOf(51, 70));
      expect.equal(second.nextCursor, null);
      expect.equal((await pageOf(bench, since(conversationId, at))).texts, textsOf(31, 70));
    },
  },
  {
    name: 'what comes while a history is read is on its last page, once',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      await bench.say(conversationId, textsOf(1, 60));
      const first = await pageOf(bench, since(conversationId));
      await bench.say(conversationId, ['late']);
      const second = await pageOf(bench, since(conversationId, 0, first.nextCursor));
      expect.equal([...first.texts, ...second.texts], [...textsOf(1, 60), 'late']);
    },
  },
  {
    name: 'older messages are the fifty before a place, ascending, and never that one itself',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      await bench.say(conversationId, textsOf(1, 60));
      await bench.say(conversationId, textsOf(61, 70));
      const before = async (sequence: number) =>
        (await pageOf(bench, { type: 'history-before', conversationId, before: { sequence } }))
          .texts;
      expect.equal(await before(71), textsOf(21, 70));
      expect.equal(await before(52), textsOf(2, 51));
      expect.equal(await before(51), textsOf(1, 50));
      expect.equal(await before(50), textsOf(1, 49));
      expect.equal(await before(2), textsOf(1, 1));
      expect.equal(await before(1), []);
      const { times } = await pageOf(bench, since(conversationId));
      const [instant = 0] = times;
      const call = { type: 'history-before', conversationId } as const;
      expect.equal((await pageOf(bench, { ...call, before: { instant } })).texts, []);
      const later = await pageOf(bench, { ...call, before: { instant: instant + 1 } });
      expect.equal(later.texts, textsOf(11, 60));
      expect.equal(later.nextCursor, null);
    },
  },
  {
    name: 'a message that is sent is there once, however often, and is answered as it was stored',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      const call = { type: 'send-message', conversationId, messageId: 'm-1' } as const;
      const first = await bench.call({ ...call, text: 'hello' });
      const second = await bench.call({ ...call, text: 'another text' });
      expect.equal(second, first);
      if (!first.ok || first.value.type !== 'message') throw new Error(JSON.stringify(first));
      const { messageId, text, sequence, from } = first.value.message;
      expect.equal([messageId, text, sequence, from.role], ['m-1', 'hello', 1, 'visitor']);
      expect.equal((await pageOf(bench, since(conversationId))).texts, ['hello']);
    },
  },
  {
    name: 'a conversation that has ended takes no message, and still says what was in it',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      const call = { type: 'send-message', conversationId, text: 'hello' } as const;
      await bench.call({ ...call, messageId: 'm-1' });
      await bench.end(conversationId);
      expect.equal(kindOf(await bench.call({ ...call, messageId: 'm-2' })), 'ended');
      // It was taken while it could be.
      expect.equal(kindOf(await bench.call({ ...call, messageId: 'm-1' })), 'ok');
      expect.equal((await pageOf(bench, since(conversationId))).texts, ['hello']);
      const reported = await bench.call({ type: 'conversation', conversationId });
      const value = { type: 'conversation', conversation: { conversationId, status: 'ended' } };
      expect.equal(reported, { ok: true, value });
    },
  },
  {
    name: 'another one’s conversation is none, and so is one that never was',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      await bench.say(conversationId, ['secret']);
      const calls = (id: string): readonly RestCall[] => [
        since(id),
        { type: 'history-before', conversationId: id, before: { sequence: 9 } },
        { type: 'conversation', conversationId: id },
        { type: 'send-message', conversationId: id, messageId: 'm', text: 'x' },
      ];
      for (const call of calls('never')) expect.equal(kindOf(await bench.call(call)), 'not-found');
      bench.as('stranger');
      for (const call of calls(conversationId)) {
        expect.equal(kindOf(await bench.call(call)), 'not-found', call.type);
      }
      bench.as('visitor');
      expect.equal((await pageOf(bench, since(conversationId))).texts, ['secret']);
    },
  },
  {
    name: 'without a token that counts nobody is told anything',
    async run(bench, expect) {
      const conversationId = await bench.begin();
      for (const who of ['nobody', 'tokenless'] as const) {
        bench.as(who);
        const calls: readonly RestCall[] = [
          since(conversationId),
          { type: 'conversation', conversationId },
          { type: 'send-message', conversationId, messageId: 'm', text: 'x' },
          { type: 'skill-groups' },
          { type: 'skill-coverage', skillGroups: ['Billing'] },
        ];
        for (const call of calls) {
          expect.equal(kindOf(await bench.call(call)), 'unauthorized', `${who}: ${call.type}`);
        }
      }
    },
  },
  {
    name: 'the skill groups are told by their names, and who is on shift for those that were asked for',
    async run(bench, expect) {
      const groups = await bench.call({ type: 'skill-groups' });
      const names = groups.ok && groups.value.type === 'skill-groups' ? groups.value.names : [];
      expect.equal(names.includes('Billing'), true);
      const covered = await bench.call({ type: 'skill-coverage', skillGroups: ['Billing'] });
      const coverage =
        covered.ok && covered.value.type === 'skill-coverage' ? covered.value.coverage : [];
      expect.equal(
        coverage.map(({ skillGroup, agentsOnShift }) => [skillGroup, agentsOnShift > 0]),
        [['Billing', true]],
      );
    },
  },
];

// --- what comes of an answer, at the real edge ---

export interface RestReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RestRequestSeen {
  readonly method: string;
  /** As it stood in the first line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface RestBench {
  readonly dialect: 'webchat' | 'genesys-cloud';
  /** How the server answers from now on; `hang`: not at all, `cut`: with half an answer. */
  answer(reply: RestReply | 'hang' | 'cut' | 'refuse'): Promise<void>;
  readonly requests: readonly RestRequestSeen[];
  setToken(token: string | null): void;
  /** For each call, whether the last token was refused. */
  readonly refusals: readonly boolean[];
  call(call: RestCall): Promise<RestResult>;
  /** Until a request has come that waits. */
  waiting(): Promise<void>;
  abortAll(): void;
  /** The deadlines of all calls so far, in ms. */
  readonly deadlines: readonly number[];
  /** The deadline of what waits is over. */
  timeOut(): void;
}

const look: RestCall = { type: 'history-since', conversationId: 'c', since: 0, cursor: null };
const nothing = JSON.stringify({ entities: [], nextPage: null, total: 0 });

const kinds: readonly (readonly [number, RestFailureKind, ofSessions: RestFailureKind])[] = [
  [400, 'rejected', 'rejected'],
  [401, 'unauthorized', 'unavailable'],
  [402, 'rejected', 'rejected'],
  [403, 'forbidden', 'unavailable'],
  [404, 'not-found', 'unavailable'],
  [405, 'rejected', 'rejected'],
  [408, 'unavailable', 'unavailable'],
  [410, 'rejected', 'rejected'],
  [413, 'rejected', 'rejected'],
  [422, 'rejected', 'rejected'],
  [428, 'rejected', 'rejected'],
  [429, 'rate-limited', 'rate-limited'],
  [430, 'rejected', 'rejected'],
  [499, 'rejected', 'rejected'],
  [500, 'unavailable', 'unavailable'],
  [501, 'unavailable', 'unavailable'],
  [502, 'unavailable', 'unavailable'],
  [503, 'unavailable', 'unavailable'],
  [504, 'unavailable', 'unavailable'],
  [599, 'unavailable', 'unavailable'],
];

/** In ms; `null`: it says nothing that we can use. */
export const retryAfters: readonly (readonly [string, number | null])[] = [
  ['0', 0],
  ['1', 1_000],
  ['1.5', 1_500],
  ['  7 ', 7_000],
  ['120', 120_000],
  ['00030', 30_000],
  ['', null],
  ['-1', null],
  ['+1', null],
  ['1e3', null],
  ['0x10', null],
  ['1,5', null],
  ['1.', null],
  ['.5', null],
  ['Infinity', null],
  ['NaN', null],
  ['soon', null],
  ['10 s', null],
  // Its date form would need the server's clock.
  ['Wed, 21 Oct 2115 07:28:00 GMT', null],
  ['999999999', 999_999_999_000],
  ['9999999999', null],
  ['9'.repeat(400), null],
];

const answers: EdgeCase<RestBench>[] = [
  {
    name: 'each status has its meaning',
    async run(bench, expect) {
      for (const [status, webchat, ofSessions] of kinds) {
        await bench.answer({ status });
        const kind = bench.dialect === 'webchat' ? webchat : ofSessions;
        expect.equal(kindOf(await bench.call(look)), kind, String(status));
      }
      for (const status of [200, 201, 203, 206]) {
        await bench.answer({ status, body: nothing });
        expect.equal(kindOf(await bench.call(look)), 'ok', String(status));
      }
    },
  },
  {
    name: 'a Retry-After counts in seconds, and what can’t be used is none',
    async run(bench, expect) {
      for (const [header, retryAfter] of retryAfters) {
        for (const status of [429, 503, 401]) {
          await bench.answer({ status, headers: { 'retry-after': header } });
          const result = await bench.call(look);
          expect.equal(result.ok ? 'ok' : result.failure.retryAfter, retryAfter, header);
        }
      }
      await bench.answer({ status: 503 });
      const result = await bench.call(look);
      expect.equal(result.ok ? 'ok' : result.failure.retryAfter, null);
    },
  },
  {
    name: 'an answer that is no JSON, or of another shape, is invalid',
    async run(bench, expect) {
      const bodies = ['', '<html>', '{', 'null', '7', '"x"', '[]', '{}', '{"entities":7}'];
      for (const body of bodies) {
        await bench.answer({ status: 200, body });
        expect.equal(kindOf(await bench.call(look)), 'invalid', body);
        await bench.answer({ status: 500, body });
        expect.equal(kindOf(await bench.call(look)), 'unavailable', body);
      }
    },
  },
  {
    name: 'a call bears the token, no cookie, and no word of where it comes from',
    async run(bench, expect) {
      bench.setToken('token-of-ada');
      await bench.answer({ status: 200, body: nothing });
      await bench.call(look);
      const [request] = bench.requests;
      expect.equal(request?.method, 'GET');
      expect.equal(request?.headers.authorization, 'Bearer token-of-ada');
      expect.equal(request?.headers.accept, 'application/json');
      expect.equal([request?.headers.cookie, request?.headers.referer], [undefined, undefined]);
      expect.equal(request?.body, '');
    },
  },
  {
    name: 'without a token nothing is asked',
    async run(bench, expect) {
      bench.setToken(null);
      const kind = bench.dialect === 'webchat' ? 'unauthorized' : 'network';
      expect.equal(kindOf(await bench.call(look)), kind);
      expect.equal(bench.requests, []);
    },
  },
  {
    name: 'a server that is silent, gone, or breaks off is the network’s fault, and tells no token',
    async run(bench, expect) {
      bench.setToken('token-of-ada');
      await bench.answer('hang');
      const late = bench.call(look);
      await bench.waiting();
      expect.equal(bench.deadlines, [15_000]);
      bench.timeOut();
      expect.equal(kindOf(await late), 'network');
      await bench.answer('cut');
      const broken = await bench.call(look);
      expect.equal(kindOf(broken), 'network');
      await bench.answer('refuse');
      const refused = await bench.call(look);
      expect.equal(kindOf(refused), 'network');
      expect.equal(JSON.stringify([await late, broken, refused]).includes('ada'), false);
    },
  },
  {
    name: 'calls that are given up answer at once, and those after them are made',
    async run(bench, expect) {
      await bench.answer('hang');
      const late = [bench.call(look), bench.call(look)];
      await bench.waiting();
      bench.abortAll();
      expect.equal((await Promise.all(late)).map(kindOf), ['network', 'network']);
      await bench.answer({ status: 200, body: nothing });
      expect.equal(kindOf(await bench.call(look)), 'ok');
    },
  },
  {
    name: 'a token that is refused is said to be so with the next call, where tokens live for a minute',
    async run(bench, expect) {
      const isOfSessions = bench.dialect === 'genesys-cloud';
      await bench.answer({ status: 401 });
      await bench.call(look);
      expect.equal(bench.requests.length, 1);
      await bench.answer({ status: 403 });
      await bench.call(look);
      await bench.answer({ status: 401 });
      await bench.call(look);
      // It is said once, whatever comes of that call.
      await bench.answer('hang');
      const late = bench.call(look);
      await bench.waiting();
      bench.timeOut();
      await late;
      await bench.answer({ status: 200, body: nothing });
      await bench.call(look);
      expect.equal(bench.requests.length, 5);
      expect.equal(bench.refusals, [false, isOfSessions, false, isOfSessions, false]);
    },
  },
];

export const restCases: readonly EdgeCase<RestBench>[] = answers;

const ids = [...oddTexts.filter((text) => text !== '\u0000'), 'c+1', '..', '%2F', 'ü'.repeat(64)];

/** In what is asked: of the webchat dialect, which has ids in its addresses. */
export const addressCases: readonly EdgeCase<RestBench>[] = [
  {
    name: 'ids and cursors of any characters arrive as they are',
    async run(bench, expect) {
      await bench.answer({ status: 200, body: nothing });
      for (const id of ids) {
        await bench.call({ ...look, conversationId: id, since: 1_700_000_000_001, cursor: id });
        const { path } = bench.requests.at(-1) ?? { path: '' };
        const url = new URL(path, 'http://api');
        expect.equal(url.pathname, '/api/v2/conversations/messages', id);
        expect.equal(
          [...url.searchParams],
          [
            ['conversationId', id],
            ['since', '2023-11-14T22:13:20.001Z'],
            ['limit', '50'],
            ['cursor', id],
          ],
          id,
        );
      }
    },
  },
  {
    name: 'a first page has no cursor, and a place is a number or an instant',
    async run(bench, expect) {
      await bench.answer({ status: 200, body: nothing });
      const query = async (call: RestCall) => {
        await bench.call(call);
        const url = new URL(bench.requests.at(-1)?.path ?? '', 'http://api');
        return Object.fromEntries(url.searchParams);
      };
      expect.equal(await query(look), {
        conversationId: 'c',
        since: '1970-01-01T00:00:00.000Z',
        limit: '50',
      });
      const before = { type: 'history-before', conversationId: 'a&b' } as const;
      expect.equal(await query({ ...before, before: { sequence: 51 } }), {
        conversationId: 'a&b',
        before: '51',
        limit: '50',
      });
      expect.equal(await query({ ...before, before: { instant: 1_700_000_000_999 } }), {
        conversationId: 'a&b',
        before: '2023-11-14T22:13:20.999Z',
        limit: '50',
      });
    },
  },
  {
    name: 'a conversation of any id is asked for under that id alone',
    async run(bench, expect) {
      // Two dots are a step in a path whatever is done to them, and no gateway's id.
      for (const id of ids.filter((one) => one !== '..')) {
        await bench.answer({
          status: 200,
          body: JSON.stringify({ conversationId: id, status: 'connected' }),
        });
        const result = await bench.call({ type: 'conversation', conversationId: id });
        const conversation = { conversationId: id, status: 'connected' };
        expect.equal(result, { ok: true, value: { type: 'conversation', conversation } }, id);
        const { path } = bench.requests.at(-1) ?? { path: '' };
        const prefix = '/api/v2/conversations/';
        expect.equal(path.startsWith(prefix) && !/[?#]/.test(path), true, path);
        expect.equal(decodeURIComponent(path.slice(prefix.length)), id);
        expect.equal(path.slice(prefix.length).includes('/'), false);
      }
    },
  },
  {
    name: 'a message is posted as it is, once, and only its own answer counts',
    async run(bench, expect) {
      const stored = {
        conversationId: 'c&1',
        messageId: 'm "1"',
        sequence: 1,
        from: { id: 'v', name: 'You', role: 'visitor' },
        text: 'hi',
        timestamp: '2026-01-01T00:00:00.000Z',
      };
      const call: RestCall = {
        type: 'send-message',
        conversationId: 'c&1',
        messageId: 'm "1"',
        text: 'line\n"quoted" 🎉',
      };
      for (const status of [200, 201]) {
        await bench.answer({ status, body: JSON.stringify(stored) });
        expect.equal(kindOf(await bench.call(call)), 'ok');
      }
      const [request] = bench.requests;
      expect.equal([request?.method, request?.path], ['POST', '/api/v2/conversations/messages']);
      expect.equal(request?.headers['content-type'], 'application/json');
      const { type: _, ...body } = call;
      expect.equal(JSON.parse(request?.body ?? ''), body);
      await bench.answer({ status: 201, body: JSON.stringify({ ...stored, messageId: 'm-2' }) });
      expect.equal(kindOf(await bench.call(call)), 'invalid');
    },
  },
  {
    name: 'skill groups of any name are asked for, and what is told of others does not count',
    async run(bench, expect) {
      const names = ['Tier 1 & 2', 'a=b?c#d', 'ümläut+%'];
      const entities = [...names, 'Other'].map((skillGroup, agentsOnShift) => ({
        skillGroup,
        agentsOnShift,
      }));
      await bench.answer({ status: 200, body: JSON.stringify({ entities }) });
      const result = await bench.call({ type: 'skill-coverage', skillGroups: names });
      const coverage = entities.slice(0, 3);
      expect.equal(result, { ok: true, value: { type: 'skill-coverage', coverage } });
      const url = new URL(bench.requests[0]?.path ?? '', 'http://api');
      expect.equal(url.pathname, '/api/v2/workforcemanagement/skillcoverage');
      expect.equal([...url.searchParams], [['skillGroups', names.join(',')]]);
    },
  },
  {
    name: 'what the gateway says is wrong counts for more than the status',
    async run(bench, expect) {
      for (const [status, code, kind] of [
        [409, null, 'ended'],
        [400, 'CONVERSATION_ENDED', 'ended'],
        [404, 'CONVERSATION_ENDED', 'ended'],
        [413, 'MESSAGE_TOO_LONG', 'too-long'],
        [400, 'MESSAGE_TOO_LONG', 'too-long'],
        [400, 'INVALID_FRAME', 'rejected'],
        [404, 'CONVERSATION_NOT_FOUND', 'not-found'],
        [429, 'RATE_LIMITED', 'rate-limited'],
        [401, 'TOKEN_EXPIRED', 'unauthorized'],
        [403, 'INSUFFICIENT_SCOPE', 'forbidden'],
        [500, 'INTERNAL', 'unavailable'],
        [500, 'FROM_THE_FUTURE', 'unavailable'],
      ] as const) {
        await bench.answer({ status, body: JSON.stringify({ code, message: 'why' }) });
        const result = await bench.call(look);
        expect.equal(kindOf(result), kind, `${status} ${code}`);
        expect.equal(result.ok ? null : result.failure.message, 'why');
      }
    },
  },
  {
    name: 'entries that can’t be read are counted, and the others are told',
    async run(bench, expect) {
      const message = {
        conversationId: 'c',
        messageId: 'm',
        sequence: 1,
        from: { id: 'a', name: 'Ada', role: 'agent' },
        text: 'hi',
        timestamp: '2026-01-01T00:00:00.000Z',
      };
      const { text: _text, ...withoutText } = message;
      const entities = [
        message,
        null,
        7,
        {},
        withoutText,
        { ...message, text: 7, timestamp: 'yesterday' },
        { ...message, conversationId: 'of another' },
        { ...message, messageId: 'last', sequence: 2 },
      ];
      for (const nextPage of ['a next one', null, undefined]) {
        await bench.answer({ status: 200, body: JSON.stringify({ entities, nextPage }) });
        const result = await bench.call(look);
        if (!result.ok || result.value.type !== 'history') throw new Error(kindOf(result));
        expect.equal(
          result.value.messages.map(({ messageId }) => messageId),
          ['m', 'last'],
        );
        expect.equal(result.value.invalidCount, 6);
        expect.equal(result.value.nextCursor, nextPage ?? null);
      }
    },
  },
];
