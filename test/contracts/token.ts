import type { GatewayEvent } from '../../src/protocol/gateway/events.ts';
import type { RestResult } from '../../src/protocol/gateway/rest.ts';
import type { TokenResult } from '../../src/protocol/gateway/tokens.ts';
import { type EdgeCase, numbers, oddTexts } from './edge-case.ts';
import { retryAfters } from './rest.ts';

type Refusal = Extract<TokenResult, { ok: false }>['kind'];

// --- tokens that the site's broker gives, a model of one included ---

export interface TokenBench {
  /** What the broker says from now on: a token for this visitor, or why not. */
  says(answer: { readonly subject: string } | { readonly refusal: Refusal }): Promise<void>;
  fetch(isWanted?: () => boolean): Promise<TokenResult>;
  current(): string | null;
  /** The gateway would not have it. */
  forget(): void;
  /** The visitor has signed out. */
  end(): void;
}

const refusals: readonly Refusal[] = ['signed-out', 'rate-limited', 'unavailable', 'network'];

export const tokenCases: readonly EdgeCase<TokenBench>[] = [
  {
    name: 'a token is there once it was fetched, with its life and whose it is; the next one replaces it',
    async run(bench, expect) {
      expect.equal(bench.current(), null);
      await bench.says({ subject: 'visitor-1' });
      const first = await bench.fetch();
      expect.equal(first.ok && [first.subject, (first.expiresIn ?? 0) > 0], ['visitor-1', true]);
      const token = bench.current();
      expect.equal(typeof token, 'string');
      await bench.says({ subject: 'visitor-2' });
      const second = await bench.fetch();
      expect.equal(second.ok && second.subject, 'visitor-2');
      expect.equal(bench.current() === token, false);
    },
  },
  {
    name: 'a token that nobody waits for any more is told, and not taken',
    async run(bench, expect) {
      await bench.says({ subject: 'visitor-1' });
      const late = await bench.fetch(() => false);
      expect.equal(late.ok, true);
      expect.equal(bench.current(), null);
      await bench.fetch();
      const token = bench.current();
      await bench.says({ subject: 'visitor-2' });
      await bench.fetch(() => false);
      expect.equal(bench.current(), token);
    },
  },
  {
    name: 'whether it is still waited for is asked when it comes, not before',
    async run(bench, expect) {
      await bench.says({ subject: 'visitor-1' });
      let isWanted = true;
      const fetched = bench.fetch(() => isWanted);
      isWanted = false;
      await fetched;
      expect.equal(bench.current(), null);
    },
  },
  ...refusals.map(
    (refusal): EdgeCase<TokenBench> => ({
      name: `a broker that says '${refusal}' takes nothing away of what was there`,
      async run(bench, expect) {
        await bench.says({ refusal });
        const none = await bench.fetch();
        expect.equal(!none.ok && none.kind, refusal);
        expect.equal(bench.current(), null);
        await bench.says({ subject: 'visitor-1' });
        await bench.fetch();
        const token = bench.current();
        await bench.says({ refusal });
        await bench.fetch();
        expect.equal(bench.current(), token);
      },
    }),
  ),
  {
    name: 'a broker that is busy says for how long, in ms',
    async run(bench, expect) {
      await bench.says({ refusal: 'rate-limited' });
      const busy = await bench.fetch();
      expect.equal(!busy.ok && (busy.retryAfter ?? 0) >= 1_000, true);
    },
  },
  {
    name: 'a token that is refused, or whose visitor has left, is there no more',
    async run(bench, expect) {
      await bench.says({ subject: 'visitor-1' });
      for (const leave of [() => bench.forget(), () => bench.end()]) {
        await bench.fetch();
        expect.equal(bench.current() === null, false);
        leave();
        expect.equal(bench.current(), null);
      }
    },
  },
];

// --- secrets of sessions that the client makes itself, a model of them included ---

export interface SessionTokenBench {
  /** Who is signed in at the site. */
  signsIn(subject: string): void;
  fetch(isFresh?: boolean, isWanted?: () => boolean): Promise<TokenResult>;
  current(): string | null;
  forget(): void;
  end(): void;
  /** Another hub comes, with what the browser has kept. */
  restart(): void;
}

const sameness = (result: TokenResult) => result.ok && result.isSame;

export const sessionTokenCases: readonly EdgeCase<SessionTokenBench>[] = [
  {
    name: 'a session’s token stays the same for its visitor, whoever asks again',
    async run(bench, expect) {
      bench.signsIn('visitor-1');
      const first = await bench.fetch();
      expect.equal(first, { ok: true, expiresIn: 900, subject: 'visitor-1', isSame: false });
      const token = bench.current();
      expect.equal(sameness(await bench.fetch()), true);
      bench.forget();
      expect.equal(bench.current(), null);
      expect.equal(sameness(await bench.fetch()), true);
      expect.equal(bench.current(), token);
      bench.restart();
      expect.equal(bench.current(), null);
      expect.equal(sameness(await bench.fetch()), false);
      expect.equal(bench.current(), token);
    },
  },
  {
    name: 'a new session has another token, and so has another visitor, and who comes back',
    async run(bench, expect) {
      const tokens: (string | null)[] = [];
      const fetch = async (isFresh = false) => {
        expect.equal(sameness(await bench.fetch(isFresh)), false);
        tokens.push(bench.current());
      };
      bench.signsIn('visitor-1');
      await fetch();
      await fetch(true);
      bench.signsIn('visitor-2');
      await fetch();
      bench.signsIn('visitor-1');
      await fetch();
      expect.equal(new Set(tokens).size, 4);
      expect.equal(tokens.includes(null), false);
    },
  },
  {
    name: 'nothing of a session is left when its visitor signs out',
    async run(bench, expect) {
      bench.signsIn('visitor-1');
      await bench.fetch();
      const token = bench.current();
      bench.end();
      expect.equal(bench.current(), null);
      expect.equal(sameness(await bench.fetch()), false);
      expect.equal(bench.current() === token, false);
    },
  },
  {
    name: 'a token that nobody waits for any more is neither taken nor kept',
    async run(bench, expect) {
      bench.signsIn('visitor-1');
      await bench.fetch();
      const token = bench.current();
      await bench.fetch(true, () => false);
      expect.equal(bench.current(), token);
      bench.restart();
      await bench.fetch();
      expect.equal(bench.current(), token);
    },
  },
];

// --- tokens for REST that come on the line, a model of them included ---

export interface RestTokenBench {
  /** How many were asked for on the line. */
  readonly asked: number;
  /** Whether there is a line to ask on. */
  hasLine: boolean;
  /** The session on the line is open. */
  opens(): void;
  lineEnds(): void;
  /** A token comes on the line. */
  gives(token: string): void;
  /** Anything else does; returns what of it is the core's business. */
  tells(event: GatewayEvent): GatewayEvent | null;
  /** How the history is answered from now on. */
  answers(status: number): void;
  /** The tokens that the history has seen. */
  readonly seen: readonly string[];
  look(): Promise<RestResult>;
  pass(duration: number): Promise<void>;
}

const kindOf = (result: RestResult) => (result.ok ? 'ok' : result.failure.kind);

export const restTokenCases: readonly EdgeCase<RestTokenBench>[] = [
  {
    name: 'a token is asked for once for all who look, and kept for less than its minute',
    async run(bench, expect) {
      bench.opens();
      const both = [bench.look(), bench.look()];
      await bench.pass(1_000);
      expect.equal(bench.asked, 1);
      bench.gives('one');
      await bench.pass(1_000);
      expect.equal((await Promise.all(both)).map(kindOf), ['ok', 'ok']);
      // Its life has begun when it was asked for.
      await bench.pass(47_900);
      expect.equal(kindOf(await bench.look()), 'ok');
      expect.equal(bench.asked, 1);
      await bench.pass(200);
      const late = bench.look();
      await bench.pass(100);
      expect.equal(bench.asked, 2);
      bench.gives('two');
      await bench.pass(1_000);
      expect.equal(kindOf(await late), 'ok');
      expect.equal(bench.seen, ['one', 'one', 'one', 'two']);
    },
  },
  {
    name: 'without a session on a line nobody is asked',
    async run(bench, expect) {
      expect.equal(kindOf(await bench.look()), 'network');
      expect.equal(bench.asked, 0);
      bench.opens();
      bench.hasLine = false;
      expect.equal(kindOf(await bench.look()), 'network');
      expect.equal(bench.seen, []);
    },
  },
  {
    name: 'a token that does not come within ten seconds is waited for no longer',
    async run(bench, expect) {
      bench.opens();
      let result: RestResult | null = null;
      void bench.look().then((answer) => {
        result = answer;
      });
      await bench.pass(9_900);
      expect.equal(result, null);
      await bench.pass(200);
      expect.equal(result === null ? null : kindOf(result), 'network');
      // One that comes now is nobody's.
      bench.gives('late');
      void bench.look();
      await bench.pass(100);
      expect.equal([bench.asked, bench.seen.length], [2, 0]);
    },
  },
  {
    name: 'a line that ends takes its token along, and the answer of those who wait',
    async run(bench, expect) {
      bench.opens();
      const first = bench.look();
      await bench.pass(100);
      bench.gives('one');
      await bench.pass(1_000);
      expect.equal(kindOf(await first), 'ok');
      bench.lineEnds();
      expect.equal(kindOf(await bench.look()), 'network');
      bench.opens();
      const lost = bench.look();
      await bench.pass(100);
      expect.equal(bench.asked, 2);
      bench.lineEnds();
      await bench.pass(100);
      expect.equal(kindOf(await lost), 'network');
      bench.gives('of a former line');
      await bench.pass(100);
      expect.equal(bench.seen, ['one']);
    },
  },
  {
    name: 'a token that the history refuses is replaced with the next call, and not in the same',
    async run(bench, expect) {
      bench.opens();
      const first = bench.look();
      await bench.pass(100);
      bench.answers(401);
      bench.gives('one');
      await bench.pass(1_000);
      expect.equal(kindOf(await first), 'unavailable');
      expect.equal([bench.asked, bench.seen.length], [1, 1]);
      bench.answers(200);
      const second = bench.look();
      await bench.pass(100);
      expect.equal(bench.asked, 2);
      bench.gives('two');
      await bench.pass(1_000);
      expect.equal(kindOf(await second), 'ok');
      expect.equal(kindOf(await bench.look()), 'ok');
      expect.equal([bench.asked, [...bench.seen]], [2, ['one', 'two', 'two']]);
    },
  },
  {
    name: 'another refusal says nothing of the token',
    async run(bench, expect) {
      bench.opens();
      const first = bench.look();
      await bench.pass(100);
      bench.gives('one');
      await bench.pass(1_000);
      await first;
      for (const status of [403, 429, 503]) {
        bench.answers(status);
        await bench.look();
      }
      bench.answers(200);
      expect.equal(kindOf(await bench.look()), 'ok');
      expect.equal(bench.asked, 1);
    },
  },
  {
    name: 'a token is the edge’s alone, and what is none of its business goes on to the core',
    async run(bench, expect) {
      bench.opens();
      const late = bench.look();
      await bench.pass(100);
      const pong = { type: 'pong' } as const;
      expect.equal(bench.tells(pong), pong);
      const token = { type: 'rest-token', token: 'one', expiresAt: null } as const;
      expect.equal(bench.tells(token), null);
      await bench.pass(1_000);
      expect.equal(kindOf(await late), 'ok');
    },
  },
];

// --- the broker's answers, at the real edge ---

export interface BrokerReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface BrokerBench {
  answer(reply: BrokerReply | 'hang' | 'cut' | 'refuse'): Promise<void>;
  readonly requests: readonly {
    readonly method: string;
    readonly refused: string | undefined;
    readonly body: string;
  }[];
  fetch(isWanted?: () => boolean): Promise<TokenResult>;
  current(): string | null;
  forget(): void;
  end(): void;
  waiting(): Promise<void>;
  readonly deadlines: readonly number[];
  timeOut(): void;
}

const given = { token: 'secret-of-ada', expiresIn: 60, subject: 'ada' };
const reply = (body: unknown): BrokerReply => ({ status: 200, body: JSON.stringify(body) });
const refusalOf = (result: TokenResult) => (result.ok ? 'ok' : result.kind);

export const brokerCases: readonly EdgeCase<BrokerBench>[] = [
  {
    name: 'each status of the broker has its meaning',
    async run(bench, expect) {
      for (const [status, kind] of [
        [400, 'unavailable'],
        [401, 'signed-out'],
        [402, 'unavailable'],
        [403, 'forbidden'],
        [404, 'unavailable'],
        [408, 'unavailable'],
        [428, 'unavailable'],
        [429, 'rate-limited'],
        [430, 'unavailable'],
        [500, 'unavailable'],
        [502, 'unavailable'],
        [503, 'unavailable'],
        [504, 'unavailable'],
      ] as const) {
        await bench.answer({ status, body: JSON.stringify(given) });
        expect.equal(refusalOf(await bench.fetch()), kind, String(status));
        expect.equal(bench.current(), null);
      }
    },
  },
  {
    name: 'the broker’s Retry-After counts in seconds, and what can’t be used is none',
    async run(bench, expect) {
      for (const [header, retryAfter] of retryAfters) {
        for (const status of [401, 403, 429, 502]) {
          await bench.answer({ status, headers: { 'retry-after': header } });
          const result = await bench.fetch();
          expect.equal(result.ok ? 'ok' : result.retryAfter, retryAfter, `${status} ${header}`);
        }
      }
    },
  },
  {
    name: 'an answer of another shape is none, and takes nothing away',
    async run(bench, expect) {
      await bench.answer(reply(given));
      await bench.fetch();
      const wrong: readonly (BrokerReply | unknown)[] = [
        { status: 200, body: '' },
        { status: 200, body: '<html>secret-of-ada</html>' },
        { status: 200, body: '{"token":"secret-of-ada"' },
        { status: 200, body: '{"token":"secret-of-ada","expiresIn":1e400,"subject":"ada"}' },
        { status: 204 },
      ];
      const bodies = [
        null,
        [],
        {},
        { ...given, token: undefined },
        { ...given, token: '' },
        { ...given, token: 7 },
        { ...given, expiresIn: undefined },
        { ...given, expiresIn: null },
        { ...given, expiresIn: 0 },
        { ...given, expiresIn: -0 },
        { ...given, expiresIn: -1 },
        { ...given, expiresIn: '60' },
        { ...given, subject: undefined },
        { ...given, subject: null },
        { ...given, subject: '' },
        { ...given, subject: 7 },
        { ...given, subject: 'x'.repeat(513) },
      ];
      for (const answer of [...wrong.map(Object), ...bodies.map(reply)]) {
        await bench.answer(answer);
        const result = await bench.fetch();
        expect.equal(refusalOf(result), 'unavailable', answer.body);
        expect.equal(JSON.stringify(result).includes('secret'), false);
        expect.equal(bench.current(), 'secret-of-ada');
      }
    },
  },
  {
    name: 'lives of any length and visitors of any name are taken as they are',
    async run(bench, expect) {
      for (const expiresIn of [0.001, 1, 3_600, 1e9, 1e300]) {
        await bench.answer(reply({ ...given, expiresIn }));
        expect.equal(await bench.fetch(), { ok: true, expiresIn, subject: 'ada' });
      }
      for (const subject of [...oddTexts, 'x', 'x'.repeat(512)]) {
        await bench.answer(reply({ ...given, subject, expiresAt: 'more', scope: 'more' }));
        expect.equal(await bench.fetch(), { ok: true, expiresIn: 60, subject });
      }
    },
  },
  {
    name: 'the broker is asked by POST without a body, and told once that its last token was refused',
    async run(bench, expect) {
      await bench.answer(reply(given));
      await bench.fetch();
      bench.forget();
      await bench.answer({ status: 502 });
      await bench.fetch();
      await bench.answer(reply(given));
      // A token that nobody takes tells nothing of the one that was refused.
      await bench.fetch(() => false);
      await bench.fetch();
      await bench.fetch();
      bench.end();
      await bench.fetch();
      expect.equal(
        bench.requests.map(({ refused }) => refused),
        [undefined, '1', '1', '1', undefined, undefined],
      );
      for (const { method, body } of bench.requests) expect.equal([method, body], ['POST', '']);
    },
  },
  {
    name: 'a broker that is silent, gone, or breaks off is the network’s fault',
    async run(bench, expect) {
      await bench.answer('hang');
      const late = bench.fetch();
      await bench.waiting();
      expect.equal(bench.deadlines, [10_000]);
      bench.timeOut();
      expect.equal(refusalOf(await late), 'network');
      for (const answer of ['cut', 'refuse'] as const) {
        await bench.answer(answer);
        expect.equal(refusalOf(await bench.fetch()), 'network', answer);
      }
    },
  },
  {
    name: 'of many tokens at once the one that is waited for is taken, whichever comes last',
    async run(bench, expect) {
      await bench.answer(reply(given));
      const wanted = numbers(1, 20).map((number) => bench.fetch(() => number === 7));
      const results = await Promise.all(wanted);
      expect.equal(results.filter(({ ok }) => ok).length, 20);
      expect.equal(bench.current(), 'secret-of-ada');
    },
  },
];
