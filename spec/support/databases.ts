import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Database } from '../../src/platform/db/database.js';
import { createPostgresDatabase } from '../../src/platform/db/postgres-database.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { postgres } from './postgres.js';
import { silentLog } from './silent-log.js';

export interface OpenedDatabase {
  db: Database;
  /** Another process' view of the same data; PostgreSQL alone can have one. */
  another?: () => Promise<Database>;
  close(): Promise<void>;
}

export interface DatabaseKind {
  name: 'SQLite' | 'PostgreSQL';
  /** A fresh, started database without tables. */
  open(clock?: Clock): Promise<OpenedDatabase>;
}

/** Each repository passes its specs on both. */
export const DATABASES: readonly DatabaseKind[] = [
  { name: 'SQLite', open: openSqlite },
  { name: 'PostgreSQL', open: openPostgres },
];

async function openSqlite(clock = systemClock): Promise<OpenedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-db-'));
  const db = createSqliteDatabase({ file: join(folder, 'switchyard.db'), clock, log: silentLog });
  await db.start();
  return {
    db,
    async close() {
      await db.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openPostgres(clock = systemClock): Promise<OpenedDatabase> {
  const server = await postgres();
  const url = await server.createDatabase();
  const opened: Database[] = [];
  const another = async (): Promise<Database> => {
    const db = createPostgresDatabase({ url, clock, log: silentLog, poolSize: 4 });
    opened.push(db);
    await db.start();
    return db;
  };
  return {
    db: await another(),
    another,
    async close() {
      await Promise.all(opened.map((db) => db.stop()));
    },
  };
}
