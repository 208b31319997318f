import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { StoredEvent } from '../../../src/kernel/event.js';
import type { Seal } from '../../../src/kernel/seal.js';
import { createBatches, batchMigrations } from '../../../src/modules/equipment/batches/index.js';
import type { BatchesDeps } from '../../../src/modules/equipment/batches/index.js';
import type { Batch, BatchItem } from '../../../src/modules/equipment/batches/batch.js';
import { readBatchJson } from '../../../src/modules/equipment/batches/read-batch-json.js';
import { createConfigureEquipment } from '../../../src/modules/equipment/configure-equipment.js';
import {
  CONFIGURE_TASK,
  decodePayload,
  openPassword,
} from '../../../src/modules/equipment/configure-payload.js';
import { createInventory, deviceMigrations } from '../../../src/modules/equipment/inventory/index.js';
import type { EquipmentEnding } from '../../../src/modules/equipment/equipment-ending.js';
import type { EndedTask, Outcome, Task, TaskRunner } from '../../../src/modules/tasks/index.js';
import { taskMigrations } from '../../../src/modules/tasks/tasks.migrations.js';
import { brokerMigrations } from '../../../src/platform/broker/index.js';
import type { Database } from '../../../src/platform/db/database.js';
import { eventMigrations } from '../../../src/platform/events/events.migrations.js';
import { specDigest as digest } from '../../support/body-digest.js';
import { DATABASES } from '../../support/databases.js';
import type { OpenedDatabase } from '../../support/databases.js';
import { silentLog as log } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { Ledger } from '../tasks/ledger.js';

export const OPERATOR = {
  name: 'olga',
  trace: { requestId: 'request-1', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` },
};
export const PASSWORD = 'correct-horse-battery';
export const PARAMETERS = { username: 'admin', password: PASSWORD, vlan: 534, interfaces: [1, 2] };

/** What the provisioning service says of a device; a device that is held answers when it is let go. */
export type Answer = 200 | 404 | 500;

/** Batches and inventory over a ledger whose devices answer as a spec says. */
export class BatchesBench {
  readonly ledger: Ledger;
  readonly inventory: ReturnType<typeof createInventory>;
  readonly seal = newSeal();
  /** By device; 200 for all others. */
  readonly answers = new Map<string, Answer[]>();
  /** Devices in the order in which they were configured, and with what. */
  readonly configured: { id: string; password: string; vlan: number | null }[] = [];
  readonly #held = new Map<string, () => void>();
  readonly #opened: ReturnType<typeof createBatches>[] = [];
  isHolding = false;

  constructor(
    readonly db: Database,
    concurrency = 50,
  ) {
    this.ledger = new Ledger(db, { runners: [this.#runner(concurrency)] });
    const { clock, api: tasks } = this.ledger;
    this.inventory = createInventory({ db, clock, tasks });
  }

  /** As one process has them; not started. */
  make(more: Partial<BatchesDeps> = {}): ReturnType<typeof createBatches> {
    const { db, ledger, seal } = this;
    const equipment = createConfigureEquipment({
      ...{ clock: ledger.clock, tasks: ledger.api, seal, deadlineMs: 600_000 },
      supersede: () => undefined,
    });
    const batches = createBatches({
      ...{ db, clock: ledger.clock, log, events: ledger.events, seal, digest, tasks: ledger.api },
      configure: (tx, request) => equipment.configure(tx, request),
      ...{ isWatched: () => false, tell: () => undefined },
      ...{ idempotencyTtlMs: 86_400_000, keepMs: 30 * 86_400_000, retryAfterMs: 0 },
      ...more,
    });
    this.#opened.push(batches);
    return batches;
  }

  start(more: Partial<BatchesDeps> = {}): ReturnType<typeof createBatches> {
    const batches = this.make(more);
    batches.start();
    return batches;
  }

  /** Accepts a batch as REST does. */
  create(
    batches: ReturnType<typeof createBatches>,
    body: object,
    idempotency?: { scope: string; key: string },
  ): Promise<Batch> {
    const bytes = Buffer.from(JSON.stringify(body));
    return batches.api.create({
      ...{ createdBy: OPERATOR.name, trace: OPERATOR.trace, bytes, idempotency },
      read: () => readBatchJson(this.ledger.clock, bytes),
    });
  }

  /** The batch once `probe` holds for it; time passes meanwhile. */
  async until(
    batches: ReturnType<typeof createBatches>,
    id: string,
    probe: (batch: Batch) => boolean,
  ): Promise<Batch> {
    return this.ledger.pass('the batch to come so far', 200, async () => {
      const batch = await batches.api.require(id);
      return probe(batch) ? batch : undefined;
    }) as Promise<Batch>;
  }

  items(batches: ReturnType<typeof createBatches>, id: string): Promise<BatchItem[]> {
    return batches.api.items(id, {}, 10_000);
  }

  /** Has devices that are in work, or will be, answer. */
  letGo(): void {
    this.isHolding = false;
    for (const answer of this.#held.values()) answer();
    this.#held.clear();
  }

  /** The events whose type begins so, oldest first, once there are `count` of them. */
  async events(start: string, count: number): Promise<StoredEvent[]> {
    return (await this.ledger.pass(`${count} events`, 500, async () => {
      const all = await this.ledger.events.read(0, 1_000);
      const own = all.filter((event) => event.type.startsWith(start));
      return own.length >= count ? own : undefined;
    })) as StoredEvent[];
  }

  /** Everything that the database holds, as one text. */
  async everything(): Promise<string> {
    const tables = [
      'equipment_batches',
      'equipment_batch_items',
      'equipment_devices',
      'tasks',
      'events',
    ] as const;
    const schema = this.db.schema<Record<(typeof tables)[number], object>>();
    const rows = await Promise.all(tables.map((table) => schema.selectFrom(table).selectAll().execute()));
    return JSON.stringify(rows);
  }

  async stop(): Promise<void> {
    this.letGo();
    let stopped = false;
    const stopping = Promise.all(this.#opened.map((batches) => batches.stop())).then(() => (stopped = true));
    await waitFor('the batches to stop', () => {
      if (!stopped) this.ledger.clock.advance(6_000);
      return stopped;
    });
    await stopping;
    await this.ledger.stop();
  }

  #runner(concurrency: number): TaskRunner {
    return {
      type: CONFIGURE_TASK,
      concurrency,
      maxAttempts: 1,
      run: (task, { signal }) => this.#configure(task, signal),
      ended: (tx, ended) => {
        const ending = endingOf(ended);
        this.#opened.at(-1)?.ended(tx, ending);
        this.inventory.ended(tx, ending);
      },
    };
  }

  async #configure(task: Task, signal: AbortSignal): Promise<Outcome> {
    const { equipmentId: id, parameters, password } = decodePayload(task.payload);
    if (this.isHolding) {
      await new Promise<void>((resolve) => {
        this.#held.set(id, resolve);
        signal.addEventListener('abort', () => resolve());
      });
    }
    this.configured.push({ id, password: openPassword(this.seal, id, password!), vlan: parameters.vlan });
    const code = this.answers.get(id)?.shift() ?? 200;
    if (code === 200) return { kind: 'completed', result: { contentType: 'application/json', body: '{}' } };
    return { kind: 'failed', code: `equipment.${code}`, message: `it said ${code}`, retryable: false };
  }
}

function endingOf({ task, ending, errorMessage }: EndedTask): EquipmentEnding {
  const code = ending === 'completed' ? 200 : task.errorCode === 'equipment.404' ? 404 : 500;
  const { equipmentId } = decodePayload(task.payload);
  return { task, equipmentId, ending, code, message: errorMessage ?? 'Completed' };
}

function newSeal(): Seal {
  const key = randomBytes(32);
  return {
    seal(plain, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      const opening = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(
        Buffer.from(context),
      );
      opening.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([opening.update(bytes.subarray(28)), opening.final()]).toString('utf8');
    },
  };
}

/** Ids of `count` devices. */
export function deviceIds(count: number, start = 'device'): string[] {
  return Array.from({ length: count }, (_, index) => `${start}${String(index).padStart(5, '0')}`);
}

/** The same specs on every database, each with a new one. */
export function batchesOnEachDatabase(
  specs: (bench: () => BatchesBench, another: () => Promise<Database>) => void,
  only?: 'PostgreSQL',
): void {
  for (const kind of DATABASES.filter(({ name }) => only === undefined || name === only)) {
    describe(`on ${kind.name}`, () => {
      let opened: OpenedDatabase;
      let bench: BatchesBench;
      beforeEach(async () => {
        opened = await kind.open();
        await opened.db.migrate([
          ...[...eventMigrations, ...brokerMigrations, ...taskMigrations],
          ...[...batchMigrations, ...deviceMigrations],
        ]);
        bench = new BatchesBench(opened.db);
        await bench.ledger.start();
      });
      afterEach(async () => {
        await bench.stop();
        await opened.close();
      });
      specs(
        () => bench,
        () => opened.another!(),
      );
    });
  }
}
