import { type Clock, sleep } from '../../kernel/clock.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import type { Transactions } from '../../kernel/tx.js';
import type { LetterActs } from './act-on-letter.js';
import type { Bulk, BulksRepository } from './bulks.repository.js';
import type { DeadLettersRepository } from './dead-letters.repository.js';
import { MOST_BULKS } from './plan-bulk.js';

export interface BulkRunnerDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  acts: LetterActs;
  bulks: BulksRepository;
  repository: Pick<DeadLettersRepository, 'addHistory'>;
}

/** Letters in hand at once, bodies and all. */
const MOST_AT_ONCE = 20;
const LOOK_MS = 5_000;
const RETRY_MS = 1_000;
/** Nothing waits for a discard. */
const DISCARDS_PER_S = 1_000;

/**
 * Works off bulks, each at its own rate, in one process at a time. What is left is in the database: a letter leaves its
 * bulk in the transaction that acts on it, so that a process that dies takes up where it was, and none is acted on twice.
 */
export function createBulkRunner(deps: BulkRunnerDeps) {
  const running = new Map<Uuid, Promise<void>>();
  let stopping: AbortController | undefined;
  let looking: Promise<void> = Promise.resolve();
  let rung = new AbortController();

  async function look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      rung = new AbortController();
      const open = await deps.bulks.open(MOST_BULKS).catch(() => []);
      for (const bulk of open) {
        if (signal.aborted || running.has(bulk.id)) continue;
        running.set(
          bulk.id,
          workOff(deps, bulk, signal).finally(() => running.delete(bulk.id)),
        );
      }
      await sleep(deps.clock, LOOK_MS, rung.signal);
    }
    await Promise.all(running.values());
  }

  return {
    /** There may be something new. */
    wake: (): void => rung.abort(),
    start(): void {
      if (stopping) return;
      stopping = new AbortController();
      looking = look(stopping.signal);
    },
    /** Resolves when what is in hand is done with. */
    async stop(): Promise<void> {
      stopping?.abort();
      rung.abort();
      await looking;
      stopping = undefined;
    },
  };
}

/** Never rejects; ends when nothing of the bulk is left, or at the signal. */
async function workOff(deps: BulkRunnerDeps, bulk: Bulk, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps;
  const rate = bulk.action === 'replay' ? bulk.ratePerS : DISCARDS_PER_S;
  const batch = Math.min(MOST_AT_ONCE, Math.ceil(rate / 10));
  let dueAt = clock.monotonic();
  while (!signal.aborted) {
    try {
      const ids = await deps.bulks.planned(bulk.id, batch);
      if (ids.length === 0) return await end(deps, bulk);
      dueAt = Math.max(dueAt, clock.monotonic()) + (ids.length / rate) * 1000;
      await Promise.all(ids.map((id) => actOn(deps, bulk, id)));
      await sleep(clock, Math.max(0, dueAt - clock.monotonic()), signal);
    } catch (error) {
      log.warn({ bulk: bulk.id, error: messageOf(error) }, 'a bulk over dead letters waits; trying again');
      await sleep(clock, RETRY_MS, signal);
    }
  }
}

/** Rejects where it may work later. */
async function actOn(deps: BulkRunnerDeps, bulk: Bulk, id: Uuid): Promise<void> {
  const { acts, bulks } = deps;
  const actor = { name: bulk.by, trace: bulk.trace };
  try {
    if (bulk.action === 'replay') await acts.replay(id, actor, (tx) => bulks.unplan(tx, id));
    else await acts.discard(id, bulk.reason ?? '', actor, (tx) => bulks.unplan(tx, id));
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error;
    await leave(deps, bulk, id, error);
  }
}

/** The letter stays as it is. That somebody else acted on it, or that it is gone, is not worth a word. */
async function leave(
  { db, clock, log, bulks, repository }: BulkRunnerDeps,
  bulk: Bulk,
  id: Uuid,
  error: unknown,
) {
  const code = error instanceof AppError ? error.code : 'unexpected';
  const tx = db.begin();
  bulks.unplan(tx, id);
  if (code !== 'dead-letters.not-waiting' && code !== 'dead-letters.not-found') {
    log.warn({ letter: id, err: error }, 'a dead letter could not be replayed');
    const detail = error instanceof AppError ? error.message : 'unexpected; the log has it';
    const reason = `${bulk.action} refused: ${code}`;
    repository.addHistory(tx, id, { at: clock.now(), action: 'refused', by: bulk.by, reason, detail });
  }
  await db.commit(tx);
}

async function end({ db, log, bulks }: BulkRunnerDeps, bulk: Bulk): Promise<void> {
  const tx = db.begin();
  bulks.remove(tx, bulk.id);
  await db.commit(tx);
  log.info({ bulk: bulk.id, action: bulk.action, by: bulk.by }, 'a bulk over dead letters is done');
}
