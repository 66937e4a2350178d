import { z } from 'zod';
import { conversationStatuses, roles, routingSchema } from '../agents/agent-protocol.ts';
import type { ConversationRecord, StoredMessage } from '../gateway/model.ts';
import type { Database } from './database.ts';

// An arbitrary lock id.
const migrationLock = 7_279_465;

const statements = [
  `CREATE TABLE IF NOT EXISTS partyline_conversations (
     id text PRIMARY KEY,
     ordinal bigint GENERATED ALWAYS AS IDENTITY,
     subject text NOT NULL,
     status text NOT NULL,
     routable boolean NOT NULL,
     routing jsonb NOT NULL,
     priority integer NOT NULL,
     created_at bigint NOT NULL,
     agent jsonb,
     visitor_read integer NOT NULL DEFAULT 0,
     agent_read integer NOT NULL DEFAULT 0,
     last_sequence integer NOT NULL DEFAULT 0
   )`,
  `CREATE UNIQUE INDEX IF NOT EXISTS partyline_one_open
     ON partyline_conversations (subject) WHERE status <> 'ended'`,
  `CREATE INDEX IF NOT EXISTS partyline_queue
     ON partyline_conversations (priority DESC, ordinal) WHERE status = 'queued' AND routable`,
  `CREATE TABLE IF NOT EXISTS partyline_messages (
     conversation_id text NOT NULL REFERENCES partyline_conversations (id),
     sequence integer NOT NULL,
     message_id text NOT NULL,
     at bigint NOT NULL,
     from_id text NOT NULL,
     from_name text NOT NULL,
     from_role text NOT NULL,
     text text NOT NULL,
     PRIMARY KEY (conversation_id, sequence),
     UNIQUE (conversation_id, message_id)
   )`,
  `ALTER TABLE partyline_messages ADD COLUMN IF NOT EXISTS from_image text`,
  `CREATE INDEX IF NOT EXISTS partyline_message_instants
     ON partyline_messages (conversation_id, at, sequence)`,
  `CREATE TABLE IF NOT EXISTS partyline_keys (
     id integer PRIMARY KEY,
     private_jwk text NOT NULL,
     public_jwk text NOT NULL
   )`,
];

/** Creates missing tables. Safe if two gateways start at once. */
export function migrate(database: Database): Promise<void> {
  return database.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    for (const statement of statements) await query(statement);
  });
}

/** A conversation with its last message, up to the WHERE. */
export const columns = `
  c.id, c.subject, c.status, c.routable, c.routing, c.created_at, c.agent, c.visitor_read,
  c.agent_read, m.sequence, m.message_id, m.at, m.from_id, m.from_name, m.from_role, m.from_image, m.text
  FROM partyline_conversations c
  LEFT JOIN partyline_messages m ON m.conversation_id = c.id AND m.sequence = c.last_sequence`;

export const messageColumns =
  'conversation_id, sequence, message_id, at, from_id, from_name, from_role, from_image, text';

// Drivers return a bigint as string, number or BigInt.
const bigint = z.union([z.number(), z.bigint(), z.string()]).transform(Number).pipe(z.int());

export const messageRow = z
  .object({
    conversation_id: z.string(),
    sequence: z.number(),
    message_id: z.string(),
    at: bigint,
    from_id: z.string(),
    from_name: z.string(),
    from_role: z.enum(roles),
    from_image: z.string().nullable(),
    text: z.string(),
  })
  .transform(
    (row): StoredMessage => ({
      conversationId: row.conversation_id,
      messageId: row.message_id,
      sequence: row.sequence,
      from: {
        id: row.from_id,
        name: row.from_name,
        role: row.from_role,
        ...(row.from_image === null ? {} : { image: row.from_image }),
      },
      text: row.text,
      at: row.at,
    }),
  );

export const conversationRow = z
  .looseObject({
    id: z.string(),
    subject: z.string(),
    status: z.enum(conversationStatuses),
    routable: z.boolean(),
    routing: routingSchema,
    created_at: bigint,
    agent: z.object({ id: z.string(), name: z.string(), image: z.string().optional() }).nullable(),
    visitor_read: z.number(),
    agent_read: z.number(),
    sequence: z.number().nullable(),
  })
  .transform(
    (row): ConversationRecord => ({
      conversationId: row.id,
      subject: row.subject,
      status: row.status,
      routable: row.routable,
      routing: row.routing,
      createdAt: row.created_at,
      agent: row.agent,
      visitorRead: row.visitor_read,
      agentRead: row.agent_read,
      last: row.sequence === null ? null : messageRow.parse({ ...row, conversation_id: row.id }),
    }),
  );
