import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { emptyMeta, type StoreOperation } from '../../../src/worker/core/records.ts';
import { isEncrypted, makeKey, RowEncryption } from '../../../src/worker/store/encryption.ts';
import { oddTexts } from '../../contracts/rows.ts';

const message: Message = {
  messageId: 'm1',
  conversationId: 'c1',
  sequence: 1,
  from: {
    id: 'agent:Ada Lovelace',
    name: 'Ada Lovelace',
    role: 'agent',
    imageUrl: 'https://pictures.example/ada.jpg',
  },
  content: [{ type: 'link', text: 'Your statement', url: 'https://bank.example/4711' }],
  text: 'Your balance is 12 – „schön“ 🎉',
  timestamp: 1_700_000_000_000,
  status: 'delivered',
  failure: null,
  missingBefore: 0,
  position: [1, 1, 0, 0],
};
const record = {
  messageId: 'm2',
  ordinal: 1,
  conversationId: 'c1',
  text: 'my PIN is 0815',
  timestamp: 1,
  failure: null,
};
const meta = {
  ...emptyMeta,
  draft: 'half a thought',
  lastRouting: { skillGroups: ['Billing'], attributes: { userTier: 'premium' } },
};
const operations: StoreOperation[] = [
  { type: 'put-message', message },
  { type: 'add-message', message, isUnread: true },
  { type: 'put-outbox', record },
  { type: 'add-outbox', record },
  { type: 'put-meta', meta },
  { type: 'delete-outbox', messageId: 'm0' },
];

/** The rows as they were, from what was written; `null` for those that can't be opened. */
async function opened(seal: RowEncryption, sealed: readonly StoreOperation[]) {
  return Promise.all(
    sealed.map((operation) => {
      switch (operation.type) {
        case 'put-message':
        case 'add-message':
          return seal.decryptMessage(operation.message);
        case 'put-outbox':
        case 'add-outbox':
          return seal.decryptOutbox(operation.record);
        case 'put-meta':
          return seal.decryptMeta(operation.meta);
        default:
          return null;
      }
    }),
  );
}

describe('sealed rows', () => {
  it('contain no text or name, and decrypt to the originals', async () => {
    const seal = new RowEncryption(await makeKey());
    const sealed = await seal.encryptAll(operations);
    const kept = JSON.stringify(sealed);
    for (const text of [
      'balance',
      'Ada',
      'pictures.example',
      'statement',
      '4711',
      '0815',
      'half a thought',
      'Billing',
      'premium',
    ]) {
      expect(kept).not.toContain(text);
    }
    // What rows are found by stays.
    expect(sealed[0]).toMatchObject({ message: { messageId: 'm1', position: [1, 1, 0, 0] } });
    expect(await opened(seal, sealed)).toEqual([message, message, record, record, meta, null]);
  });

  it('hide what an outgoing message brings, too', async () => {
    const seal = new RowEncryption(await makeKey());
    const file = {
      type: 'attachment',
      attachmentId: 'a',
      url: null,
      name: 'payslip.pdf',
      kind: 'file',
      mime: null,
      size: 3,
      text: null,
    } as const;
    const brings = { ...record, text: '', content: [file] };
    const [sealed] = await seal.encryptAll([{ type: 'put-outbox', record: brings }]);
    expect(JSON.stringify(sealed)).not.toContain('payslip');
    if (sealed?.type !== 'put-outbox') throw new Error('no record');
    expect(await seal.decryptOutbox(sealed.record)).toEqual(brings);
  });

  it('are never the same twice', async () => {
    const seal = new RowEncryption(await makeKey());
    expect(await seal.encryptAll(operations)).not.toEqual(await seal.encryptAll(operations));
  });

  it('open with no other key, and not when they were changed', async () => {
    const seal = new RowEncryption(await makeKey());
    const sealed = await seal.encryptAll(operations);
    const nothing = [null, null, null, null, null, null];
    expect(await opened(new RowEncryption(await makeKey()), sealed)).toEqual(nothing);
    expect(await opened(new RowEncryption(null), sealed)).toEqual(nothing);
    const [first] = sealed;
    if (first?.type !== 'put-message') throw new Error('no message');
    for (const text of [
      `${first.message.text}A`,
      first.message.text.slice(0, 20),
      '\u0001e',
      '\u0001e%',
    ]) {
      expect(await seal.decryptMessage({ ...first.message, text })).toBeNull();
    }
  });

  it('have a key that no script can read out', async () => {
    const key = await makeKey();
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });
});

describe('plain rows', () => {
  it('are what they were, and open with a key too', async () => {
    const plain = await new RowEncryption(null).encryptAll(operations);
    expect(plain).toBe(operations);
    const seal = new RowEncryption(await makeKey());
    expect(await opened(seal, plain)).toEqual([message, message, record, record, meta, null]);
  });

  it('that look like sealed ones, or that UTF-8 would change, are texts all the same', async () => {
    for (const text of oddTexts) {
      for (const seal of [new RowEncryption(null), new RowEncryption(await makeKey())]) {
        const odd: StoreOperation[] = [
          { type: 'put-message', message: { ...message, text } },
          { type: 'put-outbox', record: { ...record, text } },
          { type: 'put-meta', meta: { ...meta, draft: text } },
        ];
        expect(await opened(seal, await seal.encryptAll(odd))).toEqual([
          { ...message, text },
          { ...record, text },
          { ...meta, draft: text },
        ]);
      }
    }
  });

  it.each<[string, StoreOperation, object]>([
    ['a message', { type: 'put-message', message: { ...message, text: '\u0001eX' } }, message],
    [
      'a new message',
      { type: 'add-message', message: { ...message, text: '\u0001eX' }, isUnread: true },
      message,
    ],
    ['an outgoing one', { type: 'put-outbox', record: { ...record, text: '\u0001eX' } }, record],
    ['a new outgoing one', { type: 'add-outbox', record: { ...record, text: '\u0001eX' } }, record],
    ['the draft', { type: 'put-meta', meta: { ...meta, draft: '\u0001eX' } }, meta],
  ])('are texts all the same where only one of them looks like a sealed one: %s', async (...of) => {
    const [, odd, whole] = of;
    const seal = new RowEncryption(null);
    const text = 'draft' in whole ? { draft: '\u0001eX' } : { text: '\u0001eX' };
    expect(await opened(seal, await seal.encryptAll([odd]))).toEqual([{ ...whole, ...text }]);
    const written = await seal.encryptAll([...operations, odd]);
    expect((await opened(seal, written)).at(-1)).toEqual({ ...whole, ...text });
    expect(written.slice(0, -1)).toEqual(operations);
  });

  it('that end like a sealed one begins are written as they are', async () => {
    const ending: StoreOperation[] = [
      { type: 'put-outbox', record: { ...record, text: 'x\u0001' } },
    ];
    expect(await new RowEncryption(null).encryptAll(ending)).toBe(ending);
  });
});

describe('a text that is sealed', () => {
  it('is known by its beginning', async () => {
    const [row] = await new RowEncryption(await makeKey()).encryptAll([
      { type: 'put-outbox', record },
    ]);
    expect(row?.type === 'put-outbox' && isEncrypted(row.record.text)).toBe(true);
    for (const text of ['', 'x', '\u0001', 'e', 'x\u0001e', '\u0001px']) {
      expect(isEncrypted(text)).toBe(false);
    }
  });

  it('is opened as it was, also where a part of it is JSON', async () => {
    const seal = new RowEncryption(await makeKey());
    for (const text of ['ab"x"', '"x"', '  "x"']) {
      const [row] = await seal.encryptAll([{ type: 'put-outbox', record: { ...record, text } }]);
      if (row?.type !== 'put-outbox') throw new Error('no outgoing message');
      expect(await seal.decryptOutbox(row.record)).toEqual({ ...record, text });
    }
  });
});
