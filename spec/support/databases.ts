import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.js';
import type { Database } from '../../src/platform/db/database.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { silentLog } from './silent-log.js';

/** Where a database lives: it may be opened again and again, until it is removed. */
export interface DatabasePlace {
  /** A started database over this place. */
  open(): Promise<Database>;
  /** Stops what is open and deletes everything. */
  remove(): Promise<void>;
}

type Named<T> = [name: string, make: () => Promise<T>];

/** A fresh, empty place for each dialect, for specs that open more than once. */
export function databasePlaces(): Named<DatabasePlace>[] {
  return [['SQLite', sqlitePlace]];
}

/**
 * For each dialect a function that opens a fresh, empty, started database. Its `stop` also deletes it:
 * `for (const [name, open] of databases()) describe(name, () => { … })`.
 */
export function databases(): Named<Database>[] {
  return databasePlaces().map(([name, makePlace]) => [name, () => openAlone(makePlace)]);
}

async function openAlone(makePlace: () => Promise<DatabasePlace>): Promise<Database> {
  const place = await makePlace();
  const db = await place.open();
  const stop = db.stop.bind(db);
  db.stop = () => stop().then(() => place.remove());
  return db;
}

async function sqlitePlace(): Promise<DatabasePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-db-'));
  return placeOf(
    () => createSqliteDatabase({ file: join(folder, 'state.db'), clock: systemClock, log: silentLog }),
    () => rm(folder, { recursive: true, force: true }),
  );
}

function placeOf(create: () => Database, remove: () => Promise<void>): DatabasePlace {
  const opened: Database[] = [];
  return {
    async open() {
      const db = create();
      opened.push(db);
      await db.start();
      return db;
    },
    async remove() {
      for (const db of opened) await db.stop();
      await remove();
    },
  };
}
