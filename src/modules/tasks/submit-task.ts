import { createHash } from 'node:crypto';
import { AppError } from '../../kernel/errors.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Clock } from '../../kernel/clock.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Database } from '../../platform/db/database.js';
import type { CreateTask, NewTask } from './create-task.js';
import type { Task } from './task.js';
import type { TasksQueries } from './tasks.queries.js';
import type { TasksSchema } from './tasks.schema.js';

/** Makes repeated calls one task: same scope, key and body give the task of the first call. */
export interface Idempotency {
  /** Who calls what: keys of different callers and endpoints do not meet. */
  scope: string;
  key: string;
  /** The request's body as it came. */
  body: Buffer;
}

export interface SubmitDeps {
  db: Database;
  clock: Clock;
  create: CreateTask;
  queries: TasksQueries;
  idempotencyTtlMs: number;
  /** Throws when no more work is taken at the moment. */
  admit(): void;
}

const KEY_TAKEN = 'tasks.idempotency-key-taken';

/**
 * Stores a new task; durable when it resolves.
 * Rejects with `tasks.idempotency-key-reused` (invalid) when the key came with another body before.
 */
export async function submitTask(deps: SubmitDeps, input: NewTask, idempotency?: Idempotency): Promise<Task> {
  if (!idempotency) {
    deps.admit();
    return store(deps, input);
  }
  const bodyHash = createHash('sha256').update(idempotency.body).digest('base64url');
  const earlier = await findEarlier(deps, idempotency, bodyHash);
  if (earlier) return earlier;
  deps.admit();
  try {
    return await store(deps, input, { ...idempotency, bodyHash });
  } catch (error) {
    if (!(error instanceof TxConflict) || error.reason !== KEY_TAKEN) throw error;
    const winner = await findEarlier(deps, idempotency, bodyHash);
    if (winner) return winner;
    throw new AppError('Another call with this Idempotency-Key is under way', {
      code: 'tasks.idempotency-busy',
      kind: 'conflict',
      retryable: true,
      cause: error,
    });
  }
}

async function store(
  deps: SubmitDeps,
  input: NewTask,
  idempotency?: Idempotency & { bodyHash: string },
): Promise<Task> {
  const tx = deps.db.begin();
  const task = deps.create(tx, input);
  if (idempotency) claimKey(deps, tx, idempotency, task.id);
  await deps.db.commit(tx);
  return task;
}

function claimKey(
  deps: SubmitDeps,
  tx: ReturnType<Database['begin']>,
  { scope, key, bodyHash }: Idempotency & { bodyHash: string },
  id: Uuid,
): void {
  const schema = deps.db.schema<TasksSchema>();
  const now = deps.clock.now();
  const outdated = schema
    .deleteFrom('idempotency_keys')
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('created_at', '<=', now - deps.idempotencyTtlMs);
  deps.db.add(tx, outdated);
  const row = { scope, key, body_hash: bodyHash, task_id: id, created_at: now };
  const insert = schema
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing());
  deps.db.add(tx, insert, { rows: 1, otherwise: KEY_TAKEN });
}

async function findEarlier(
  deps: SubmitDeps,
  idempotency: Idempotency,
  bodyHash: string,
): Promise<Task | undefined> {
  const earlier = await deps.db
    .schema<TasksSchema>()
    .selectFrom('idempotency_keys')
    .select(['body_hash', 'task_id'])
    .where('scope', '=', idempotency.scope)
    .where('key', '=', idempotency.key)
    .where('created_at', '>', deps.clock.now() - deps.idempotencyTtlMs)
    .executeTakeFirst();
  if (!earlier) return undefined;
  if (earlier.body_hash !== bodyHash) {
    throw new AppError('This Idempotency-Key was used with another body', {
      code: 'tasks.idempotency-key-reused',
      kind: 'invalid',
    });
  }
  return deps.queries.get(earlier.task_id);
}
