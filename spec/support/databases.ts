import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Database } from '../../src/platform/db/database.js';
import { createPostgresDatabase } from '../../src/platform/db/postgres-database.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { postgres } from './postgres.js';
import { silentLog } from './silent-log.js';
import { tempFolder } from './temp-folder.js';

export interface OpenedDatabase {
  db: Database;
  /** Another process' view of the same data; PostgreSQL alone can have one. */
  another?: () => Promise<Database>;
  close(): Promise<void>;
}

/** Where a database stays while it is opened and stopped again and again. */
export interface DatabasePlace {
  /** Not started yet. */
  create(clock?: Clock): Database;
}

export interface DatabaseKind {
  name: 'SQLite' | 'PostgreSQL';
  /** A fresh place without tables. */
  place(): Promise<DatabasePlace>;
  /** A fresh, started database without tables. */
  open(clock?: Clock): Promise<OpenedDatabase>;
}

const sqlite: DatabaseKind = {
  name: 'SQLite',
  async place() {
    // A folder that is not there yet, as at the first start.
    const file = join(await tempFolder(), 'state', 'switchyard.db');
    return { create: (clock = systemClock) => createSqliteDatabase({ file, clock, log: silentLog }) };
  },
  async open(clock) {
    const db = (await this.place()).create(clock);
    await db.start();
    return { db, close: () => db.stop() };
  },
};

const postgresql: DatabaseKind = {
  name: 'PostgreSQL',
  async place() {
    const url = await (await postgres()).createDatabase();
    const poolSize = 4;
    return {
      create: (clock = systemClock) => createPostgresDatabase({ url, clock, log: silentLog, poolSize }),
    };
  },
  async open(clock) {
    const place = await this.place();
    const opened: Database[] = [];
    const another = async (): Promise<Database> => {
      const db = place.create(clock);
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
  },
};

/** Each repository passes its specs on both. */
export const DATABASES: readonly DatabaseKind[] = [sqlite, postgresql];
