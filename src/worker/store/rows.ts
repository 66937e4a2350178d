import {
  _default,
  array,
  boolean,
  exactOptional,
  nullable,
  number,
  object,
  string,
  type ZodMiniType,
} from 'zod/mini';
import type { Message } from '../../protocol/message.ts';
import {
  attributesSchema,
  conversationSchema,
  messageSchemaWith,
  positionSchema,
  problemSchema,
  readMarkSchema,
  replySchema,
  routingSchema,
} from '../../protocol/schemas.ts';
import type { ConversationRecord, Meta, OutboxRecord, UnreadState } from '../core/records.ts';
import type { Log } from '../host/log.ts';
import type { HubGateway } from '../options.ts';
import type { FindDuplicate } from './same-message.ts';

interface Rows {
  readonly message: Message;
  readonly conversation: ConversationRecord;
  readonly outbox: OutboxRecord;
  readonly meta: Meta;
  readonly unread: UnreadState;
}

type RowKind = keyof Rows;

type Schemas = { readonly [Kind in RowKind]: ZodMiniType<Rows[Kind]> };

/** The schemas of rows. That of messages depends on the dialect. */
const schemas: Omit<Schemas, 'message' | 'outbox'> = {
  conversation: object({
    details: conversationSchema,
    ordinal: number(),
    next: number(),
    gaps: array(object({ from: number(), to: number(), tries: number() })),
    completeUntil: number(),
    newestOwn: exactOptional(number()),
    readMark: nullable(readMarkSchema),
    isReadToEnd: boolean(),
  }),
  meta: object({
    subject: nullable(string()),
    // Missing in rows of older builds.
    guest: _default(nullable(string()), null),
    draft: string(),
    routing: nullable(routingSchema),
    lastRouting: nullable(routingSchema),
    attributes: exactOptional(attributesSchema),
    clockOffset: number(),
    resetCount: number(),
  }),
  unread: object({ count: number(), readUntil: nullable(positionSchema) }),
};

const outboxFields = {
  messageId: string(),
  ordinal: number(),
  conversationId: nullable(string()),
  text: string(),
  timestamp: number(),
  failure: nullable(problemSchema),
  subject: exactOptional(string()),
  reply: exactOptional(replySchema),
};

export type RowDialect = Pick<HubGateway, 'contents' | 'findDuplicate'>;

/** Validates rows that are read from the store. */
export class RowReader {
  readonly #log: Log;
  readonly #schemas: Schemas;
  readonly findDuplicate: FindDuplicate | undefined;

  constructor(log: Log, { contents, findDuplicate }: RowDialect) {
    this.#log = log;
    this.findDuplicate = findDuplicate;
    this.#schemas = {
      ...schemas,
      message: messageSchemaWith(contents),
      outbox: object(
        contents ? { ...outboxFields, content: exactOptional(contents) } : outboxFields,
      ),
    };
  }

  /** The row, or `null` if there is none or it is invalid. Invalid rows are counted and logged. */
  read<Kind extends RowKind>(kind: Kind, row: unknown): Rows[Kind] | null {
    if (row === undefined) return null;
    const result = this.#schemas[kind].safeParse(row);
    if (result.success) return result.data;
    this.#log.note({ kind: 'invalid', detail: `Invalid row in the store ignored: ${kind}` });
    return null;
  }

  /** The valid rows. */
  readAll<Kind extends RowKind>(kind: Kind, rows: readonly unknown[]): Rows[Kind][] {
    return rows.flatMap((row) => this.read(kind, row) ?? []);
  }
}
