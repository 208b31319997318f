import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Transactions } from '../../kernel/tx.js';
import type { DeliveriesQueries } from './deliveries/deliveries.queries.js';
import type { DeliveriesRepository } from './deliveries/deliveries.repository.js';

const EVERY_MS = 60_000;
const AT_ONCE = 200;

export interface RetentionDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  queries: Pick<DeliveriesQueries, 'old'>;
  repository: DeliveriesRepository;
  /** How long deliveries are kept, whatever became of them. */
  keepMs: number;
}

/** Removes deliveries with their attempts, and what they sent, when they were kept long enough; in small batches. */
export function createRetention({ db, clock, log, queries, repository, keepMs }: RetentionDeps) {
  let isActive = false;

  async function sweep(): Promise<void> {
    const before = clock.now() - keepMs;
    while (isActive && (await removeSome(before)) === AT_ONCE);
    while (isActive && (await repository.removeMessages(before, AT_ONCE)) === AT_ONCE);
  }

  async function removeSome(before: number): Promise<number> {
    const old = await queries.old(before, AT_ONCE);
    if (old.length === 0) return 0;
    const tx = db.begin();
    repository.lock(tx);
    repository.remove(
      tx,
      old.map(({ seq }) => seq),
    );
    // One that had waited for one of these goes on.
    repository.promote(tx, old);
    await db.commit(tx);
    return old.length;
  }

  const job = periodically({ clock, log, everyMs: EVERY_MS, what: 'removing old deliveries' }, sweep);
  return {
    start(): void {
      isActive = true;
      job.start();
    },
    async stop(): Promise<void> {
      isActive = false;
      await job.stop();
    },
  };
}
