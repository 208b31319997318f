import { createHash } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { TxConflict } from '../../../kernel/tx.js';
import { KEY_TAKEN } from './refusals.js';
import type { OnceKey, OnceRepository } from './once.repository.js';

/** A call that may come again: same scope, key and body give the resource of the first call. */
export interface Once {
  scope: string;
  key: string;
  /** The request's body as it came. */
  body: Buffer;
}

export interface MakeOnceDeps {
  db: Transactions;
  clock: Clock;
  keys: OnceRepository;
  /** How long a key is good for. */
  ttlMs: number;
}

/**
 * Stores a new resource, and returns its id: that of an earlier one where the call came before.
 * Rejects with `sensors.idempotency-key-reused` (invalid) where the key came with another body.
 */
export async function makeOnce(
  deps: MakeOnceDeps,
  resource: { id: string; add: (tx: Tx) => void },
  once: Once | undefined,
): Promise<string> {
  const key = once && keyOf(once);
  const earlier = key && (await findEarlier(deps, key));
  if (earlier !== undefined) return earlier;
  const tx = deps.db.begin();
  resource.add(tx);
  if (key) deps.keys.claim(tx, key, resource.id, deps.clock.now(), deps.ttlMs);
  try {
    await deps.db.commit(tx);
    return resource.id;
  } catch (error) {
    // Lost against the same call: then the resource's own conditions fail, or the key's.
    const winner = key && error instanceof TxConflict ? await findEarlier(deps, key) : undefined;
    if (winner !== undefined) return winner;
    throw error instanceof TxConflict && error.reason === KEY_TAKEN ? busy(error) : error;
  }
}

function keyOf({ scope, key, body }: Once): OnceKey {
  return { scope, key, bodyHash: createHash('sha256').update(body).digest('base64url') };
}

async function findEarlier({ keys, clock, ttlMs }: MakeOnceDeps, key: OnceKey): Promise<string | undefined> {
  const earlier = await keys.find(key, clock.now() - ttlMs);
  if (!earlier) return undefined;
  if (earlier.bodyHash === key.bodyHash) return earlier.resourceId;
  throw new AppError('This Idempotency-Key was used with another body', {
    code: 'sensors.idempotency-key-reused',
    kind: 'invalid',
  });
}

function busy(cause: unknown): AppError {
  return new AppError('Another call with this Idempotency-Key is under way', {
    ...{ code: KEY_TAKEN, kind: 'conflict', retryable: true },
    cause,
  });
}
