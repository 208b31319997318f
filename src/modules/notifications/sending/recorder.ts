import { sleep } from '../../../kernel/clock.js';
import type { Clock } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { DeliveriesRepository } from '../deliveries/deliveries.repository.js';
import type { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import type { HealthBook } from './endpoint-health.js';
import type { Judgement } from './judge-answer.js';

const MOST_AT_ONCE = 500;
const AGAIN_MS = 1_000;

export interface RecorderDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: DeliveriesRepository;
  endpoints: Pick<EndpointsRepository, 'setHealth'>;
  health: HealthBook;
  /** Adds what else belongs to the transaction: events. */
  also: (tx: Tx, recorded: readonly Judgement[]) => void;
  /** These are stored; endpoints have deliveries that may be sent now. */
  onRecorded: (recorded: readonly Judgement[], promoted: readonly Uuid[]) => void;
}

/**
 * Stores what attempts came to: all that ended while the last transaction was written are the next one. While the
 * database is away they wait, and whoever sends waits for them.
 */
export function createRecorder(deps: RecorderDeps) {
  const { db, clock, log, repository } = deps;
  let waiting: Judgement[] = [];
  let busy: Promise<void> | undefined;
  let stopping = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // What ends in the same turn travels together.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = waiting.splice(0, MOST_AT_ONCE);
      try {
        await store(batch);
      } catch (error) {
        waiting = [...batch, ...waiting];
        if (stopping) return;
        log.warn({ error: messageOf(error) }, 'attempts of webhooks could not be stored; trying again');
        await sleep(clock, AGAIN_MS);
      }
    }
  }

  async function store(batch: readonly Judgement[]): Promise<void> {
    const settled = batch.map((judgement) => judgement.settled);
    const ended = settled.filter(({ state }) => state !== 'pending');
    const tx = db.begin();
    repository.lock(tx);
    repository.settle(tx, settled);
    repository.addAttempts(tx, settled);
    const promoted = ended.length > 0 ? repository.promote(tx, ended) : undefined;
    addHealth(tx, batch);
    deps.also(tx, batch);
    const committed = await db.commit(tx);
    const rows = promoted ? committed.rows(promoted) : [];
    deps.onRecorded(batch, [...new Set(rows.map((row) => row.endpoint_id))]);
  }

  function addHealth(tx: Tx, batch: readonly Judgement[]): void {
    const changed = new Map<Uuid, NonNullable<ReturnType<HealthBook['note']>>>();
    for (const { settled } of batch) {
      const { endpointId, at, durationMs, error } = settled;
      const health = deps.health.note(endpointId, at + durationMs, error);
      if (health) changed.set(endpointId, health);
    }
    for (const [id, health] of changed) deps.endpoints.setHealth(tx, id, health);
  }

  return {
    add(judgement: Judgement): void {
      waiting.push(judgement);
      busy ??= drain().finally(() => (busy = undefined));
    },
    /** Resolves when all is stored, or at once when that fails. */
    async stop(): Promise<void> {
      stopping = true;
      await busy;
    },
  };
}
