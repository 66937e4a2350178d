import { type Message, type Place, type Position, withTie } from '../../src/protocol/message.ts';
import {
  emptyMeta,
  type Meta,
  noUnread,
  type Restored,
  type StoreOperation,
} from '../../src/worker/core/records.ts';
import { type Case, type Check, range, shuffled } from './contract.ts';
import {
  add,
  addOutbox,
  conversationOf,
  mark,
  messageOf,
  oddIds,
  oddTexts,
  put,
  putConversation,
  putOutbox,
  recordOf,
  timedOf,
} from './rows.ts';

/** What a hub asks of its store. */
export interface StoreSubject {
  write(operations: readonly StoreOperation[], isDurable?: boolean): Promise<Answer>;
  restore(page: number): Promise<Restored>;
  readEarlier(before: Place | null, count: number): Promise<Page>;
  prune(keep: number, before: number): Promise<void>;
  /** Its reported events: `lost`, `emptied`. */
  told(): Promise<readonly string[]>;
  /** Its hub has stepped down: it is done with when everything is written, while its worker lives on. */
  leave(): Promise<void>;
  /** The hub dies at this moment. Nothing that it has asked for and had no answer to is answered. */
  kill(): Promise<void>;
}

export interface Answer {
  readonly added: readonly Message[];
  readonly corrected: readonly Message[];
  readonly inTranscript: readonly Message[];
}

export interface Page {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
}

/** One browser, with nothing in it yet. */
export interface StoreBench {
  /** A hub's store, which has restored: no hub writes before that. */
  open(): Promise<StoreSubject>;
  /** Somebody deletes the database under whoever has it open. */
  deleteDatabase(): Promise<void>;
}

type StoreCase = Case<StoreBench>;

const nothing: Answer = { added: [], corrected: [], inTranscript: [] };

const all = 10_000;

const ids = (rows: readonly { readonly messageId: string }[]) =>
  rows.map(({ messageId }) => messageId);

/** The message with this tie. */
function tied(message: Message, tie: number): Message {
  return { ...message, position: withTie(message.position, tie) };
}

const placeOf = ({ position, messageId }: Message): Place => ({ position, messageId });

const addUnread = (by: number): StoreOperation => ({ type: 'add-unread', by });
const putRead = (readUntil: Position | null): StoreOperation => ({ type: 'put-read', readUntil });
const putMeta = (meta: Meta): StoreOperation => ({ type: 'put-meta', meta });
const wipe: StoreOperation = { type: 'wipe' };
const deleteOutbox = (messageId: string): StoreOperation => ({ type: 'delete-outbox', messageId });
const deleteConversation = (conversationId: string): StoreOperation => ({
  type: 'delete-conversation',
  conversationId,
});

async function messagesOf(store: StoreSubject): Promise<readonly Message[]> {
  return (await store.restore(all)).messages;
}

async function readingOf(store: StoreSubject) {
  return (await store.restore(1)).unread;
}

async function outboxOf(store: StoreSubject) {
  return (await store.restore(1)).outbox;
}

/** The same question of the next hub. */
async function afterRestart(bench: StoreBench, store: StoreSubject): Promise<StoreSubject> {
  await store.kill();
  return bench.open();
}

/** Asked for on the hub that wrote and on the next one: memory does not answer for the disk. */
async function onBoth(
  bench: StoreBench,
  store: StoreSubject,
  ask: (store: StoreSubject) => Promise<void>,
): Promise<StoreSubject> {
  await ask(store);
  const next = await afterRestart(bench, store);
  await ask(next);
  return next;
}

// --- the outbox ---

const outboxCases: readonly StoreCase[] = [
  {
    name: 'the outbox comes back in the order of sending, whatever its ids and whenever it was written',
    async run(bench, check) {
      const store = await bench.open();
      const records = oddIds.map((messageId, index) => recordOf(index + 1, { messageId }));
      await store.write(shuffled(records).map(putOutbox));
      await onBoth(bench, store, async (one) => check.equal(await outboxOf(one), records));
    },
  },
  {
    name: 'numbers of the order of sending are compared as numbers',
    async run(bench, check) {
      const store = await bench.open();
      const records = [-3, 0, 0.5, 2, 9, 10, 99, 100, 1e12].map((ordinal) => recordOf(ordinal));
      for (const record of records.toReversed()) await store.write([putOutbox(record)]);
      check.equal(await outboxOf(store), records);
    },
  },
  {
    name: 'an outgoing message comes back with everything that it has',
    async run(bench, check) {
      const store = await bench.open();
      const plain = recordOf(1, { conversationId: null, timestamp: -1 });
      const failed = recordOf(2, {
        failure: { code: 'rejected', message: 'Too long.' },
        reply: {
          kind: 'button',
          payload: 'yes \ud83c',
          originatingMessageId: 'm1',
          values: [{ id: 'i', text: 't', payload: 'p' }],
        },
      });
      await store.write([putOutbox(failed), putOutbox(plain)]);
      await onBoth(bench, store, async (one) => check.equal(await outboxOf(one), [plain, failed]));
    },
  },
  {
    name: 'an outgoing message that is written again is there once, as it was written last',
    async run(bench, check) {
      const store = await bench.open();
      const [first, second] = [recordOf(1), recordOf(2)];
      await store.write([putOutbox(first), putOutbox(second)]);
      const addressed = { ...first, conversationId: 'c2', ordinal: 3 };
      await store.write([putOutbox({ ...first, text: 'between' }), putOutbox(addressed)]);
      check.equal(await outboxOf(store), [second, addressed]);
    },
  },
  {
    name: 'an outgoing message that is deleted goes, and no other one',
    async run(bench, check) {
      const store = await bench.open();
      const records = oddIds.map((messageId, index) => recordOf(index, { messageId }));
      await store.write(records.map(putOutbox));
      await store.write([deleteOutbox('never written')]);
      const gone = oddIds.filter((_, index) => index % 2 === 0);
      await store.write(gone.map(deleteOutbox));
      const kept = records.filter(({ messageId }) => !gone.includes(messageId));
      await onBoth(bench, store, async (one) => check.equal(await outboxOf(one), kept));
    },
  },
  {
    name: 'texts of outgoing messages come back to the letter',
    async run(bench, check) {
      const store = await bench.open();
      const records = oddTexts.map((text, index) => recordOf(index, { text }));
      await store.write(records.map(putOutbox));
      await onBoth(bench, store, async (one) => check.equal(await outboxOf(one), records));
    },
  },
  {
    name: 'what is asked to be sent again goes into the outbox when the transcript does not have it',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([putConversation(conversationOf(1, 'connected')), put(messageOf(1))]);
      check.equal(await store.write([addOutbox(recordOf(1))]), nothing);
      check.equal(await outboxOf(store), [recordOf(1)]);
      const again = recordOf(1, { text: 'again', ordinal: 7 });
      check.equal(await store.write([addOutbox(again)]), nothing);
      check.equal(await outboxOf(store), [again]);
    },
  },
  {
    name: 'what is asked to be sent again and stands in the transcript is told, and not put into the outbox',
    async run(bench, check) {
      const store = await bench.open();
      const rows = oddIds.map((messageId, index) =>
        messageOf(index + 1, {
          messageId,
          conversationId: `c${1 + (index % 3)}`,
          position: [1 + (index % 3), index + 1, 0, 0],
        }),
      );
      const conversations = range(1, 4).map((ordinal) =>
        putConversation(conversationOf(ordinal, ordinal < 4 ? 'ended' : 'connected')),
      );
      await store.write([...conversations, ...rows.map(put)]);
      const asked = oddIds.map((messageId, index) => recordOf(index, { messageId }));
      const answer = await store.write(asked.map(addOutbox));
      check.equal(answer, { ...nothing, inTranscript: rows });
      check.equal(await outboxOf(store), []);
    },
  },
  {
    name: 'what is asked to be sent again is found in a conversation that the gateway has forgotten',
    async run(bench, check) {
      const store = await bench.open();
      const row = messageOf(1, { conversationId: 'c2', position: [2, 1, 0, 0] });
      await store.write([
        putConversation(conversationOf(1, 'ended')),
        putConversation(conversationOf(2, 'connected')),
        put(row),
      ]);
      await store.write([deleteConversation('c2')]);
      const asked = recordOf(1, { messageId: row.messageId, conversationId: null });
      check.equal(await store.write([addOutbox(asked)]), { ...nothing, inTranscript: [row] });
      check.equal(await outboxOf(store), []);
    },
  },
  {
    name: 'what is asked to be sent again is looked for among what the same write has put in before it',
    async run(bench, check) {
      const store = await bench.open();
      const row = messageOf(1);
      const of = (messageId: string, ordinal: number) => recordOf(ordinal, { messageId });
      const answer = await store.write([
        putConversation(conversationOf(1, 'connected')),
        addOutbox(of('m2', 2)),
        put(row),
        addOutbox(of('m1', 1)),
        put(messageOf(2)),
      ]);
      check.equal(answer, { ...nothing, inTranscript: [row] });
      check.equal(await outboxOf(store), [of('m2', 2)]);
    },
  },
];

// --- messages, their places and pages ---

/** Ascending by each part of their place in turn. */
const inOrder: readonly Message[] = (
  [
    [0, 5, 0, 0],
    [1, 0, 1, -8_640_000_000_000_000],
    [1, 0, 1, -1],
    [1, 0, 1, 0],
    [1, 0, 1, 0.5],
    [1, 0, 1, 9],
    [1, 0, 1, 10],
    [1, 1, 0, 0],
    [1, 1, 1, 5],
    [1, 9, 0, 0],
    [1, 9, 1, 1],
    [1, 9, 1, 100],
    [1, 10, 0, 0],
    [1, 100, 0, 0],
    [2, 1, 0, 0],
    [10, 0, 1, 8_640_000_000_000_000],
    [10, 1, 0, 0],
    [100, Number.MAX_SAFE_INTEGER, 0, 0],
  ] satisfies Position[]
).map((position, index) => {
  const isTimed = position[2] === 1;
  return messageOf(index, {
    // The ids run the other way.
    messageId: `m${String(99 - index)}`,
    conversationId: `c${position[0]}`,
    sequence: isTimed ? null : position[1],
    timestamp: isTimed ? position[3] : 1_000 - index,
    position,
  });
});

async function checkPages(
  store: StoreSubject,
  check: Check,
  rows: readonly Message[],
  size: number,
): Promise<void> {
  const sizes = { pages: [] as number[], earlier: [] as boolean[] };
  const seen: Message[] = [];
  let before: Place | null = null;
  do {
    const { messages, hasEarlier }: Page = await store.readEarlier(before, size);
    seen.unshift(...messages);
    sizes.pages.push(messages.length);
    sizes.earlier.push(hasEarlier);
    const [first] = messages;
    before = hasEarlier && first ? placeOf(first) : null;
  } while (before && seen.length <= rows.length);
  const pages = Math.ceil(rows.length / size);
  const rest = rows.length - (pages - 1) * size;
  check.equal(seen, rows, `everything in pages of ${size}`);
  check.equal(sizes, {
    pages: range(1, pages).map((page) => (page < pages ? size : rest)),
    earlier: range(1, pages).map((page) => page < pages),
  });
}

const pageCases: readonly StoreCase[] = [
  {
    name: 'an empty store has nothing, and nothing earlier',
    async run(bench, check) {
      const store = await bench.open();
      check.equal(await store.restore(50), {
        isPersistent: true,
        meta: emptyMeta,
        unread: noUnread,
        current: null,
        notReadToEnd: [],
        messages: [],
        hasEarlier: false,
        outbox: [],
      });
      check.equal(await store.readEarlier(null, 50), { messages: [], hasEarlier: false });
      const before = { position: [1, 1, 0, 0], messageId: 'm1' } as const;
      check.equal(await store.readEarlier(before, 50), { messages: [], hasEarlier: false });
      check.equal(await store.write([]), nothing);
      check.equal(await store.told(), []);
    },
  },
  {
    name: 'messages are in the order of each part of their place, compared as numbers',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(shuffled(inOrder).map(put));
      await onBoth(bench, store, async (one) => {
        check.equal(await messagesOf(one), inOrder);
        check.equal((await one.readEarlier(null, all)).messages, inOrder);
      });
    },
  },
  {
    name: 'messages of one place are in the order of their ids, by UTF-16 code units',
    async run(bench, check) {
      const store = await bench.open();
      const rows = oddIds.map((messageId) => timedOf(5, { messageId }));
      await store.write(shuffled(rows).map(put));
      const sorted = [...oddIds].sort((a, b) => (a < b ? -1 : 1));
      const reader = await onBoth(bench, store, async (one) =>
        check.equal(ids(await messagesOf(one)), sorted),
      );
      const [, second, third] = sorted;
      const page = await reader.readEarlier({ position: [1, 0, 1, 5], messageId: third ?? '' }, 1);
      check.equal(ids(page.messages), [second]);
    },
  },
  {
    name: 'a page that is as long as what there is promises nothing earlier; one shorter does',
    async run(bench, check) {
      const store = await bench.open();
      const rows = range(1, 5).map((sequence) => messageOf(sequence));
      await store.write(rows.map(put));
      for (const [size, hasEarlier] of [
        [1, true],
        [4, true],
        [5, false],
        [6, false],
      ] as const) {
        const newest = { messages: rows.slice(-size), hasEarlier };
        const { messages, hasEarlier: isMore } = await store.restore(size);
        check.equal({ messages, hasEarlier: isMore }, newest, `${size} restored`);
        check.equal(await store.readEarlier(null, size), newest, `${size} read`);
      }
    },
  },
  {
    name: 'read page by page, each message comes once, and the last page says that it is the last',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(shuffled(inOrder).map(put));
      for (const size of [1, 2, 5, 6, inOrder.length - 1, inOrder.length, inOrder.length + 1]) {
        await checkPages(store, check, inOrder, size);
      }
    },
  },
  {
    name: 'a page before a place is what is below it, whether or not something stands there',
    async run(bench, check) {
      const store = await bench.open();
      const rows = [
        messageOf(2),
        messageOf(4),
        messageOf(6, { messageId: 'b' }),
        messageOf(7, { conversationId: 'c2', position: [2, 1, 0, 0] }),
      ];
      await store.write(rows.map(put));
      const below = async (position: Position, messageId: string) => {
        const { messages, hasEarlier } = await store.readEarlier({ position, messageId }, 2);
        return [...ids(messages), hasEarlier];
      };
      check.equal(await below([1, 2, 0, 0], 'm2'), [false], 'before the first one');
      check.equal(await below([0, 9, 0, 0], 'm2'), [false], 'before everything');
      check.equal(await below([1, 4, 0, 0], 'm4'), ['m2', false], 'before one that is there');
      check.equal(await below([1, 5, 0, 0], 'm5'), ['m2', 'm4', false], 'between two');
      check.equal(await below([1, 6, 0, 0], 'a'), ['m2', 'm4', false], 'same position, lower id');
      check.equal(await below([1, 6, 0, 0], 'b'), ['m2', 'm4', false], 'the very place');
      check.equal(await below([1, 6, 0, 0], 'c'), ['m4', 'b', true], 'same position, higher id');
      check.equal(await below([1, 6, 0, 0.5], ''), ['m4', 'b', true], 'just behind');
      check.equal(await below([2, 0, 1, 77], 'x'), ['m4', 'b', true], 'of another conversation');
      check.equal(await below([9, 1, 0, 0], 'x'), ['b', 'm7', true], 'behind everything');
    },
  },
  {
    name: 'a late message at the border of a page is in the page that its place is in',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(range(1, 6).map((sequence) => put(messageOf(sequence * 10))));
      const { messages } = await store.restore(3);
      check.equal(ids(messages), ['m40', 'm50', 'm60']);
      await store.write([put(messageOf(39)), put(messageOf(41))]);
      const [first] = messages;
      const before = first ? placeOf(first) : null;
      const earlier = await store.readEarlier(before, 3);
      check.equal([...ids(earlier.messages), earlier.hasEarlier], ['m20', 'm30', 'm39', true]);
      const whole = await store.readEarlier(before, 4);
      check.equal([...ids(whole.messages), whole.hasEarlier], ['m10', 'm20', 'm30', 'm39', false]);
      const again = await store.restore(4);
      check.equal(ids(again.messages), ['m40', 'm41', 'm50', 'm60']);
    },
  },
  {
    name: 'a message that is written again is there once, as it was written last, in its new place',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([1, 2, 3].map((sequence) => put(messageOf(sequence))));
      const moved = messageOf(1, { sequence: 4, position: [1, 4, 0, 0], status: 'delivered' });
      await store.write([put({ ...moved, text: 'between' }), put(moved)]);
      const next = await onBoth(bench, store, async (one) =>
        check.equal(await messagesOf(one), [messageOf(2), messageOf(3), moved]),
      );
      check.equal(
        (await next.readEarlier(placeOf(messageOf(2)), 9)).messages,
        [],
        'what is left where it stood',
      );
    },
  },
  {
    name: 'one id in two conversations is two messages, however the two ids are spelled',
    async run(bench, check) {
      const store = await bench.open();
      const rows = [
        ['c1', 'm1'],
        ['c2', 'm1'],
        ['a|b', 'c'],
        ['a', 'b|c'],
        ['a,b', 'c'],
        ['a', 'b,c'],
        ['', 'x'],
        ['x', ''],
        ...oddIds.map((id) => [id, id]),
      ].map(([conversationId = '', messageId = ''], index) =>
        messageOf(index, { conversationId, messageId }),
      );
      await store.write(shuffled(rows).map(put));
      check.equal(await store.write(rows.map((row) => add(row))), nothing);
      check.equal(await messagesOf(store), rows);
    },
  },
  {
    name: 'a message comes back with everything that it has',
    async run(bench, check) {
      const store = await bench.open();
      const rows = [
        messageOf(1, {
          from: { id: '__proto__', name: 'Zoë 🎉', role: 'bot' },
          failure: { code: 'rejected', message: 'No.' },
          aliases: ['m1', 'other', ''],
          missingBefore: 3,
          timestamp: -8_640_000_000_000_000,
        }),
        messageOf(2, { timestamp: 8_640_000_000_000_000, status: 'failed' }),
        messageOf(3, { timestamp: 0, aliases: [] }),
        messageOf(4, { timestamp: 0.25, sequence: null, status: 'sent' }),
        messageOf(5, { timestamp: Number.MAX_SAFE_INTEGER, missingBefore: 1e9 }),
      ];
      await store.write(rows.map(put));
      await onBoth(bench, store, async (one) => check.equal(await messagesOf(one), rows));
    },
  },
  {
    name: 'texts and names come back to the letter',
    async run(bench, check) {
      const store = await bench.open();
      const rows = oddTexts.map((text, index) =>
        messageOf(index, { text, from: { id: text, name: text, role: 'agent' } }),
      );
      await store.write(rows.map(put));
      await onBoth(bench, store, async (one) => {
        check.equal(await messagesOf(one), rows);
        check.equal((await one.readEarlier(null, all)).messages, rows);
      });
    },
  },
];

// --- what has to be looked up ---

const lookupCases: readonly StoreCase[] = [
  {
    name: 'a message is added only where it is not yet, which is told, and counted if it is unread',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([put(messageOf(2))]);
      const answer = await store.write([
        add(messageOf(1)),
        add(messageOf(1, { text: 'again' })),
        add(messageOf(2, { text: 'again' })),
        add(messageOf(3), false),
        put(messageOf(4)),
        add(messageOf(4, { text: 'again' })),
        add(messageOf(5, { conversationId: 'c2' })),
      ]);
      const fifth = messageOf(5, { conversationId: 'c2' });
      check.equal(answer, { ...nothing, added: [messageOf(1), messageOf(3), fifth] });
      check.equal(await store.write([add(messageOf(1)), add(messageOf(3))]), nothing);
      await onBoth(bench, store, async (one) => {
        check.equal(await messagesOf(one), [1, 2, 3, 4].map((n) => messageOf(n)).concat(fifth));
        check.equal(await readingOf(one), { count: 2, readUntil: null });
      });
    },
  },
  {
    name: 'a message of the visitor that another conversation has is not added, and an agent’s is',
    async run(bench, check) {
      const store = await bench.open();
      const visitor = { id: 'v', name: 'Visitor', role: 'visitor' } as const;
      const later = { conversationId: 'c2', position: [2, 1, 0, 0] } as const;
      const sent = messageOf(1, { from: visitor, ...later });
      const mine = messageOf(3, { from: visitor });
      await store.write([put(sent), put(messageOf(2, later))]);
      const answer = await store.write([
        add(messageOf(1, { from: visitor }), false),
        add(messageOf(2)),
        add(mine, false),
      ]);
      check.equal(answer, { ...nothing, added: [messageOf(2), mine] });
      check.equal(await messagesOf(store), [messageOf(2), mine, sent, messageOf(2, later)]);
    },
  },
  {
    name: 'a message that is there without a sequence is given one, once, and counted no more',
    async run(bench, check) {
      const store = await bench.open();
      const row = timedOf(500, { messageId: 'm1' });
      await store.write([add(row), put(messageOf(1, { messageId: 'm0' }))]);
      const sequenced = messageOf(2, { messageId: 'm1', timestamp: 500 });
      check.equal(await store.write([add({ ...row, text: 'again' })]), nothing);
      check.equal(await store.write([add(sequenced)]), { ...nothing, corrected: [sequenced] });
      check.equal(await store.write([add({ ...sequenced, text: 'again' })]), nothing);
      check.equal(await store.write([add(row)]), nothing);
      check.equal(await readingOf(store), { count: 1, readUntil: null });
      check.equal(await messagesOf(store), [messageOf(1, { messageId: 'm0' }), sequenced]);
    },
  },
  {
    name: 'a message is added and given its sequence in one write',
    async run(bench, check) {
      const store = await bench.open();
      const row = timedOf(500, { messageId: 'm1' });
      const sequenced = messageOf(1);
      const answer = await store.write([add(row), add(sequenced), add(sequenced)]);
      check.equal(answer, { ...nothing, added: [row], corrected: [sequenced] });
      check.equal(await messagesOf(store), [sequenced]);
    },
  },
  {
    name: 'the message at a position is marked, no other one, and that is told',
    async run(bench, check) {
      const store = await bench.open();
      const row = messageOf(5, { missingBefore: 3, aliases: ['x'] });
      const others = [
        messageOf(4),
        messageOf(5, { messageId: 'timed', position: [1, 5, 1, 7], sequence: null }),
        messageOf(6),
        messageOf(5, { messageId: 'other', conversationId: 'c2', position: [2, 5, 0, 0] }),
      ];
      await store.write([...others, row].map(put));
      const answer = await store.write([
        mark([1, 3, 0, 0], 1),
        mark(row.position, 2),
        mark(row.position, 0),
        mark([1, 5, 0, 1], 9),
      ]);
      const [twice, done] = [2, 0].map((missingBefore) => ({ ...row, missingBefore }));
      check.equal(answer, { ...nothing, corrected: [twice, done] });
      const [fourth, timed, sixth, other] = others;
      await onBoth(bench, store, async (one) =>
        check.equal(await messagesOf(one), [fourth, done, timed, sixth, other]),
      );
    },
  },
  {
    name: 'a message is marked whatever its id',
    async run(bench, check) {
      const store = await bench.open();
      const rows = oddIds.concat('').map((messageId, index) => messageOf(index, { messageId }));
      await store.write(rows.map(put));
      const answer = await store.write(rows.map(({ position }, index) => mark(position, index)));
      const marked = rows.map((row, missingBefore) => ({ ...row, missingBefore }));
      check.equal(answer, { ...nothing, corrected: marked });
      check.equal(await messagesOf(store), marked);
    },
  },
  {
    name: 'of two messages at a position the one that stands first is marked',
    async run(bench, check) {
      const store = await bench.open();
      const [low, high] = ['a', 'b'].map((messageId) => messageOf(5, { messageId }));
      if (low && high) await store.write([put(high), put(low)]);
      const answer = await store.write([mark([1, 5, 0, 0], 4)]);
      check.equal(answer.corrected, [{ ...low, missingBefore: 4 }]);
      check.equal(await messagesOf(store), [{ ...low, missingBefore: 4 }, high]);
    },
  },
  {
    name: 'a mark and an addition in one write are told each in its own list, in their order',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([put(messageOf(9)), put(messageOf(7))]);
      const answer = await store.write([
        mark([1, 9, 0, 0], 5),
        add(messageOf(8), false),
        mark([1, 8, 0, 0], 1),
        add(messageOf(6), false),
        mark([1, 7, 0, 0], 2),
      ]);
      check.equal(answer, {
        added: [messageOf(8), messageOf(6)],
        corrected: [
          messageOf(9, { missingBefore: 5 }),
          messageOf(8, { missingBefore: 1 }),
          messageOf(7, { missingBefore: 2 }),
        ],
        inTranscript: [],
      });
    },
  },
];

// --- reading, conversations, small things ---

const meta: Meta = {
  subject: 'visitor "1" \ud83c',
  guest: 'guest "1" \ud83c',
  draft: 'half a thought',
  routing: { skillGroups: ['Billing'], priority: 0 },
  lastRouting: {
    skillGroups: ['Tier1_Support', 'Billing'],
    attributes: { userTier: 'premium', age: -1.5, isNew: false, '': '', constructor: 'x' },
    priority: 3,
  },
  clockOffset: -3_600_000.5,
  resetCount: 4,
};

const recordCases: readonly StoreCase[] = [
  {
    name: 'unread messages are counted on, within a write and over writes, until everything is read',
    async run(bench, check) {
      const store = await bench.open();
      const count = async (operations: readonly StoreOperation[]) => {
        await store.write(operations);
        const { count, readUntil } = await readingOf(store);
        return [count, readUntil];
      };
      const place = [1, 5, 0, 0] as const;
      const next = [2, 1, 1, 7.5] as const;
      check.equal(await count([addUnread(2), add(messageOf(1)), addUnread(3)]), [6, null]);
      check.equal(await count([addUnread(1)]), [7, null]);
      check.equal(await count([addUnread(4), putRead(place), add(messageOf(2))]), [1, place]);
      check.equal(await count([add(messageOf(3)), add(messageOf(3))]), [2, place]);
      check.equal(await count([addUnread(0)]), [2, place]);
      check.equal(await count([putRead(next)]), [0, next]);
      check.equal(await count([putRead(place), addUnread(2), putRead(next)]), [0, next]);
      check.equal(await count([putRead(null), addUnread(3)]), [3, null]);
      check.equal(await readingOf(await afterRestart(bench, store)), {
        count: 3,
        readUntil: null,
      });
    },
  },
  {
    name: 'the newest conversation is the one of the highest number, whatever its id and its state',
    async run(bench, check) {
      const store = await bench.open();
      const records = [2, 9, 10, 100].map((ordinal, index) =>
        conversationOf(ordinal, index % 2 === 0 ? 'connected' : 'ended', {
          details: { conversationId: `c${9 - index}`, status: 'ended' },
          isReadToEnd: index === 3,
        }),
      );
      await store.write(records.toReversed().map(putConversation));
      for (const record of records.toReversed()) {
        check.equal((await store.restore(1)).current, record);
        await store.write([deleteConversation(record.details.conversationId)]);
      }
      check.equal((await store.restore(1)).current, null);
    },
  },
  {
    name: 'restores the last five previous conversations without a final catch-up',
    async run(bench, check) {
      const store = await bench.open();
      const records = [
        ...range(1, 7).map((ordinal) => conversationOf(ordinal, 'ended')),
        conversationOf(8, 'ended', { isReadToEnd: true }),
        conversationOf(9, 'connected'),
        conversationOf(20, 'ended'),
        conversationOf(100, 'ended'),
      ];
      await store.write(shuffled(records).map(putConversation));
      await onBoth(bench, store, async (one) => {
        const { current, notReadToEnd } = await one.restore(1);
        check.equal(current?.ordinal, 100);
        check.equal(
          notReadToEnd.map(({ ordinal }) => ordinal),
          [4, 5, 6, 7, 20],
        );
        check.equal(notReadToEnd.at(-1), records.at(-2));
      });
    },
  },
  {
    name: 'a conversation comes back with everything that it has, as it was written last',
    async run(bench, check) {
      const store = await bench.open();
      const records = oddIds.map((conversationId, index) =>
        conversationOf(index, 'ended', {
          details: {
            conversationId,
            status: 'ended',
            position: 3,
            expiresAt: -1,
            leftAt: 8_640_000_000_000_000,
          },
          next: 100,
          gaps: [
            { from: 3, to: 3, tries: 0 },
            { from: 7, to: 90, tries: 2 },
          ],
          completeUntil: -0.5,
          readMark: { conversationId, position: [index, 5, 1, -7] },
        }),
      );
      for (const record of records) {
        await store.write([
          putConversation({ ...record, next: 1, gaps: [] }),
          putConversation(record),
        ]);
        check.equal((await store.restore(1)).current, record);
      }
      check.equal((await store.restore(1)).notReadToEnd, records.slice(-6, -1));
    },
  },
  {
    name: 'a conversation that is deleted leaves its messages, and no other conversation goes with it',
    async run(bench, check) {
      const store = await bench.open();
      const rows = [messageOf(1), messageOf(2, { conversationId: 'c2', position: [2, 2, 0, 0] })];
      await store.write([
        putConversation(conversationOf(1, 'ended')),
        putConversation(conversationOf(2, 'connected')),
        ...rows.map(put),
        putOutbox(recordOf(1, { conversationId: 'c2' })),
      ]);
      await store.write([deleteConversation('c2'), deleteConversation('never written')]);
      await onBoth(bench, store, async (one) => {
        const { current, messages, outbox } = await one.restore(all);
        check.equal(current, conversationOf(1, 'ended'));
        check.equal(messages, rows);
        check.equal(outbox, [recordOf(1, { conversationId: 'c2' })]);
      });
    },
  },
  {
    name: 'what the other side has read is told on its messages, up to the mark, of that conversation',
    async run(bench, check) {
      const store = await bench.open();
      const delivered = (sequence: number, part: Partial<Message> = {}) =>
        messageOf(sequence, {
          from: { id: 'v', name: '', role: 'visitor' },
          status: 'delivered',
          ...part,
        });
      const second = (sequence: number) =>
        delivered(sequence, { conversationId: 'c2', position: [2, sequence, 0, 0] });
      const rows = [
        delivered(1),
        messageOf(2),
        delivered(3, { status: 'sent' }),
        delivered(4),
        delivered(5),
        second(6),
        second(7),
        delivered(8, { conversationId: 'c3', position: [3, 8, 0, 0] }),
      ];
      const markOf = (ordinal: number, sequence: number) => ({
        readMark: {
          conversationId: `c${ordinal}`,
          position: [ordinal, sequence, 0, 0] satisfies Position,
        },
      });
      await store.write([
        ...rows.map(put),
        putConversation(conversationOf(1, 'ended', { ...markOf(1, 4), isReadToEnd: true })),
        putConversation(conversationOf(2, 'ended', markOf(2, 6))),
        putConversation(conversationOf(3, 'connected')),
      ]);
      const statuses = (page: Page) => page.messages.map(({ status }) => status);
      const expected = ['read', 'received', 'sent', 'read', 'delivered', 'read', 'delivered'];
      const next = await onBoth(bench, store, async (one) => {
        check.equal(statuses(await one.restore(all)), [...expected, 'delivered']);
        check.equal(statuses(await one.readEarlier(null, all)), [...expected, 'delivered']);
        check.equal(statuses(await one.readEarlier(placeOf(second(7)), 3)), [
          'read',
          'delivered',
          'read',
        ]);
      });
      await next.write([deleteConversation('c1')]);
      check.equal(statuses(await next.readEarlier(placeOf(second(6)), 9)), [
        'delivered',
        'received',
        'sent',
        'delivered',
        'delivered',
      ]);
    },
  },
  {
    name: 'small things come back as they were written last, as a whole',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([putMeta({ ...meta, draft: 'first' }), putMeta(meta)]);
      const next = await onBoth(bench, store, async (one) =>
        check.equal((await one.restore(1)).meta, meta),
      );
      await next.write([putMeta(emptyMeta)]);
      check.equal((await next.restore(1)).meta, emptyMeta);
    },
  },
  {
    name: 'drafts come back to the letter',
    async run(bench, check) {
      const store = await bench.open();
      for (const draft of oddTexts) {
        await store.write([putMeta({ ...meta, draft })]);
        check.equal((await store.restore(1)).meta, { ...meta, draft });
      }
    },
  },
  {
    name: 'what the visitor has read is not a part of the small things',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([addUnread(2), putMeta(meta)]);
      await store.write([putMeta(emptyMeta), putRead([1, 1, 0, 0])]);
      await store.write([putMeta(meta), addUnread(1)]);
      const { unread: reading, meta: kept } = await store.restore(1);
      check.equal(reading, { count: 1, readUntil: [1, 1, 0, 0] });
      check.equal(kept, meta);
    },
  },
];

// --- wipes and the order of things ---

const everything: readonly StoreOperation[] = [
  put(messageOf(1)),
  add(messageOf(2)),
  putConversation(conversationOf(1, 'ended')),
  putConversation(conversationOf(2, 'connected')),
  putOutbox(recordOf(1)),
  addOutbox(recordOf(2)),
  putMeta(meta),
  putRead([1, 1, 0, 0]),
  addUnread(3),
];

const orderCases: readonly StoreCase[] = [
  {
    name: 'a wipe leaves nothing, anywhere, for good',
    async run(bench, check) {
      const store = await bench.open();
      const empty = await store.restore(all);
      await store.write(everything);
      await store.write([wipe], true);
      const next = await onBoth(bench, store, async (one) => {
        check.equal(await one.restore(all), empty);
        check.equal(await one.readEarlier(null, all), { messages: [], hasEarlier: false });
      });
      const answer = await next.write([add(messageOf(1)), addOutbox(recordOf(1))]);
      check.equal(answer, { ...nothing, added: [messageOf(1)] });
      const asked = recordOf(2, { messageId: 'm2' });
      check.equal(await next.write([addOutbox(asked)]), nothing);
    },
  },
  {
    name: 'a wipe takes what stands before it in its write, and nothing of what stands behind',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([put(messageOf(7)), addUnread(9)]);
      const answer = await store.write([...everything, wipe, ...everything], true);
      // The first of them was there, as far as the answer goes.
      check.equal(answer.added, [messageOf(2), messageOf(2)]);
      const next = await onBoth(bench, store, async (one) => {
        const restored = await one.restore(all);
        check.equal(ids(restored.messages), ['m1', 'm2']);
        check.equal(ids(restored.outbox), ['o1', 'o2']);
        check.equal(restored.unread, { count: 3, readUntil: [1, 1, 0, 0] });
        check.equal(restored.meta, meta);
      });
      await next.write([addUnread(5), add(messageOf(8)), wipe, addUnread(2)], true);
      check.equal(await readingOf(next), { count: 2, readUntil: null });
    },
  },
  {
    name: 'operations of one write take place in their order, on one row too',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([
        putOutbox(recordOf(1)),
        deleteOutbox('o1'),
        deleteOutbox('o2'),
        putOutbox(recordOf(2)),
        putOutbox(recordOf(3)),
        deleteOutbox('o3'),
        putOutbox(recordOf(3, { text: 'the last word' })),
        put(messageOf(1, { text: 'first' })),
        add(messageOf(1, { text: 'second' })),
        mark([1, 1, 0, 0], 3),
        mark([1, 2, 0, 0], 3),
        put(messageOf(2)),
        putConversation(conversationOf(1, 'connected')),
        deleteConversation('c1'),
        deleteConversation('c2'),
        putConversation(conversationOf(2, 'connected')),
        putConversation(conversationOf(2, 'ended')),
        putMeta({ ...meta, draft: 'first' }),
        putMeta(meta),
      ]);
      const restored = await store.restore(all);
      check.equal(restored.outbox, [recordOf(2), recordOf(3, { text: 'the last word' })]);
      check.equal(restored.messages, [
        messageOf(1, { text: 'first', missingBefore: 3 }),
        messageOf(2),
      ]);
      check.equal(restored.current, conversationOf(2, 'ended'));
      check.equal(restored.meta, meta);
    },
  },
  {
    name: 'what is asked for one after the other is done one after the other, without waiting between',
    async run(bench, check) {
      const store = await bench.open();
      const order: string[] = [];
      const noted = async <T>(what: string, work: Promise<T>): Promise<T> => {
        const result = await work;
        order.push(what);
        return result;
      };
      const many = range(1, 300).map((sequence) => put(messageOf(sequence)));
      const [, before, , between, , after, last] = await Promise.all([
        noted('burst', store.write(many, false)),
        noted('read', store.readEarlier(null, all)),
        noted('change', store.write([add(messageOf(301)), addUnread(1)], true)),
        noted('restore', store.restore(1)),
        noted('wipe', store.write([wipe, put(messageOf(1, { text: 'new' }))], true)),
        noted('read again', store.readEarlier(null, all)),
        noted('add', store.write([add(messageOf(1))], false)),
      ]);
      check.equal(order, ['burst', 'read', 'change', 'restore', 'wipe', 'read again', 'add']);
      check.equal(before.messages.length, 300);
      check.equal(ids(between.messages), ['m301']);
      check.equal(between.unread.count, 2);
      check.equal(after.messages, [messageOf(1, { text: 'new' })]);
      check.equal(last, nothing);
    },
  },
  {
    name: 'what a write has answered is there for the next hub, durable or not',
    async run(bench, check) {
      let store = await bench.open();
      for (const sequence of range(1, 4)) {
        await store.write([put(messageOf(sequence))], sequence % 2 === 0);
        store = await afterRestart(bench, store);
        check.equal(
          ids(await messagesOf(store)),
          range(1, sequence).map((one) => `m${one}`),
        );
      }
      // Much that is written, and not a moment left for it.
      const many = range(5, 1_500).map((sequence) => put(messageOf(sequence)));
      await store.write(many, true);
      store = await afterRestart(bench, store);
      check.equal((await messagesOf(store)).length, 1_500);
    },
  },
  {
    name: 'a hub that dies while it writes leaves whole writes, the first ones, and nothing behind',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([put(messageOf(0))], true);
      for (const write of range(1, 8)) {
        const rows = range(1, 40).map((row) => put(messageOf(write * 100 + row)));
        // Never answered, where death comes first.
        void store.write([...rows, putOutbox(recordOf(write))], write % 2 === 0);
      }
      const next = await afterRestart(bench, store);
      const { messages, outbox } = await next.restore(all);
      const writes = range(1, outbox.length);
      check.equal(
        outbox,
        writes.map((write) => recordOf(write)),
      );
      check.equal(
        messages.map(({ sequence }) => sequence),
        [0, ...writes.flatMap((write) => range(write * 100 + 1, write * 100 + 40))],
      );
    },
  },
  {
    name: 'two hubs on one store see each other’s rows and count together',
    async run(bench, check) {
      const first = await bench.open();
      await first.write([add(messageOf(1))]);
      const second = await bench.open();
      check.equal(await messagesOf(second), [messageOf(1)]);
      await Promise.all([
        first.write([add(messageOf(2)), addUnread(5)]),
        second.write([add(messageOf(3)), addUnread(7)]),
      ]);
      check.equal(await second.write([add(messageOf(2))]), nothing);
      check.equal(await first.write([add(messageOf(3))]), nothing);
      check.equal(
        await messagesOf(first),
        [1, 2, 3].map((sequence) => messageOf(sequence)),
      );
      check.equal(await readingOf(second), { count: 15, readUntil: null });
      check.equal([await first.told(), await second.told()], [[], []]);
    },
  },
  {
    name: 'a database that is deleted under a hub is empty for what it asks next, and that is told once',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(everything, true);
      await bench.deleteDatabase();
      check.equal(await store.write([put(messageOf(9)), addUnread(1)], true), nothing);
      check.equal(await store.told(), ['emptied']);
      const next = await onBoth(bench, store, async (one) => {
        const restored = await one.restore(all);
        check.equal(restored.messages, [messageOf(9)]);
        check.equal(restored.outbox, []);
        check.equal(restored.current, null);
        check.equal(restored.unread, { count: 1, readUntil: null });
        check.equal(restored.isPersistent, true);
      });
      check.equal(await next.told(), [], 'what the next hub was told');
      await bench.deleteDatabase();
      check.equal(await messagesOf(next), []);
      await bench.deleteDatabase();
      await next.write([put(messageOf(1))], true);
      check.equal(await next.told(), ['emptied', 'emptied']);
    },
  },
  {
    name: 'a hub that has stepped down is out of the way when the database of its successor is deleted',
    async run(bench, check) {
      const previous = await bench.open();
      const work = [previous.write([put(messageOf(1))]), previous.write([put(messageOf(2))], true)];
      await Promise.all([...work, previous.leave()]);
      const store = await bench.open();
      check.equal(await messagesOf(store), [messageOf(1), messageOf(2)]);
      // More than once: who of two opens the new one first is chance.
      for (const deletion of range(1, 5)) {
        await bench.deleteDatabase();
        await store.write([put(messageOf(3))], true);
        check.equal((await store.told()).length, deletion);
        check.equal(await messagesOf(store), [messageOf(3)]);
      }
      check.equal(await previous.told(), []);
    },
  },
];

// --- pruning ---

async function kept(store: StoreSubject): Promise<readonly (number | null)[]> {
  return (await messagesOf(store)).map(({ sequence }) => sequence);
}

const pruneCases: readonly StoreCase[] = [
  {
    name: 'pruning by number takes the oldest until exactly so many are left',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(shuffled(range(1, 10)).map((sequence) => put(messageOf(sequence))));
      for (const [keep, first] of [
        [11, 1],
        [10, 1],
        [9, 2],
        [5, 6],
        [1, 10],
        [0, 11],
      ] as const) {
        await store.prune(keep, 0);
        check.equal(await kept(store), range(first, 10), `of ${keep}`);
      }
    },
  },
  {
    name: 'pruning by number counts batch by batch to the very message',
    async run(bench, check) {
      for (const [count, gone] of [
        [205, 199],
        [205, 200],
        [205, 201],
        [405, 400],
        [405, 401],
        [200, 200],
      ] as const) {
        const store = await bench.open();
        await store.write([wipe, ...range(1, count).map((sequence) => put(messageOf(sequence)))]);
        await store.prune(count - gone, 0);
        check.equal(await kept(store), range(gone + 1, count), `${gone} of ${count}`);
        await store.kill();
      }
    },
  },
  {
    name: 'pruning by age takes what is from before that time, and not what is of that very time',
    async run(bench, check) {
      const store = await bench.open();
      const rows = range(1, 6).map((sequence) => messageOf(sequence, { timestamp: sequence * 10 }));
      await store.write(rows.map(put));
      for (const [before, first] of [
        [10, 1],
        [30, 3],
        [31, 4],
        [49.5, 5],
        [61, 7],
      ] as const) {
        await store.prune(all, before);
        check.equal(await kept(store), range(first, 6), `from before ${before}`);
      }
    },
  },
  {
    name: 'pruning leaves no gap: it stops at the first message that stays',
    async run(bench, check) {
      const store = await bench.open();
      const times = [10, 90, 20, 95];
      await store.write(times.map((timestamp, index) => put(messageOf(index + 1, { timestamp }))));
      await store.prune(all, 50);
      check.equal(await kept(store), [2, 3, 4]);
      await store.prune(2, 50);
      // The third is among the two that stay by number, and goes for its age.
      check.equal(await kept(store), [4]);
    },
  },
  {
    name: 'pruning takes the oldest by their place, over conversations',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(
        shuffled(inOrder.map((row) => put({ ...row, timestamp: 1_000 }))).concat(
          putConversation(conversationOf(100, 'connected')),
        ),
      );
      await store.prune(4, 0);
      check.equal(ids(await messagesOf(store)), ids(inOrder.slice(-4)));
    },
  },
  {
    name: 'pruning never takes what waits to be sent, nor what is known of the visitor',
    async run(bench, check) {
      const store = await bench.open();
      await store.write([...everything, putOutbox(recordOf(3, { timestamp: -1 }))]);
      await store.prune(0, Number.MAX_SAFE_INTEGER);
      await onBoth(bench, store, async (one) => {
        const restored = await one.restore(all);
        check.equal(restored.messages, []);
        check.equal(restored.hasEarlier, false);
        check.equal(ids(restored.outbox), ['o1', 'o2', 'o3']);
        check.equal(restored.unread, { count: 3, readUntil: [1, 1, 0, 0] });
        check.equal(restored.meta, meta);
        check.equal(restored.current, conversationOf(2, 'connected'));
      });
    },
  },
  {
    name: 'pruning deletes closed previous conversations without messages',
    async run(bench, check) {
      const store = await bench.open();
      const closed = { isReadToEnd: true };
      const records = [
        conversationOf(1, 'ended', closed),
        conversationOf(2, 'ended'),
        conversationOf(3, 'ended', closed),
        conversationOf(4, 'ended', closed),
      ];
      const row = messageOf(7, { conversationId: 'c3', position: [3, 7, 0, 0] });
      await store.write([...records.map(putConversation), put(messageOf(1)), put(row)]);
      await store.prune(1, 0);
      // From the newest down: each is the newest when those behind it are gone.
      const left: (number | undefined)[] = [];
      for (;;) {
        const { current } = await store.restore(1);
        if (!current) break;
        left.push(current.ordinal);
        await store.write([deleteConversation(current.details.conversationId)]);
      }
      // The first is gone; the second is not read to its end, the third has a message.
      check.equal(left, [4, 3, 2]);
    },
  },
  {
    name: 'pruning lets what was asked for behind it have its turn, and takes nothing of it',
    async run(bench, check) {
      const store = await bench.open();
      await store.write(range(1, 500).map((sequence) => put(messageOf(sequence))));
      const fresh = range(1, 3).map((sequence) => messageOf(sequence, { text: 'new' }));
      await Promise.all([
        store.prune(10, 0),
        store.write([wipe, ...fresh.map(put)], true),
        store.restore(1),
      ]);
      check.equal(await messagesOf(store), fresh);
    },
  },
];

export const storeCases: readonly StoreCase[] = [
  ...outboxCases,
  ...pageCases,
  ...lookupCases,
  ...recordCases,
  ...orderCases,
  ...pruneCases,
];

// --- by dialect ---

/** Where a message's id holds for ever. */
export const firmIdCases: readonly StoreCase[] = [
  {
    name: 'the same words at the same time under another id are another message',
    async run(bench, check) {
      const store = await bench.open();
      const row = timedOf(500, { messageId: 'a' });
      await store.write([put(row)]);
      const other = { ...row, messageId: 'b' };
      const placed = tied(other, 1);
      check.equal(await store.write([add(other)]), { ...nothing, added: [placed] });
      check.equal(await messagesOf(store), [row, placed]);
      check.equal(await readingOf(store), { count: 1, readUntil: null });
    },
  },
];

/** Where history and live tell a message under different ids, and messages bring more than a text. */
export const looseIdCases: readonly StoreCase[] = [
  {
    name: 'a message that is told under another id is known by one id that both have',
    async run(bench, check) {
      const store = await bench.open();
      const row = timedOf(500, { messageId: 'a', aliases: ['x'] });
      await store.write([put(row)]);
      const asA = timedOf(500, { messageId: 'b', aliases: ['y', 'x'], text: 'other' });
      const asX = timedOf(500, { messageId: 'x', text: 'other' });
      check.equal(await store.write([add(asA), add(asX)]), nothing);
      check.equal(await messagesOf(store), [row]);
      check.equal(await readingOf(store), noUnread);
    },
  },
  {
    name: 'a message that is told under another id is known by its words, its time and its side',
    async run(bench, check) {
      const store = await bench.open();
      const row = timedOf(500, { messageId: 'a', text: 'hello \ud83c' });
      await store.write([put(timedOf(499, { messageId: 'z' })), put(row)]);
      const same = { ...row, messageId: 'b', from: { id: 'q', name: 'Q', role: 'bot' } as const };
      check.equal(await store.write([add(same)]), nothing);
      const visitor = { id: 'v', name: '', role: 'visitor' } as const;
      const others = [
        { ...row, messageId: 'c', text: 'hello' },
        { ...row, messageId: 'd', from: visitor },
        { ...row, messageId: 'e', conversationId: 'c2' },
        { ...row, messageId: 'f', timestamp: 501 },
        { ...row, messageId: 'g', position: [1, 0, 1, 501] satisfies Position },
      ];
      // Each behind those of its time that were there before it.
      const ties = [1, 2, 3, 4, 0];
      check.equal(await store.write(others.map((one) => add(one, false))), {
        ...nothing,
        added: others.map((one, index) => tied(one, ties[index] ?? 0)),
      });
      check.equal(ids(await messagesOf(store)), ['z', 'a', 'c', 'd', 'e', 'f', 'g']);
    },
  },
  {
    name: 'a message that is told under another id is known again whatever its own is',
    async run(bench, check) {
      const store = await bench.open();
      const rows = oddIds.map((messageId, index) => timedOf(index, { messageId }));
      await store.write(rows.map(put));
      const again = rows.map((row) => add({ ...row, messageId: `again ${row.messageId}` }));
      check.equal(await store.write(again), nothing);
      check.equal(await messagesOf(store), rows);
    },
  },
  {
    name: 'of two that are the same in one write the second is known again',
    async run(bench, check) {
      const store = await bench.open();
      const row = timedOf(500, { messageId: 'a' });
      const answer = await store.write([add(row), add({ ...row, messageId: 'b' })]);
      check.equal(answer, { ...nothing, added: [row] });
      const wiped = await store.write([wipe, add({ ...row, messageId: 'b' })], true);
      check.equal(ids(wiped.added), ['b']);
      check.equal(ids(await messagesOf(store)), ['b']);
    },
  },
  {
    name: 'what a message brings besides its text comes back, and tells it from others',
    async run(bench, check) {
      const store = await bench.open();
      const file = (url: string | null, attachmentId = 'f1') =>
        ({
          type: 'attachment',
          attachmentId,
          url,
          name: 'a \ud83c "b".pdf',
          kind: 'file',
          mime: null,
          size: 0,
          text: '',
        }) as const;
      const row = timedOf(500, { messageId: 'a', text: '', content: [file('https://a.example/')] });
      const record = recordOf(1, { content: [file(null)], text: '\u0001e' });
      const empty = recordOf(2, { content: [] });
      await store.write([put(row), putOutbox(record), putOutbox(empty)]);
      const again = { ...row, messageId: 'b', content: [file('https://b.example/')] };
      check.equal(await store.write([add(again)]), nothing);
      const other = { ...row, messageId: 'c', content: [file(null, 'f2')] };
      const bare = timedOf(500, { messageId: 'd', text: '' });
      const answer = await store.write([add(other), add(bare)]);
      const placed = [tied(other, 1), tied(bare, 2)];
      check.equal(answer, { ...nothing, added: placed });
      await onBoth(bench, store, async (one) => {
        const restored = await one.restore(all);
        check.equal(restored.messages, [row, ...placed]);
        check.equal(restored.outbox, [record, empty]);
      });
    },
  },
];
