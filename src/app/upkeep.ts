import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { periodically } from '../kernel/periodic.js';
import { trimInbox } from '../platform/broker/index.js';
import type { Database } from '../platform/db/database.js';

export interface UpkeepDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  inboxKeepMs: number;
}

const EVERY_MS = 60_000;
const BATCH = 500;

/** Removes, in small batches, inbox marks that no redelivery can need any more. */
export function createUpkeep(deps: UpkeepDeps) {
  const { db, clock, log } = deps;
  return periodically({ clock, log, everyMs: EVERY_MS, what: 'trimming the inbox' }, async () => {
    while ((await trimInbox(db, clock.now() - deps.inboxKeepMs, BATCH)) === BATCH);
  });
}
