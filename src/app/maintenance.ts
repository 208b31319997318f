import { mkdir } from 'node:fs/promises';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { createAccess } from '../modules/access/index.js';
import type { AccessApi } from '../modules/access/index.js';
import type { Database } from '../platform/db/database.js';
import type { Config } from './config.js';
import { allMigrations } from './migrations.js';
import { chooseDatabase } from './platform.js';

export interface MaintenanceDeps {
  config: Config;
  clock: Clock;
  log: Logger;
}

/** Brings the configured database up to date; returns what was applied. Safe beside a running service. */
export function migrateDatabase(deps: MaintenanceDeps): Promise<string[]> {
  return withDatabase(deps, (db) => db.migrate(allMigrations));
}

/** Works on the tokens of the configured database, as an administrator at the machine. Safe beside a running service. */
export function withTokens<T>(deps: MaintenanceDeps, work: (access: AccessApi) => Promise<T>): Promise<T> {
  return withDatabase(deps, async (db) => {
    await db.migrate(allMigrations);
    const { auth, trustProxy } = deps.config.access;
    const access = createAccess({ ...deps, db, config: { auth, trustProxy, host: deps.config.http.host } });
    await access.start();
    try {
      return await work(access.api);
    } finally {
      await access.stop();
    }
  });
}

async function withDatabase<T>(deps: MaintenanceDeps, work: (db: Database) => Promise<T>): Promise<T> {
  await mkdir(deps.config.state.dir, { recursive: true });
  const db = chooseDatabase(deps, false);
  await db.start();
  try {
    return await work(db);
  } finally {
    await db.stop();
  }
}
