import { createHash } from 'node:crypto';
import type { BodyDigest } from '../../../kernel/body-digest.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import { newUuid } from '../../../kernel/ids.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Seal } from '../../../kernel/seal.js';
import { giveTurns, inSlices } from '../../../kernel/slices.js';
import type { TraceContext } from '../../../kernel/trace.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { sealPassword } from '../configure-payload.js';
import type { ConfigureParameters } from '../configure-parameters.js';
import { MOST_OPEN } from './batch.js';
import type { Batch } from './batch.js';
import { addBatchEvent } from './batch-events.js';
import type { BatchesRepository } from './batches.repository.js';
import type { CheckedBatch, CheckedDevice } from './check-batch.js';
import type { ItemsRepository, NewItem } from './items.repository.js';

/** Nudged when there may be something to do for a batch. */
export const BATCHES_CHANNEL = 'equipment-batches';

export interface CreateBatchDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  seal: Seal;
  digest: BodyDigest;
  batches: BatchesRepository;
  items: ItemsRepository;
  idempotencyTtlMs: number;
}

export interface NewBatch {
  createdBy: string;
  trace: TraceContext;
  idempotency: { scope: string; key: string } | undefined;
  /** The request as it came, to know it again. */
  bytes: Buffer;
  /** Read and judged only where it is not known. */
  checked: () => Promise<CheckedBatch>;
}

interface Claim {
  scope: string;
  key: string;
  /** SHA-256 of the body. */
  hash: string;
}

const ITEMS_AT_ONCE = 250;
const HASH_SLICE = 65_536;
const CONTEXT = 'equipment-batch:';

/**
 * Stores a batch whole; durable when it resolves. The same scope, key and body give the batch of the first call. Rejects with
 * the 422 of `checked`, with `equipment.too-many-batches`, and with `equipment.idempotency-key-reused`.
 */
export async function createBatch(deps: CreateBatchDeps, input: NewBatch): Promise<Batch> {
  const claim = input.idempotency && {
    ...input.idempotency,
    hash: await hashOf(deps.clock, input.bytes),
  };
  const earlier = claim && (await findEarlier(deps, claim));
  if (earlier) return earlier;
  const checked = await input.checked();
  try {
    return await store(deps, input, checked, claim);
  } catch (error) {
    if (!(error instanceof TxConflict)) throw error;
    if (error.reason === 'equipment.too-many-batches') throw tooMany(error);
    const winner = claim && (await findEarlier(deps, claim));
    if (winner) return winner;
    throw error;
  }
}

async function store(
  deps: CreateBatchDeps,
  { createdBy, trace }: NewBatch,
  { options, shared, devices }: CheckedBatch,
  claim: Claim | undefined,
): Promise<Batch> {
  const now = deps.clock.now();
  const batch: Batch = {
    ...options,
    ...{ id: newUuid(now), state: 'running', total: devices.length, canaryPassed: options.canary === 0 },
    counts: { waiting: devices.length, running: 0, completed: 0, failed: 0, cancelled: 0 },
    forgiven: { ended: 0, failed: 0 },
    ...{ reason: null, createdAt: now, createdBy, changedAt: now, changedBy: createdBy, endedAt: null },
    ...{ trace, version: 1 },
  };
  const tx = deps.db.begin();
  deps.batches.insert(tx, batch, sealShared(deps.seal, batch.id, shared), MOST_OPEN);
  await addItems(deps, tx, batch, devices);
  addBatchEvent(deps.events, tx, 'equipment.batch-started', batch);
  if (claim) {
    const { hash, ...rest } = claim;
    const row = { ...rest, body_hash: deps.digest.of(hash), batch_id: batch.id, created_at: now };
    deps.batches.claimKey(tx, row, now - deps.idempotencyTtlMs);
  }
  deps.db.nudgeAfter(tx, BATCHES_CHANNEL);
  await deps.db.commit(tx);
  return batch;
}

async function addItems(
  { clock, seal, items }: CreateBatchDeps,
  tx: Tx,
  { id, maxAttempts }: Batch,
  devices: readonly CheckedDevice[],
): Promise<void> {
  let rows: NewItem[] = [];
  let position = 0;
  await inSlices(clock, devices, (device) => {
    rows.push({ p: position++, e: device.id, ...sealOwn(seal, device) });
    if (rows.length < ITEMS_AT_ONCE && position < devices.length) return;
    items.insert(tx, id, maxAttempts, rows);
    rows = [];
  });
}

/** As the ledger keeps it: for this device alone. */
function sealOwn(seal: Seal, { id, parameters }: CheckedDevice): Pick<NewItem, 'o' | 's'> {
  if (!parameters) return { o: null, s: null };
  const { password, ...shown } = parameters;
  return { o: JSON.stringify(shown), s: sealPassword(seal, id, password) };
}

function sealShared(seal: Seal, id: Uuid, shared: ConfigureParameters | null) {
  if (!shared) return { parameters: null, secret: null };
  const { password, ...shown } = shared;
  return { parameters: JSON.stringify(shown), secret: seal.seal(password, CONTEXT + id) };
}

export function openShared(seal: Seal, id: Uuid, secret: string): string {
  return seal.open(secret, CONTEXT + id);
}

async function findEarlier(deps: CreateBatchDeps, claim: Claim): Promise<Batch | undefined> {
  const after = deps.clock.now() - deps.idempotencyTtlMs;
  const earlier = await deps.batches.findKey(claim.scope, claim.key, after);
  if (!earlier) return undefined;
  if (!deps.digest.isOf(earlier.bodyHash, claim.hash)) {
    throw new AppError('This Idempotency-Key was used with another body', {
      code: 'equipment.idempotency-key-reused',
      kind: 'invalid',
    });
  }
  return deps.batches.get(earlier.batchId);
}

async function hashOf(clock: Clock, bytes: Buffer): Promise<string> {
  const hash = createHash('sha256');
  let at = 0;
  const step = (): boolean => {
    hash.update(bytes.subarray(at, at + HASH_SLICE));
    at += HASH_SLICE;
    return at < bytes.length;
  };
  await giveTurns(clock, step, 1);
  return hash.digest('base64url');
}

function tooMany(cause: unknown): AppError {
  return new AppError(`${MOST_OPEN} batches have not ended; wait for one, or cancel one`, {
    ...{ code: 'equipment.too-many-batches', kind: 'too-many', retryAfterS: 60, cause },
  });
}
