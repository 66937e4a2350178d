import type { Message, Position } from '../../src/protocol/message.ts';
import type {
  ConversationRecord,
  OutboxRecord,
  StoreOperation,
} from '../../src/worker/core/records.ts';

/** Rows as tests make them up, numbered by what tells one from the next. */

export function messageOf(sequence: number, part: Partial<Message> = {}): Message {
  return {
    messageId: `m${sequence}`,
    conversationId: 'c1',
    sequence,
    from: { id: 'a', name: 'Ada', role: 'agent' },
    text: `text ${sequence}`,
    timestamp: 1_000 + sequence,
    status: 'received',
    failure: null,
    missingBefore: 0,
    position: [1, sequence, 0, 0],
    ...part,
  };
}

/** One where the gateway counts nothing. */
export function timedOf(timestamp: number, part: Partial<Message> = {}): Message {
  const position: Position = [1, 0, 1, timestamp];
  return messageOf(timestamp, { sequence: null, timestamp, position, ...part });
}

export function conversationOf(
  ordinal: number,
  status: 'connected' | 'ended',
  part: Partial<ConversationRecord> = {},
): ConversationRecord {
  return {
    details: { conversationId: `c${ordinal}`, status },
    ordinal,
    next: 1,
    gaps: [],
    completeUntil: 0,
    readMark: null,
    isReadToEnd: false,
    ...part,
  };
}

export function recordOf(ordinal: number, part: Partial<OutboxRecord> = {}): OutboxRecord {
  return {
    messageId: `o${ordinal}`,
    ordinal,
    conversationId: 'c1',
    text: `waits ${ordinal}`,
    timestamp: 1_000 + ordinal,
    failure: null,
    ...part,
  };
}

export function put(message: Message): StoreOperation {
  return { type: 'put-message', message };
}

export function add(message: Message, isUnread = true): StoreOperation {
  return { type: 'add-message', message, isUnread };
}

export function mark(position: Position, missingBefore: number): StoreOperation {
  return { type: 'put-gap-marker', position, missingBefore };
}

export function putConversation(record: ConversationRecord): StoreOperation {
  return { type: 'put-conversation', record };
}

export function putOutbox(record: OutboxRecord): StoreOperation {
  return { type: 'put-outbox', record };
}

export function addOutbox(record: OutboxRecord): StoreOperation {
  return { type: 'add-outbox', record };
}

/** Ids of every kind of character that a key can hold, each another one's than all the others. */
export const oddIds: readonly string[] = [
  'a',
  'A',
  'b"\'`\\',
  '0',
  '00',
  '-0',
  '1e3',
  '10',
  '9',
  ' ',
  ' a',
  'a ',
  'a|b',
  'a,b',
  'a/b?c=d&e#f%20',
  '<b>&amp;</b>',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\u0000',
  'a\u0000',
  '\u0001e',
  '\n\r\t',
  '\u2028\u2029',
  // One letter, written in two ways.
  'é',
  'e\u0301',
  '\u202ertl\u202c',
  '好',
  // In UTF-16 it stands before the next one, by its code point behind it.
  '🎉',
  '\ufb00',
  '\ud83c',
  '\udf89',
  'x'.repeat(4_096),
];

/** Texts that an encoding may lose, or take for something else. */
export const oddTexts: readonly string[] = [
  '',
  ' ',
  'null',
  '{"text":"x","name":"y"}',
  '\u0000',
  '\u0001',
  '\u0001e',
  '\u0001eAAAAAAAAAAAAAAAAAAAAAAAA',
  '\u0001p',
  '\u0001j"x"',
  '\u0001p\u0001e',
  '„schön“ 🎉 好 é e\u0301',
  // Halves of an emoji: a text that was cut in two.
  'cut \ud83c',
  '\udf89 cut',
  '\udf89\ud83c',
  'line\r\nline\u2028line',
  '\ufeffmark',
  'x'.repeat(16_384),
];
