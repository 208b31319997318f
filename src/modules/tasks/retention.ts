import type { Clock } from '../../kernel/clock.js';
import { firstUuidAt } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Database } from '../../platform/db/database.js';
import type { EventLog } from '../../platform/events/event-log.js';
import { periodically } from '../../kernel/periodic.js';
import type { TasksSchema } from './tasks.schema.js';

/** Small, so that nothing waits behind a removal. */
const BATCH = 200;
const EVERY_MS = 60_000;

export interface RetentionDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  /** How long ended tasks, their history and events are kept. */
  keepMs: number;
  idempotencyTtlMs: number;
}

/** Removes what has been kept long enough, in small batches. */
export function createRetention(deps: RetentionDeps) {
  const { db, clock, log } = deps;
  const schema = db.schema<TasksSchema>();
  let stopping = false;

  async function removeTasks(): Promise<number> {
    const old = await schema
      .selectFrom('tasks')
      .select('id')
      .where('id', '<', firstUuidAt(clock.now() - deps.keepMs))
      .where('ended_at', 'is not', null)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    if (old.length === 0) return 0;
    const ids = old.map((row) => row.id);
    const tx = db.begin();
    db.add(tx, schema.deleteFrom('task_results').where('task_id', 'in', ids));
    db.add(tx, schema.deleteFrom('task_history').where('task_id', 'in', ids));
    db.add(tx, schema.deleteFrom('task_keys').where('task_id', 'in', ids));
    db.add(tx, schema.deleteFrom('tasks').where('id', 'in', ids));
    await db.commit(tx);
    return ids.length;
  }

  async function removeIdempotencyKeys(): Promise<number> {
    const old = schema
      .selectFrom('idempotency_keys')
      .select('task_id')
      .where('created_at', '<=', clock.now() - deps.idempotencyTtlMs)
      .orderBy('created_at')
      .limit(BATCH);
    const tx = db.begin();
    const removal = db.add(tx, schema.deleteFrom('idempotency_keys').where('task_id', 'in', old));
    return (await db.commit(tx)).changes(removal);
  }

  async function sweep(): Promise<void> {
    await all(removeTasks);
    await all(removeIdempotencyKeys);
    await all(() => deps.events.trim(clock.now() - deps.keepMs, BATCH));
  }

  async function all(remove: () => Promise<number>): Promise<void> {
    while (!stopping && (await remove()) === BATCH);
  }

  const job = periodically({ clock, log, everyMs: EVERY_MS, what: 'removing old tasks' }, sweep);
  return {
    start(): void {
      stopping = false;
      job.start();
    },
    /** Resolves after the batch in hand. */
    stop(): Promise<void> {
      stopping = true;
      return job.stop();
    },
  };
}
