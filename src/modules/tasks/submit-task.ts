import { createHash } from 'node:crypto';
import type { BodyDigest } from '../../kernel/body-digest.js';
import { AppError } from '../../kernel/errors.js';
import type { Clock } from '../../kernel/clock.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Transactions, Tx } from '../../kernel/tx.js';
import type { NewTask, PreparedTask } from './create-task.js';
import type { IdempotencyRepository } from './idempotency.repository.js';
import { KEY_TAKEN, TYPE_PAUSED } from './refusals.js';
import type { Task } from './task.js';
import type { TasksQueries } from './tasks.queries.js';

/** Makes repeated calls one task: same scope, key and body give the task of the first call. */
export interface Idempotency {
  /** Who calls what: keys of different callers and endpoints do not meet. */
  scope: string;
  key: string;
  /** The request's body as it came. */
  body: Buffer;
}

/** Adds to the transaction that stores the task; not called where an earlier call's task is the answer. */
export type AlsoStored = (tx: Tx, task: Task) => void;

export interface SubmitDeps<I = NewTask> {
  db: Transactions;
  clock: Clock;
  create: (tx: Tx, input: I) => Task;
  queries: TasksQueries;
  keys: IdempotencyRepository;
  digest: BodyDigest;
  idempotencyTtlMs: number;
  /** Throws when no more work is taken at the moment. */
  admit(): void;
}

/**
 * Stores a new task; durable when it resolves.
 * Rejects with `tasks.idempotency-key-reused` (invalid) when the key came with another body before.
 */
export async function submitTask<I>(
  deps: SubmitDeps<I>,
  input: I,
  idempotency?: Idempotency,
  also?: AlsoStored,
): Promise<Task> {
  if (!idempotency) {
    deps.admit();
    return store(deps, input, { also });
  }
  const hash = createHash('sha256').update(idempotency.body).digest('base64url');
  const earlier = await findEarlier(deps, idempotency, hash);
  if (earlier) return earlier;
  deps.admit();
  try {
    return await store(deps, input, { key: { ...idempotency, bodyHash: deps.digest.of(hash) }, also });
  } catch (error) {
    if (!(error instanceof TxConflict) || error.reason !== KEY_TAKEN) throw error;
    const winner = await findEarlier(deps, idempotency, hash);
    if (winner) return winner;
    throw new AppError('Another call with this Idempotency-Key is under way', {
      code: 'tasks.idempotency-busy',
      kind: 'conflict',
      retryable: true,
      cause: error,
    });
  }
}

/** `submitTask` of a prepared one; where its type turns out to be paused it is stored as one that waits. */
export async function submitPrepared(
  deps: SubmitDeps<PreparedTask>,
  prepared: PreparedTask,
  idempotency?: Idempotency,
  also?: AlsoStored,
): Promise<Task> {
  try {
    return await submitTask(deps, prepared, idempotency, also);
  } catch (error) {
    if (!(error instanceof TxConflict) || error.reason !== TYPE_PAUSED) throw error;
    return submitTask(deps, { ...prepared, done: undefined }, idempotency, also);
  }
}

async function store<I>(
  deps: SubmitDeps<I>,
  input: I,
  { key, also }: { key?: Idempotency & { bodyHash: string }; also?: AlsoStored | undefined },
): Promise<Task> {
  const tx = deps.db.begin();
  const task = deps.create(tx, input);
  also?.(tx, task);
  if (key) deps.keys.claim(tx, key, task.id, deps.clock.now(), deps.idempotencyTtlMs);
  await deps.db.commit(tx);
  return task;
}

async function findEarlier<I>(
  deps: SubmitDeps<I>,
  idempotency: Idempotency,
  hash: string,
): Promise<Task | undefined> {
  const { scope, key } = idempotency;
  const earlier = await deps.keys.find(scope, key, deps.clock.now() - deps.idempotencyTtlMs);
  if (!earlier) return undefined;
  if (!deps.digest.isOf(earlier.bodyHash, hash)) {
    throw new AppError('This Idempotency-Key was used with another body', {
      code: 'tasks.idempotency-key-reused',
      kind: 'invalid',
    });
  }
  return deps.queries.get(earlier.taskId);
}
