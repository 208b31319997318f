import { mkdir } from 'node:fs/promises';
import { allMigrations } from '../app/migrations.js';
import { chooseDatabase } from '../app/platform.js';
import type { Config } from '../app/config.js';
import { systemClock } from '../kernel/clock.js';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/logger.js';
import type { Database } from '../platform/db/database.js';
import { createLogger } from '../platform/log/create-logger.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

/** A database server that is away is waited for by the service, but not by a command. */
const START_MS = 10_000;

export interface Visit {
  db: Database;
  log: Logger;
  /** Ids of the migrations that this visit applied. */
  applied: string[];
}

/** Opens the configured database beside a service that may be running, brings it up to date, and closes it in the end. */
export async function visitDatabase<T>(config: Config, work: (visit: Visit) => Promise<T>): Promise<T> {
  const log = createLogger({ level: 'fatal', destination: process.stderr });
  await mkdir(config.state.dir, { recursive: true }).catch((error: unknown) => {
    throw new CliError(`STATE_DIR cannot be made: ${messageOf(error)}`, EXIT.failed);
  });
  const db = chooseDatabase({ config, clock: systemClock, log }, false);
  try {
    await startInTime(db);
    return await work({ db, log, applied: await db.migrate(allMigrations) });
  } finally {
    await db.stop();
  }
}

async function startInTime(db: Database): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new CliError(`the database is away for ${START_MS / 1000} s`, EXIT.unreachable);
    timer = setTimeout(() => reject(error), START_MS);
  });
  const started = db.start();
  started.catch(() => undefined); // rejects too when it is stopped after being late
  await Promise.race([started, late]).finally(() => clearTimeout(timer));
}
