import type { BodyDigest } from '../../../kernel/body-digest.js';
import type { Clock } from '../../../kernel/clock.js';
import type { EventLog, NewEvent } from '../../../kernel/event.js';
import { isUuid } from '../../../kernel/ids.js';
import type { LiveTopic } from '../../../kernel/live-topic.js';
import type { Logger } from '../../../kernel/logger.js';
import { periodically } from '../../../kernel/periodic.js';
import type { Seal } from '../../../kernel/seal.js';
import type { Database, Leadership } from '../../../platform/db/database.js';
import type { TasksApi } from '../../tasks/index.js';
import type { ConfigureEquipment } from '../configure-equipment.js';
import type { EquipmentEnded } from '../equipment-ending.js';
import { MOST_OPEN } from './batch.js';
import { BATCH_TOPIC } from './batch-events.js';
import { createBatchProgress } from './batch-progress.js';
import { viewOfBatch } from './batch-view.js';
import { createBatchesApi } from './batches-api.js';
import { BatchesController } from './batches.controller.js';
import { createBatchesRepository } from './batches.repository.js';
import { BATCHES_CHANNEL } from './create-batch.js';
import { endBatchItem } from './end-batch-item.js';
import { createItemsRepository } from './items.repository.js';
import { createBatchRunner } from './run-batches.js';
import { cancelForgotten } from './cancel-forgotten.js';

export { batchTopicDescription } from './batch-messages.js';
export { batchMigrations } from './batches.migrations.js';
export type { BatchesApi } from './batches-api.js';

export interface BatchesDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  events: EventLog;
  seal: Seal;
  digest: BodyDigest;
  tasks: Pick<TasksApi, 'get' | 'cancel'>;
  configure: ConfigureEquipment['configure'];
  /** Whether anybody on this replica would hear a live event of the subject. */
  isWatched: (subject: string) => boolean;
  tell: (event: NewEvent) => void;
  idempotencyTtlMs: number;
  /** How long ended batches are kept; one that is paused or stopped for so long is cancelled. */
  keepMs: number;
  /** Before a further attempt at a device, times the attempts that failed. Default 30,000. */
  retryAfterMs?: number;
}

export type Batches = ReturnType<typeof createBatches>;

const UPKEEP_MS = 60_000;
const TRIMMED_AT_ONCE = 10;
const NEWEST = 100;
const RETRY_AFTER_MS = 30_000;

/** Many devices configured as one: judged whole, a few first, stopped where too many fail. */
export function createBatches(deps: BatchesDeps) {
  const { db, clock, log, keepMs } = deps;
  const batches = createBatchesRepository(db);
  const items = createItemsRepository(db);
  const parts = { ...deps, batches, items };
  const api = createBatchesApi(parts);
  const runner = createBatchRunner({ ...parts, retryAfterMs: deps.retryAfterMs ?? RETRY_AFTER_MS });
  const progress = createBatchProgress(parts);
  const upkeep = periodically({ clock, log, everyMs: UPKEEP_MS, what: 'trimming batches' }, async () => {
    await cancelForgotten(parts);
    while ((await batches.trim(clock.now() - keepMs, TRIMMED_AT_ONCE)) === TRIMMED_AT_ONCE);
  });
  const topic: LiveTopic = {
    name: BATCH_TOPIC,
    snapshot: async () => ({ items: (await api.list({}, NEWEST)).map(viewOfBatch) }),
    async snapshotOf(key) {
      const batch = isUuid(key) ? await batches.get(key) : undefined;
      return batch && viewOfBatch(batch);
    },
  };
  const ended: EquipmentEnded = (tx, ending) => endBatchItem(parts, tx, ending);
  let leadership: Leadership | undefined;
  let forget: (() => void) | undefined;
  return {
    api,
    ended,
    controllers: [new BatchesController(api, clock)],
    topics: [topic],
    /** Devices of open batches that wait for their turn, as of the leader's last step. */
    async waiting(): Promise<number> {
      return (await batches.open(MOST_OPEN)).reduce((sum, { counts }) => sum + counts.waiting, 0);
    },
    start(): void {
      forget ??= db.onNudge(BATCHES_CHANNEL, () => runner.wake());
      progress.start();
      leadership ??= db.lead('equipment-batches', {
        start: () => {
          runner.start();
          upkeep.start();
        },
        stop: async () => void (await Promise.all([runner.stop(), upkeep.stop()])),
      });
    },
    /** Gives nothing further to the ledger; resolves after the step in hand. */
    async stop(): Promise<void> {
      forget?.();
      await leadership?.stop();
      await Promise.all([progress.stop(), runner.stop(), upkeep.stop()]);
    },
  };
}
