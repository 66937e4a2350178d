import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { conversationStatuses, partySchema } from '../agents/agent-protocol.ts';
import type {
  AgentIdentity,
  ConversationEvent,
  ConversationRecord,
  StoredMessage,
} from '../gateway/model.ts';
import type { Database, Query } from './database.ts';
import { columns, conversationRow, messageColumns, messageRow, migrate } from './sql-schema.ts';
import type {
  AppendResult,
  ConversationDraft,
  MessageDraft,
  StoredKey,
  TranscriptStore,
} from './store.ts';

const channel = 'partyline_events';

const conversationId = z.string();
/** NOTIFY is limited to 8,000 bytes, so it has only a message's id. */
const announcementSchema = z.object({
  origin: z.string(),
  event: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('conversation'),
      conversationId,
      status: z.enum(conversationStatuses),
    }),
    z.object({ type: z.literal('message'), conversationId, messageId: z.string() }),
    z.object({
      type: z.literal('typing'),
      conversationId,
      from: partySchema,
      isTyping: z.boolean(),
    }),
    z.object({
      type: z.literal('receipt'),
      conversationId,
      messageId: z.string(),
      from: partySchema,
      status: z.enum(['delivered', 'read']),
    }),
  ]),
});

const keyRow = z.object({ private_jwk: z.string(), public_jwk: z.string() });
const idRow = z.object({ id: z.string() });

/** Stores conversations in PostgreSQL or PGlite. */
export class SqlStore implements TranscriptStore {
  readonly #database: Database;
  readonly #onError: (error: unknown) => void;
  readonly #origin = randomUUID();
  readonly #listeners = new Set<(event: ConversationEvent) => void>();
  // Keeps announcements in order, although messages must be read from the table first.
  #receiving: Promise<void> = Promise.resolve();

  private constructor(database: Database, onError: (error: unknown) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  /** Creates missing tables. The store closes the database. */
  static async create(database: Database, onError: (error: unknown) => void): Promise<SqlStore> {
    const store = new SqlStore(database, onError);
    await migrate(database);
    await database.listen(channel, (payload) => {
      store.#receiving = store.#receiving.then(() => store.#receive(payload)).catch(onError);
    });
    return store;
  }

  async open(draft: ConversationDraft): Promise<ConversationRecord> {
    const { query } = this.#database;
    await query(
      `INSERT INTO partyline_conversations
         (id, subject, status, routable, routing, priority, created_at)
       VALUES ($1, $2, 'queued', $3, $4, $5, $6)
       ON CONFLICT (subject) WHERE status <> 'ended' DO NOTHING`,
      [
        draft.conversationId,
        draft.subject,
        draft.routable,
        JSON.stringify(draft.routing),
        draft.routing.priority ?? 0,
        draft.createdAt,
      ],
    );
    const rows = await query(
      `SELECT ${columns} WHERE c.subject = $1 AND (c.status <> 'ended' OR c.id = $2)
       ORDER BY c.status = 'ended' LIMIT 1`,
      [draft.subject, draft.conversationId],
    );
    // The open conversation may end between the two queries.
    return rows.length > 0 ? conversationRow.parse(rows[0]) : this.open(draft);
  }

  find(id: string): Promise<ConversationRecord | null> {
    return findIn(this.#database.query, id);
  }

  async list(limit: number): Promise<readonly ConversationRecord[]> {
    const rows = await this.#database.query(`SELECT ${columns} ORDER BY c.ordinal DESC LIMIT $1`, [
      limit,
    ]);
    return rows.map((row) => conversationRow.parse(row));
  }

  async queue(): Promise<readonly string[]> {
    const rows = await this.#database.query(
      `SELECT id FROM partyline_conversations WHERE status = 'queued' AND routable
       ORDER BY priority DESC, ordinal`,
    );
    return rows.map((row) => idRow.parse(row).id);
  }

  async take(id: string, agent: AgentIdentity): Promise<ConversationRecord | null> {
    await this.#database.query(
      `UPDATE partyline_conversations SET status = 'connected', agent = $2
       WHERE id = $1 AND status = 'queued'`,
      [id, JSON.stringify(agent)],
    );
    return this.find(id);
  }

  async end(id: string): Promise<ConversationRecord | null> {
    await this.#database.query(
      `UPDATE partyline_conversations SET status = 'ended' WHERE id = $1`,
      [id],
    );
    return this.find(id);
  }

  async mark(id: string, reader: 'visitor' | 'agent', sequence: number): Promise<boolean> {
    const column = reader === 'visitor' ? 'visitor_read' : 'agent_read';
    const rows = await this.#database.query(
      `UPDATE partyline_conversations SET ${column} = $2 WHERE id = $1 AND ${column} < $2
       RETURNING id`,
      [id, sequence],
    );
    return rows.length > 0;
  }

  append(draft: MessageDraft): Promise<AppendResult> {
    return this.#database.transaction(async (query) => {
      // The row lock prevents gaps in sequences, also between gateways.
      await query('SELECT id FROM partyline_conversations WHERE id = $1 FOR UPDATE', [
        draft.conversationId,
      ]);
      const record = await findIn(query, draft.conversationId);
      if (!record) return { outcome: 'unknown' };
      const known = await messageIn(query, draft.conversationId, draft.messageId);
      if (known) return { outcome: 'repeated', message: known };
      if (record.status === 'ended') return { outcome: 'ended' };
      const message: StoredMessage = {
        ...draft,
        sequence: (record.last?.sequence ?? 0) + 1,
        at: Math.max(draft.at, record.last?.at ?? 0),
      };
      const { sequence, messageId, at, from, text } = message;
      await query(
        `INSERT INTO partyline_messages
           (conversation_id, sequence, message_id, at, from_id, from_name, from_role, from_image,
            text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          draft.conversationId,
          sequence,
          messageId,
          at,
          from.id,
          from.name,
          from.role,
          from.image ?? null,
          text,
        ],
      );
      await query('UPDATE partyline_conversations SET last_sequence = $2 WHERE id = $1', [
        draft.conversationId,
        sequence,
      ]);
      return { outcome: 'stored', message };
    });
  }

  message(id: string, messageId: string): Promise<StoredMessage | null> {
    return messageIn(this.#database.query, id, messageId);
  }

  async after(
    id: string,
    from: { readonly since: number; readonly above: number },
    limit: number,
  ): Promise<readonly StoredMessage[]> {
    const rows = await this.#database.query(
      `SELECT ${messageColumns} FROM partyline_messages
       WHERE conversation_id = $1 AND at >= $2 AND sequence > $3::bigint ORDER BY sequence LIMIT $4`,
      [id, from.since, from.above, limit],
    );
    return rows.map((row) => messageRow.parse(row));
  }

  async before(
    id: string,
    edge: { readonly sequence: number } | { readonly instant: number },
    limit: number,
  ): Promise<readonly StoredMessage[]> {
    const [column, value] =
      'sequence' in edge ? (['sequence', edge.sequence] as const) : (['at', edge.instant] as const);
    const rows = await this.#database.query(
      `SELECT ${messageColumns} FROM partyline_messages
       WHERE conversation_id = $1 AND ${column} < $2::bigint ORDER BY sequence DESC LIMIT $3`,
      [id, value, limit],
    );
    return rows.map((row) => messageRow.parse(row)).reverse();
  }

  async signingKey(create: () => Promise<StoredKey>): Promise<StoredKey> {
    const { query } = this.#database;
    const kept = 'SELECT private_jwk, public_jwk FROM partyline_keys';
    const known = await query(kept);
    if (known.length === 0) {
      const { privateJwk, publicJwk } = await create();
      // If two gateways start at once, both use the pair stored first.
      await query('INSERT INTO partyline_keys VALUES (1, $1, $2) ON CONFLICT DO NOTHING', [
        privateJwk,
        publicJwk,
      ]);
    }
    const row = keyRow.parse((await query(kept))[0]);
    return { privateJwk: row.private_jwk, publicJwk: row.public_jwk };
  }

  async announce(event: ConversationEvent): Promise<void> {
    const named =
      event.type === 'message'
        ? {
            type: 'message',
            conversationId: event.message.conversationId,
            messageId: event.message.messageId,
          }
        : event;
    await this.#database.query('SELECT pg_notify($1, $2)', [
      channel,
      JSON.stringify({ origin: this.#origin, event: named }),
    ]);
  }

  onAnnounced(listener: (event: ConversationEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#receiving;
    await this.#database.close();
  }

  async #receive(payload: string): Promise<void> {
    const { origin, event } = announcementSchema.parse(JSON.parse(payload));
    if (origin === this.#origin) return;
    if (event.type !== 'message') {
      for (const listener of this.#listeners) listener(event);
      return;
    }
    const message = await this.message(event.conversationId, event.messageId);
    if (!message) {
      this.#onError(new Error(`Announced message not found: ${event.messageId}`));
      return;
    }
    for (const listener of this.#listeners) listener({ type: 'message', message });
  }
}

async function findIn(query: Query, id: string): Promise<ConversationRecord | null> {
  const rows = await query(`SELECT ${columns} WHERE c.id = $1`, [id]);
  return rows.length > 0 ? conversationRow.parse(rows[0]) : null;
}

async function messageIn(
  query: Query,
  id: string,
  messageId: string,
): Promise<StoredMessage | null> {
  const rows = await query(
    `SELECT ${messageColumns} FROM partyline_messages WHERE conversation_id = $1 AND message_id = $2`,
    [id, messageId],
  );
  return rows.length > 0 ? messageRow.parse(rows[0]) : null;
}
