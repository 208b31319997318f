import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Transactions, Tx } from '../../kernel/tx.js';
import { equipmentKey } from '../tasks/index.js';
import type { Task, TasksApi } from '../tasks/index.js';
import { CONFIGURE_TASK } from './configure-payload.js';
import type { SupersedesRepository } from './supersedes.repository.js';

export interface SupersedingDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  tasks: TasksApi;
  supersedes: SupersedesRepository;
  /** A mark older than this means nothing: what was older than it has ended. */
  keepMs: number;
}

export const SUPERSEDED = {
  code: 'equipment.superseded',
  message: 'A newer task for the same equipment replaced it',
} as const;

const BATCH = 100;
const TRIM_MS = 60_000;

export type Superseding = ReturnType<typeof createSuperseding>;

/**
 * A newer task takes the place of what waits for its device. The mark is stored with the task; those that wait are ended
 * right after, and whichever was missed finds the mark when its turn comes, before it is handed over or sent.
 */
export function createSuperseding({ db, clock, log, tasks, supersedes, keepMs }: SupersedingDeps) {
  const trimming = periodically({ clock, log, everyMs: TRIM_MS, what: 'trimming marks' }, async () => {
    while ((await supersedes.trim(clock.now() - keepMs, BATCH)) === BATCH);
  });

  async function endWaiting(equipmentId: string, by: Task): Promise<void> {
    const filter = {
      type: CONFIGURE_TASK,
      states: ['pending' as const],
      keys: [equipmentKey(equipmentId)],
    };
    let before = by.id;
    for (;;) {
      const { items, next } = await tasks.list({ ...filter, before }, BATCH);
      for (const { id } of items) {
        const task = await tasks.get(id);
        if (task) await tasks.withdraw(task, SUPERSEDED, by.createdBy);
      }
      if (next === null) return;
      before = next;
    }
  }

  return {
    start: (): void => trimming.start(),
    stop: (): Promise<void> => trimming.stop(),
    /** Marks it in the transaction that stores `by`. */
    supersede(tx: Tx, equipmentId: string, by: Task): void {
      supersedes.mark(tx, equipmentId, by.id, clock.now());
      db.beforeCommit(tx, () => (committed) => {
        if (!committed) return;
        endWaiting(equipmentId, by).catch((error: unknown) =>
          log.warn(
            { task_id: by.id, error: messageOf(error) },
            'what was superseded ends when its turn comes',
          ),
        );
      });
    },
    /** Whether a newer task has taken its place. */
    async isSuperseded(equipmentId: string, task: Task): Promise<boolean> {
      const newest = await supersedes.newest(equipmentId);
      return newest !== undefined && newest > task.id;
    },
  };
}
