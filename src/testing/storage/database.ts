import { z } from 'zod';
import type { Settings } from '../gateway/options.ts';

/** Rows from the driver, not validated yet. */
export type Query = (sql: string, parameters?: readonly unknown[]) => Promise<readonly unknown[]>;

/** A PostgreSQL database, embedded or not. */
export interface Database {
  readonly query: Query;
  /** Runs a transaction. The task must use the query function that it receives. */
  transaction<T>(task: (query: Query) => Promise<T>): Promise<T>;
  /** Listens for NOTIFY on a channel, and again after a reconnection. */
  listen(channel: string, listener: (payload: string) => void): Promise<void>;
  close(): Promise<void>;
}

type Storage = Exclude<Settings['storage'], 'memory'>;

/** @throws {Error} if the optional package is not installed, or the database can't be opened. */
export async function openDatabase(
  storage: Storage,
  onError: (error: unknown) => void,
): Promise<Database> {
  return 'directory' in storage
    ? openEmbedded(storage.directory)
    : openPostgres(storage.databaseUrl, onError);
}

async function openEmbedded(directory: string): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite');
  const database = await PGlite.create(directory);
  return {
    query: async (sql, parameters = []) => (await database.query(sql, [...parameters])).rows,
    transaction: (task) =>
      database.transaction((transaction) =>
        task(async (sql, parameters = []) => (await transaction.query(sql, [...parameters])).rows),
      ),
    // An embedded database belongs to one process, so there are no other gateways.
    listen: async () => undefined,
    close: () => database.close(),
  };
}

// Delay before a lost listener reconnects, in ms.
const relistenAfter = 500;

async function openPostgres(
  connectionString: string,
  onError: (error: unknown) => void,
): Promise<Database> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString, max: 8 });
  pool.on('error', onError);
  await pool.query('SELECT 1');
  let stopListening: () => Promise<void> = async () => undefined;

  return {
    query: async (sql, parameters = []) => rowsOf(await pool.query(sql, [...parameters])),
    transaction: async (task) => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await task(async (sql, parameters = []) =>
          rowsOf(await client.query(sql, [...parameters])),
        );
        await client.query('COMMIT');
        client.release();
        return result;
      } catch (error) {
        // A connection with a failed transaction can't be reused.
        client.release(true);
        throw error;
      }
    },
    listen: async (channel, listener) => {
      let closed = false;
      let retry: NodeJS.Timeout | undefined;
      let client = await open();
      stopListening = async () => {
        closed = true;
        clearTimeout(retry);
        await client.end();
      };

      async function open() {
        const next = new pg.Client({ connectionString });
        next.on('error', onError);
        next.on('notification', (notification) => {
          if (notification.channel === channel) listener(notification.payload ?? '');
        });
        await next.connect();
        await next.query(`LISTEN ${channel}`);
        next.on('end', again);
        return next;
      }

      function again(): void {
        if (closed) return;
        retry = setTimeout(() => {
          open().then(
            (next) => {
              client = next;
            },
            (error: unknown) => {
              onError(error);
              again();
            },
          );
        }, relistenAfter);
      }
    },
    close: async () => {
      await stopListening();
      await pool.end();
    },
  };
}

const resultSchema = z.object({ rows: z.array(z.unknown()) });

function rowsOf(result: unknown): readonly unknown[] {
  return resultSchema.parse(result).rows;
}
