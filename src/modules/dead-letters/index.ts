import type { Clock } from '../../kernel/clock.js';
import type { DeadLetterBox } from '../../kernel/dead-letter.js';
import type { EventLog } from '../../kernel/event.js';
import type { Uuid } from '../../kernel/ids.js';
import { isUuid } from '../../kernel/ids.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import type { Logger } from '../../kernel/logger.js';
import type { Outbox } from '../../kernel/outbox.js';
import { periodically } from '../../kernel/periodic.js';
import type { Database, Leadership } from '../../platform/db/database.js';
import { createLetterActs } from './act-on-letter.js';
import type { RetryTask } from './act-on-letter.js';
import { createBulkRunner } from './bulk-runner.js';
import { createBulksRepository } from './bulks.repository.js';
import { UNTOUCHED, viewOf } from './dead-letter-view.js';
import { createDeadLettersApi } from './dead-letters-api.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { createDeadLettersRepository } from './dead-letters.repository.js';
import { BULKS_CHANNEL } from './plan-bulk.js';
import { createWaitingCounts } from './waiting-counts.js';
import { deadLetterMessages } from './dead-letter-messages.js';

export type { Actor, RetryTask } from './act-on-letter.js';
export type { DeadLettersApi } from './dead-letters-api.js';
export { deadLetterMigrations } from './dead-letters.migrations.js';

/** What dead letters need of the ledger: no more than this, as a task's payload is its runner's own. */
export interface DeadLetterTasks {
  retry: RetryTask;
  /** JSON text; undefined where the task is not kept any more. */
  payloadOf: (task: Uuid) => Promise<string | undefined>;
}

export interface DeadLettersDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  outbox: Outbox;
  tasks: DeadLetterTasks;
  /** How long letters are kept, whatever became of them. */
  keepMs: number;
  /** Told how many letters wait, by reason, of which there are few. */
  onCount: (reason: string, count: number) => void;
}

const TRIM_MS = 60_000;
const TRIM_BATCH = 500;
const NEWEST = 100;

/** Where others put what they give up: stored with its event. It stands before the module, which needs the ledger. */
export function createDeadLetterIntake(db: Database, events: EventLog): DeadLetterBox {
  const repository = createDeadLettersRepository(db);
  return {
    add(tx, letter) {
      repository.add(tx, letter);
      const data = JSON.stringify(viewOf({ ...letter, ...UNTOUCHED }));
      const subject = `dead-letters/${letter.id}`;
      events.append(tx, { type: 'dead-letter.added', subject, time: letter.lastAt, data });
    },
  };
}

/** What arrived as no valid work or failed for good: looked at, replayed, discarded. */
export function createDeadLettersModule(deps: DeadLettersDeps) {
  const { db, clock, log, tasks, keepMs, onCount } = deps;
  const repository = createDeadLettersRepository(db);
  const bulks = createBulksRepository(db);
  const acts = createLetterActs({ ...deps, repository, retryTask: tasks.retry });
  const api = createDeadLettersApi({ ...deps, repository, bulks, acts, payloadOfTask: tasks.payloadOf });
  const runner = createBulkRunner({ db, clock, log, acts, bulks, repository });
  const counts = createWaitingCounts({ repository, clock, log, onCount });
  const retention = periodically(
    { clock, log, everyMs: TRIM_MS, what: 'trimming dead letters' },
    async () => {
      while ((await repository.trim(clock.now() - keepMs, TRIM_BATCH)) === TRIM_BATCH);
    },
  );
  const topic: LiveTopic = {
    name: 'dead-letters',
    snapshot: async () => ({
      items: (await api.list({ status: 'waiting', limit: NEWEST })).map(viewOf),
    }),
    async snapshotOf(key) {
      const letter = isUuid(key) ? await repository.get(key, 0) : undefined;
      return letter && viewOf(letter);
    },
  };
  let leadership: Leadership | undefined;
  let forget: (() => void) | undefined;
  return {
    name: 'dead-letters',
    api,
    controllers: [new DeadLettersController(api)],
    topics: [topic],
    messages: deadLetterMessages,
    async start(): Promise<void> {
      await counts.start();
      retention.start();
      forget = db.onNudge(BULKS_CHANNEL, () => runner.wake());
      leadership = db.lead('dead-letter-bulks', { start: () => runner.start(), stop: () => runner.stop() });
    },
    async stop(): Promise<void> {
      forget?.();
      await leadership?.stop();
      await Promise.all([runner.stop(), counts.stop(), retention.stop()]);
    },
  };
}
