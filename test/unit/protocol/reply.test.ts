import { describe, expect, test } from 'vitest';
import { callSchema } from '../../../src/protocol/port.ts';
import { Log } from '../../../src/worker/host/log.ts';
import { RowReader } from '../../../src/worker/store/rows.ts';

const value = { id: 'f1', text: 'Ada', payload: 'Ada' };
const form = { kind: 'form', payload: 'c', originatingMessageId: 'm', values: [value] };
/** As versions before had it. */
const previous = { kind: 'list', payload: 'r', originatingMessageId: 'm' };

describe('an answer to an offer', () => {
  const send = (reply: unknown) =>
    callSchema.safeParse({ type: 'send', messageId: 'o', text: 'Done', reply });

  test.each([
    ['with several values', form],
    ['with one', previous],
    ['of a form left empty', { ...form, values: [] }],
  ])('%s comes through a port as it is', (_, reply) => {
    expect(send(reply)).toMatchObject({ success: true, data: { reply } });
  });

  test.each([
    ['a value without its text', { ...form, values: [{ id: 'f1', payload: 'Ada' }] }],
    ['a value as long as a book', { ...form, values: [{ ...value, text: 'x'.repeat(4_097) }] }],
    ['more values than a form has', { ...form, values: Array(257).fill(value) }],
    ['values that are none', { ...form, values: 'Ada' }],
  ])('%s does not', (_, reply) => {
    expect(send(reply).success).toBe(false);
  });

  test('waits in the store, and one of an earlier version is still readable', () => {
    const reader = new RowReader(new Log(), {});
    const row = {
      messageId: 'o',
      ordinal: 1,
      conversationId: null,
      text: 'Done',
      timestamp: 0,
      failure: null,
    };
    for (const reply of [form, previous]) {
      expect(reader.read('outbox', { ...row, reply })).toEqual({ ...row, reply });
    }
    expect(reader.read('outbox', row)).toEqual(row);
  });
});
