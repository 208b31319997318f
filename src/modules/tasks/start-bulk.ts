import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { isUuid, newUuid } from '../../kernel/ids.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Transactions } from '../../kernel/tx.js';
import type { Bulk } from './bulk.js';
import type { BulksRepository } from './bulks.repository.js';
import { RETRIABLE } from './retry-task.js';
import type { TaskSearch } from './search.queries.js';
import type { TaskState } from './task.js';
import type { TaskFilter } from './task-filter.js';

/** The channel that is nudged when there is a bulk to work off. */
export const BULKS_CHANNEL = 'tasks-bulks';
/** Tasks of one bulk; what is beyond can be asked for again. */
const MOST = 1_000_000;

/** The states that each act is for. */
export const ACTED_ON = {
  retry: RETRIABLE,
  cancel: ['pending', 'in_work'],
} as const satisfies Record<string, readonly TaskState[]>;

export interface BulkDeps {
  db: Transactions;
  clock: Clock;
  search: TaskSearch;
  bulks: BulksRepository;
}

export interface NewBulk {
  action: keyof typeof ACTED_ON;
  filter: TaskFilter;
  createdBy: string;
  trace: TraceContext;
}

/** How many tasks an act would be done to now. What was retried before is not retried again. */
export async function previewBulk(
  deps: BulkDeps,
  action: NewBulk['action'],
  filter: TaskFilter,
): Promise<number> {
  const wanted = { ...filter, states: filter.states ?? ACTED_ON[action] };
  const matched = await deps.search.count(wanted, MOST);
  return action === 'retry'
    ? matched - (await deps.search.count({ ...wanted, retried: true }, MOST))
    : matched;
}

/** Stores an act on all tasks that match and are there now; durable when it resolves, done step by step from then on. */
export async function startBulk(
  deps: BulkDeps,
  { action, filter, createdBy, trace }: NewBulk,
): Promise<Bulk> {
  const matched = await previewBulk(deps, action, filter);
  const now = deps.clock.now();
  const id = newUuid(now);
  const bulk: Bulk = {
    id,
    action,
    filter: { ...filter, states: filter.states ?? ACTED_ON[action] },
    createdAt: now,
    createdBy,
    trace,
    matched,
    done: 0,
    skipped: 0,
    position: id,
    endedAt: matched === 0 ? now : null,
  };
  const tx = deps.db.begin();
  deps.bulks.insert(tx, bulk);
  deps.db.nudgeAfter(tx, BULKS_CHANNEL);
  await deps.db.commit(tx);
  return bulk;
}

/** Rejects with `tasks.bulk-not-found`, also for a malformed id. */
export async function requireBulk(bulks: Pick<BulksRepository, 'get'>, id: string): Promise<Bulk> {
  const bulk = isUuid(id) ? await bulks.get(id) : undefined;
  if (bulk) return bulk;
  throw new AppError('Bulk not found', { code: 'tasks.bulk-not-found', kind: 'not-found' });
}
