import { describe, expect, it, vi } from 'vitest';
import { contentsSchema } from '../../../src/protocol/content-schema.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { emptyMeta } from '../../../src/worker/core/records.ts';
import { Log } from '../../../src/worker/host/log.ts';
import { RowReader } from '../../../src/worker/store/rows.ts';

const message: Message = {
  messageId: 'm1',
  conversationId: 'c1',
  sequence: 1,
  from: { id: 'ada', name: 'Ada', role: 'agent' },
  text: 'hi',
  timestamp: 1,
  status: 'received',
  failure: null,
  missingBefore: 0,
  position: [1, 1, 0, 0],
};
const conversation = {
  details: { conversationId: 'c1', status: 'connected' },
  ordinal: 1,
  next: 2,
  gaps: [{ from: 1, to: 2, tries: 0 }],
  completeUntil: 0,
  readMark: null,
  isReadToEnd: false,
};
const outbox = {
  messageId: 'm2',
  ordinal: 1,
  conversationId: null,
  text: 'hello',
  timestamp: 1,
  failure: null,
};
const unread = { count: 3, readUntil: [1, 2, 0, 0] };

function reader(dialect: ConstructorParameters<typeof RowReader>[1] = {}) {
  const log = new Log();
  const note = vi.spyOn(log, 'note').mockImplementation(() => {});
  return { rows: new RowReader(log, dialect), note };
}

describe('a row', () => {
  it.each([
    ['message', message],
    ['conversation', conversation],
    ['outbox', outbox],
    ['outbox', { ...outbox, subject: 'visitor-1' }],
    ['meta', emptyMeta],
    ['unread', unread],
    ['unread', { count: 0, readUntil: null }],
  ] as const)('of a %s is what was written', (kind, row) => {
    const { rows, note } = reader();
    expect(rows.read(kind, row)).toEqual(row);
    expect(note).not.toHaveBeenCalled();
  });

  it.each([
    ['message', { ...message, position: [1, 1, 0] }],
    ['conversation', { ...conversation, gaps: [{ from: 1, to: 2 }] }],
    ['conversation', { ...conversation, isReadToEnd: undefined }],
    ['outbox', { ...outbox, text: 7 }],
    ['meta', { ...emptyMeta, draft: null }],
    ['unread', { unread: '3', readUntil: null }],
    ['unread', null],
  ] as const)('of a %s that is damaged is none, and is counted', (kind, row) => {
    const { rows, note } = reader();
    expect(rows.read(kind, row)).toBeNull();
    expect(note).toHaveBeenCalledTimes(1);
    expect(note.mock.calls[0]?.[0]).toMatchObject({ kind: 'invalid' });
    expect(note.mock.calls[0]?.[0].detail).toContain(kind);
  });

  it('that is not there is none, and nothing odd', () => {
    const { rows, note } = reader();
    expect(rows.read('meta', undefined)).toBeNull();
    expect(note).not.toHaveBeenCalled();
  });

  it('among others that can’t be read is read all the same, in its place', () => {
    const { rows, note } = reader();
    const second = { ...message, messageId: 'm2' };
    expect(rows.readAll('message', [7, message, undefined, second, {}])).toEqual([message, second]);
    expect(note).toHaveBeenCalledTimes(2);
  });

  it('brings what goes with the text where the dialect has such things', () => {
    const link = [{ type: 'link', text: 'here', url: 'https://x.example/' }];
    const sent = { ...outbox, content: link };
    const { rows } = reader({ contents: contentsSchema });
    expect(rows.read('outbox', sent)).toEqual(sent);
    expect(rows.read('outbox', outbox)).toEqual(outbox);
    expect(rows.read('message', { ...message, content: link })).toMatchObject({ content: link });
    expect(rows.read('outbox', { ...outbox, content: [{ type: 'link' }] })).toBeNull();
    expect(reader().rows.read('outbox', sent)).toEqual(outbox);
  });

  it('is known again as the dialect knows it', () => {
    const findDuplicate = async () => null;
    expect(reader({ findDuplicate }).rows.findDuplicate).toBe(findDuplicate);
    expect(reader().rows.findDuplicate).toBeUndefined();
  });
});
