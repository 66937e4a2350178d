import { errorCodes } from '../../src/protocol/errors.ts';
import type { Message } from '../../src/protocol/message.ts';
import type {
  Call,
  CallAnswer,
  PatchMessage,
  SnapshotMessage,
  StreamMessage,
  TabMessage,
} from '../../src/protocol/port.ts';
import { protocolVersion } from '../../src/protocol/version.ts';
import type { Answer, Note } from '../../src/worker/core/effect.ts';
import type { Input } from '../../src/worker/core/input.ts';
import { type EdgeCase, numbers, oddTexts } from './edge-case.ts';

/** The hub behind the ports: it notes what comes, and says what the case wants. */
export interface PortsHub {
  /** Of the visitor who is there. */
  epoch: string;
  /** The inputs from tabs, in order of arrival. */
  readonly inputs: Input[];
  /** What they have asked, in the same way. */
  readonly asked: { readonly tabId: string; readonly call: Call }[];
  /** Answers at once with who asked, unless a case wants it otherwise. */
  onCall: (tabId: string, call: Call, settle: (answer: Answer) => void) => void;
  post(tabId: string, message: StreamMessage): void;
}

/** A page's end. */
export interface PortsTab {
  readonly tabId: string;
  readonly heard: StreamMessage[];
  post(message: TabMessage): void;
  call(call: Call): Promise<CallAnswer>;
  close(): void;
}

export interface PortsTabOptions {
  readonly visible?: boolean;
  readonly conversationId?: string | null;
  readonly visitor?: string | null;
  readonly resetCount?: number;
}

export interface PortsBench {
  readonly hub: PortsHub;
  /** Attached, and with its first snapshot. */
  tab(options?: PortsTabOptions): Promise<PortsTab>;
  /** Until all that is on its way has arrived. */
  settled(): Promise<void>;
}

/** A script of the page, that says what it likes. */
export interface PortsStranger {
  /** What came on the connection that is no answer, in order. */
  readonly words: unknown[];
  /** What came on the stream. */
  readonly heard: unknown[];
  /** Hands a stream over, where one can be. */
  attach(attachment: unknown): Promise<void>;
  call(call: unknown, callEpoch?: unknown): Promise<unknown>;
  post(data: unknown): void;
}

/** Where the hub's end is the real one: it does not trust a page. */
export interface ServedPortsBench extends PortsBench {
  readonly limit: number;
  readonly notes: Note[];
  stranger(): Promise<PortsStranger>;
  /** The hub lets a tab go. */
  detach(tabId: string): void;
  /** How many connections are known to have ended. */
  readonly gone: number;
  /** Lets time pass, in ms. */
  pass(duration: number): Promise<void>;
}

/** A message of an agent's, as a page has it. */
export function rowOf(sequence: number, text = `text ${sequence}`): Message {
  return {
    messageId: `m${sequence}`,
    conversationId: 'c',
    sequence,
    from: { id: 'agent', name: 'Ada', role: 'agent' },
    text,
    timestamp: sequence,
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [1, sequence, 0, 0],
  };
}

export function portSnapshot(epoch: string): SnapshotMessage {
  return {
    type: 'snapshot',
    epoch,
    revision: 1,
    visitor: 'ada',
    resetCount: 0,
    shared: {
      connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
      conversation: null,
      unread: 0,
      typing: null,
      draft: '',
      hub: { kind: 'shared-worker', epoch, build: '1', tabs: 1, persistent: true },
    },
    messages: [],
    hasEarlier: false,
  };
}

function patchOf(epoch: string, revision: number, upserts: Message[] = []): PatchMessage {
  return { type: 'patch', epoch, revision, upserts, shared: {}, removed: [], readMark: null };
}

const send = (text: string): Call => ({ type: 'send', messageId: 'm', text });
const codeOf = (answer: unknown): unknown => Object(Object(answer).problem).code;
const inputsOf = ({ hub }: PortsBench, tabId: string) =>
  hub.inputs.filter((input) => 'tabId' in input && input.tabId === tabId);

/** What holds for every way between a tab and its hub, a model of one included. */
export const portCases: readonly EdgeCase<PortsBench>[] = [
  {
    name: 'a tab attaches with what it knows, once, under a name of its own',
    async run(bench, expect) {
      const known = { visible: true, conversationId: 'c 1', visitor: 'ada', resetCount: 3 };
      const nothing = { visible: false, conversationId: null, visitor: null, resetCount: 0 };
      const one = await bench.tab(known);
      const two = await bench.tab(nothing);
      const inputOf = (
        tabId: string,
        { visible: isVisible, ...hint }: typeof known | typeof nothing,
      ) => ({
        type: 'tab-attached',
        tabId,
        isVisible,
        ...hint,
      });
      expect.equal(bench.hub.inputs, [inputOf(one.tabId, known), inputOf(two.tabId, nothing)]);
      expect.equal(one.tabId === two.tabId, false);
    },
  },
  {
    name: 'what the hub posts comes in its order, to that tab alone',
    async run(bench, expect) {
      const one = await bench.tab();
      const two = await bench.tab();
      const patches = numbers(2, 60).map((revision) => patchOf(bench.hub.epoch, revision));
      for (const patch of patches) bench.hub.post(one.tabId, patch);
      const head = { type: 'head', epoch: bench.hub.epoch, revision: 99 } as const;
      bench.hub.post(two.tabId, head);
      await bench.settled();
      expect.equal(one.heard, patches);
      expect.equal(two.heard, [head]);
    },
  },
  {
    name: 'what a tab tells comes in its order, and bears its name',
    async run(bench, expect) {
      const tab = await bench.tab();
      const other = await bench.tab();
      tab.post({ type: 'ack', revision: 4 });
      other.post({ type: 'pull' });
      tab.post({ type: 'pull' });
      tab.post({ type: 'visibility', visible: false });
      tab.post({ type: 'visibility', visible: true });
      tab.post({ type: 'used' });
      tab.post({ type: 'ack', revision: 8 });
      await bench.settled();
      const { tabId } = tab;
      expect.equal(inputsOf(bench, tabId).slice(1), [
        { type: 'tab-ack', tabId, revision: 4 },
        { type: 'tab-pull', tabId },
        { type: 'tab-visibility', tabId, isVisible: false },
        { type: 'tab-visibility', tabId, isVisible: true },
        { type: 'tab-used', tabId },
        { type: 'tab-ack', tabId, revision: 8 },
      ]);
      const reported = inputsOf(bench, other.tabId).slice(1);
      expect.equal(reported, [{ type: 'tab-pull', tabId: other.tabId }]);
    },
  },
  {
    name: 'each call is asked once, and has its own answer, in whatever order they are given',
    async run(bench, expect) {
      const tabs = [await bench.tab(), await bench.tab()];
      const late: (() => void)[] = [];
      bench.hub.onCall = (tabId, call, settle) => {
        const value = [tabId, call.type === 'send' ? call.text : call.type];
        late.unshift(() => settle({ ok: true, value }));
      };
      const texts = ['a', 'b', 'c'];
      const answers = tabs.flatMap((tab) => texts.map((text) => tab.call(send(text))));
      await bench.settled();
      expect.equal(bench.hub.asked.length, 6);
      for (const settle of late) settle();
      await bench.settled();
      const { epoch } = bench.hub;
      expect.equal(
        await Promise.all(answers),
        tabs.flatMap(({ tabId }) =>
          texts.map((text) => ({ ok: true, epoch, value: [tabId, text] })),
        ),
      );
    },
  },
  {
    name: 'calls of one tab come in the order in which they were made',
    async run(bench, expect) {
      const tab = await bench.tab();
      const texts = numbers(1, 15).map((number) => `text ${number}`);
      const answers = texts.map((text) => tab.call(send(text)));
      await bench.settled();
      await Promise.all(answers);
      expect.equal(
        bench.hub.asked.map(({ call }) => ('text' in call ? call.text : null)),
        texts,
      );
    },
  },
  {
    name: 'a refusal keeps its code and its words, whatever they are',
    async run(bench, expect) {
      let tab = await bench.tab();
      for (const [index, code] of errorCodes.entries()) {
        // A tab may ask so many questions a second.
        if (index % 15 === 14) tab = await bench.tab();
        const problem = { code, message: `why ${code}` };
        bench.hub.onCall = (_tabId, _call, settle) => settle({ ok: false, problem });
        const answer = tab.call({ type: 'end' });
        await bench.settled();
        expect.equal(await answer, { ok: false, epoch: bench.hub.epoch, problem });
      }
    },
  },
  {
    name: 'texts of every kind come as they were written, both ways',
    async run(bench, expect) {
      const tab = await bench.tab();
      bench.hub.onCall = (_tabId, call, settle) =>
        settle({ ok: true, value: 'text' in call ? call.text : null });
      for (const text of [...oddTexts, '', 'x'.repeat(100_000)]) {
        const answer = tab.call(send(text));
        await bench.settled();
        const { epoch } = bench.hub;
        expect.equal(await answer, { ok: true, epoch, value: text });
      }
      const rows = oddTexts.map((text, index) => rowOf(index + 1, text));
      bench.hub.post(tab.tabId, patchOf(bench.hub.epoch, 2, rows));
      await bench.settled();
      expect.equal(tab.heard, [patchOf(bench.hub.epoch, 2, rows)]);
    },
  },
  {
    name: 'a call that arrives after its visitor is not done for the next one, but for signing out',
    async run(bench, expect) {
      const tab = await bench.tab();
      const ask = async (call: Call) => {
        const answer = tab.call(call);
        await bench.settled();
        return answer;
      };
      bench.hub.epoch = 'boot.1';
      const refused = await ask(send('mine'));
      expect.equal(codeOf(refused), 'signed-out');
      expect.equal(refused.epoch, 'boot.1');
      expect.equal(bench.hub.asked, []);
      expect.equal((await ask({ type: 'sign-out' })).ok, true);
      expect.equal(bench.hub.asked.length, 1);
      // From the next snapshot on, what is asked is the next visitor's.
      bench.hub.post(tab.tabId, portSnapshot('boot.1'));
      await bench.settled();
      expect.equal((await ask(send('theirs'))).ok, true);
      expect.equal(bench.hub.asked.length, 2);
    },
  },
  {
    name: 'an answer bears the epoch in which the call was taken in',
    async run(bench, expect) {
      const tab = await bench.tab();
      const late: (() => void)[] = [];
      bench.hub.onCall = (_tabId, _call, settle) => {
        late.push(() => settle({ ok: true, value: 1 }));
      };
      const answer = tab.call({ type: 'end' });
      await bench.settled();
      bench.hub.epoch = 'boot.1';
      for (const settle of late) settle();
      await bench.settled();
      expect.equal(await answer, { ok: true, epoch: 'boot.0', value: 1 });
    },
  },
  {
    name: 'a tab that closes says so once; nothing of it is heard after that, and it hears nothing',
    async run(bench, expect) {
      const tab = await bench.tab();
      const other = await bench.tab();
      tab.post({ type: 'ack', revision: 1 });
      tab.close();
      tab.close();
      tab.post({ type: 'pull' });
      await bench.settled();
      bench.hub.post(tab.tabId, patchOf(bench.hub.epoch, 2));
      bench.hub.post(other.tabId, patchOf(bench.hub.epoch, 2));
      await bench.settled();
      const { tabId } = tab;
      expect.equal(inputsOf(bench, tabId).slice(1), [
        { type: 'tab-ack', tabId, revision: 1 },
        { type: 'tab-left', tabId },
      ]);
      expect.equal(tab.heard, []);
      expect.equal(other.heard, [patchOf(bench.hub.epoch, 2)]);
    },
  },
  {
    name: 'a post that is on its way when its tab closes goes nowhere',
    async run(bench, expect) {
      const tab = await bench.tab();
      bench.hub.post(tab.tabId, patchOf(bench.hub.epoch, 2));
      tab.close();
      await bench.settled();
      expect.equal(tab.heard, []);
    },
  },
  {
    name: 'a call that is on its way when its tab closes is done, and its answer goes nowhere',
    async run(bench, expect) {
      const tab = await bench.tab();
      const late: (() => void)[] = [];
      bench.hub.onCall = (_tabId, _call, settle) => {
        late.push(() => settle({ ok: true, value: 1 }));
      };
      let isAnswered = false;
      void tab.call(send('bye')).then(() => {
        isAnswered = true;
      });
      // With what calls are made with at hand, it leaves in this very moment.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      tab.close();
      await bench.settled();
      expect.equal(
        bench.hub.asked.map(({ tabId }) => tabId),
        [tab.tabId],
      );
      for (const settle of late) settle();
      await bench.settled();
      expect.equal(isAnswered, false);
    },
  },
];

const tabIds = [
  'a',
  '__proto__',
  'constructor',
  'a b',
  'a/b?c=d&e#f%20+',
  '"<b>\\',
  'é',
  'e\u0301',
  '🎉',
  '\u0000',
  'x'.repeat(128),
];

const attachmentOf = (tabId: unknown, part: object = {}) => ({
  protocolVersion,
  tabId,
  visible: true,
  conversationId: null,
  visitor: null,
  resetCount: 0,
  ...part,
});

const kindsOf = ({ notes }: ServedPortsBench) => notes.map(({ kind }) => kind);

/** What the hub's end holds against pages that lie, babble or shout. */
export const servedPortCases: readonly EdgeCase<ServedPortsBench>[] = [
  {
    name: 'the hub speaks first, and says who it is',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await bench.settled();
      expect.equal(stranger.words, [
        { type: 'partyline-hello', epoch: 'boot.0', protocolVersion, build: '7', name: '' },
      ]);
    },
  },
  {
    name: 'tab ids are of any characters, 1 to 128 of them, and are told apart',
    async run(bench, expect) {
      for (const tabId of tabIds) {
        const stranger = await bench.stranger();
        await stranger.attach(attachmentOf(tabId));
        await bench.settled();
        const before = bench.hub.inputs.length;
        stranger.post({ type: 'pull' });
        bench.hub.post(tabId, patchOf('boot.0', 2));
        await bench.settled();
        expect.equal(bench.hub.inputs.slice(before), [{ type: 'tab-pull', tabId }], tabId);
        expect.equal(stranger.heard, [patchOf('boot.0', 2)], tabId);
      }
      expect.equal(bench.hub.inputs.length, 2 * tabIds.length);
      expect.equal(bench.notes, []);
    },
  },
  {
    name: 'an attach of the wrong shape is dropped and counted, and a right one heard after it',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      const wrong = [
        undefined,
        null,
        7,
        'tab',
        [],
        {},
        attachmentOf(''),
        attachmentOf('x'.repeat(129)),
        attachmentOf(7),
        attachmentOf(null),
        attachmentOf('t', { visible: 'yes' }),
        attachmentOf('t', { protocolVersion: '1' }),
        attachmentOf('t', { conversationId: '' }),
        attachmentOf('t', { conversationId: 'x'.repeat(129) }),
        attachmentOf('t', { visitor: 'x'.repeat(513) }),
        attachmentOf('t', { resetCount: null }),
      ];
      for (const attachment of wrong) await stranger.attach(attachment);
      await bench.settled();
      expect.equal(bench.hub.inputs, []);
      expect.equal(
        kindsOf(bench),
        wrong.map(() => 'invalid'),
      );
      const borders = { conversationId: 'x'.repeat(128), visitor: 'x'.repeat(512), resetCount: 0 };
      await stranger.attach(attachmentOf('t', borders));
      await bench.settled();
      expect.equal(bench.hub.inputs, [
        { type: 'tab-attached', tabId: 't', isVisible: true, ...borders },
      ]);
    },
  },
  {
    name: 'a message of the wrong shape is dropped and counted, and those behind it are heard',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await stranger.attach(attachmentOf('t'));
      await bench.settled();
      const wrong = [
        undefined,
        null,
        0,
        '',
        'pull',
        [],
        {},
        { type: 'from-the-future' },
        { type: 'ack' },
        { type: 'ack', revision: '1' },
        { type: 'ack', revision: null },
        { type: 'ack', revision: Number.NaN },
        { type: 'ack', revision: Number.POSITIVE_INFINITY },
        { type: 'visibility' },
        { type: 'visibility', visible: 1 },
        new Map([['type', 'pull']]),
      ];
      for (const data of wrong) stranger.post(data);
      stranger.post({ type: 'pull', and: 'more' });
      await bench.settled();
      expect.equal(bench.hub.inputs.slice(1), [{ type: 'tab-pull', tabId: 't' }]);
      expect.equal(
        kindsOf(bench),
        wrong.map(() => 'invalid'),
      );
    },
  },
  {
    name: 'a call of the wrong shape is refused and counted; one of another dialect is refused alone',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await stranger.attach(attachmentOf('t'));
      const wrong = [
        undefined,
        null,
        7,
        {},
        { type: 'from-the-future' },
        { type: 'send' },
        { type: 'send', messageId: '', text: 'x' },
        { type: 'send', messageId: 'x'.repeat(129), text: 'x' },
        { type: 'typing', isTyping: 'yes' },
        { type: 'load-earlier', before: null, count: 0 },
        { type: 'load-earlier', before: null, count: 501 },
        { type: 'load-earlier', before: null, count: 1.5 },
      ];
      for (const call of wrong) {
        expect.equal(codeOf(await stranger.call(call)), 'invalid-call', JSON.stringify(call));
      }
      expect.equal(
        kindsOf(bench),
        wrong.map(() => 'invalid'),
      );
      for (const type of ['file', 'platform']) {
        expect.equal(codeOf(await stranger.call({ type })), 'invalid-call');
      }
      expect.equal(bench.notes.length, wrong.length);
      expect.equal(bench.hub.asked, []);
      for (const count of [1, 500]) {
        await stranger.call({ type: 'load-earlier', before: null, count });
      }
      await stranger.call({ type: 'send', messageId: 'x'.repeat(128), text: '' });
      expect.equal(bench.hub.asked.length, 3);
    },
  },
  {
    name: 'a call before the attach is refused; one without an epoch, or of a previous hub, is accepted',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      expect.equal(codeOf(await stranger.call({ type: 'end' })), 'invalid-call');
      expect.equal(bench.hub.asked, []);
      await stranger.attach(attachmentOf('t'));
      for (const callEpoch of [undefined, null, 7, 'other.5', 'boot.0']) {
        expect.equal(Object(await stranger.call({ type: 'end' }, callEpoch)).ok, true);
      }
      expect.equal(codeOf(await stranger.call({ type: 'end' }, 'boot.9')), 'signed-out');
    },
  },
  {
    name: 'messages up to the limit of a second are heard; of those beyond, acks and pulls are owed',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await stranger.attach(attachmentOf('t'));
      await bench.settled();
      const { limit, hub } = bench;
      const { inputs } = hub;
      for (const _ of numbers(1, limit)) stranger.post({ type: 'used' });
      await bench.settled();
      expect.equal(inputs.length, 1 + limit);
      expect.equal(bench.notes, []);
      stranger.post({ type: 'used' });
      await bench.settled();
      expect.equal(inputs.length, 1 + limit);
      expect.equal(kindsOf(bench), ['flood']);
      stranger.post({ type: 'ack', revision: 7 });
      stranger.post({ type: 'ack', revision: 9 });
      stranger.post({ type: 'ack', revision: 8 });
      stranger.post({ type: 'visibility', visible: false });
      await bench.settled();
      expect.equal(inputs.length, 1 + limit);
      expect.equal(kindsOf(bench).length, 5);
      await bench.pass(1_000);
      expect.equal(inputs.slice(1 + limit), [{ type: 'tab-ack', tabId: 't', revision: 9 }]);
      // Each second is another one, and what was paid is owed no more.
      for (const _ of numbers(1, limit)) stranger.post({ type: 'used' });
      stranger.post({ type: 'pull' });
      stranger.post({ type: 'pull' });
      await bench.settled();
      expect.equal(inputs.length, 2 + 2 * limit);
      await bench.pass(1_000);
      expect.equal(inputs.slice(2 + 2 * limit), [{ type: 'tab-pull', tabId: 't' }]);
      // Both are owed at once.
      for (const _ of numbers(1, limit)) stranger.post({ type: 'used' });
      stranger.post({ type: 'pull' });
      stranger.post({ type: 'ack', revision: 12 });
      await bench.settled();
      await bench.pass(1_000);
      expect.equal(inputs.slice(3 + 3 * limit), [
        { type: 'tab-ack', tabId: 't', revision: 12 },
        { type: 'tab-pull', tabId: 't' },
      ]);
    },
  },
  {
    name: 'calls up to the limit of a second are done; the next is refused as too many',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await stranger.attach(attachmentOf('t'));
      // The attach is one of them.
      const calls = numbers(1, bench.limit).map(() => stranger.call({ type: 'end' }));
      const codes = (await Promise.all(calls)).map(codeOf);
      expect.equal(codes, [...numbers(1, bench.limit - 1).map(() => undefined), 'rate-limited']);
      expect.equal(kindsOf(bench), ['flood']);
      // Another page has its own limit.
      const other = await bench.tab();
      expect.equal((await other.call({ type: 'end' })).ok, true);
      await bench.pass(1_000);
      expect.equal(codeOf(await stranger.call({ type: 'end' })), undefined);
    },
  },
  {
    name: 'a tab that the hub lets go is not listened to, and what it was owed is not paid',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await stranger.attach(attachmentOf('t'));
      for (const _ of numbers(1, bench.limit)) stranger.post({ type: 'used' });
      stranger.post({ type: 'ack', revision: 9 });
      await bench.settled();
      const before = bench.hub.inputs.length;
      bench.detach('t');
      expect.equal(bench.gone, 1);
      stranger.post({ type: 'pull' });
      await bench.settled();
      await bench.pass(1_000);
      expect.equal(bench.hub.inputs.slice(before), [{ type: 'tab-left', tabId: 't' }]);
    },
  },
  {
    name: 'a connection that attaches again is one tab: its previous name is dropped',
    async run(bench, expect) {
      const stranger = await bench.stranger();
      await stranger.attach(attachmentOf('one'));
      await bench.settled();
      // Where nobody hears it, the answer to this one is not waited for.
      void stranger.attach(attachmentOf('two'));
      await bench.settled();
      expect.equal(
        bench.hub.inputs.map((input) => [input.type, 'tabId' in input && input.tabId]),
        [
          ['tab-attached', 'one'],
          ['tab-left', 'one'],
          ['tab-attached', 'two'],
        ],
      );
      expect.equal(bench.gone, 1);
    },
  },
];
