import type { PhoneTableState } from '../scan/phone-table.js';
import type { MergeJob, PackJob, ShardJob, SplitJob } from '../scan/range-jobs.js';
import { shardCountOf } from '../scan/shards.js';
import type { PackedShards, Shards } from '../scan/shards.js';
import { PARTS } from '../scan/split-rows.js';
import type { JobRunner } from './job-runner.js';

export const PHONES_PER_SHARD = 1_000;
/** Rows that may wait to be added up. */
const PENDING_BYTES = 1 << 25;

type Rows = Float64Array<ArrayBuffer>;

/** Adds the tables of a pass up on threads: few at the end and in one go, many meanwhile and in parts side by side. */
export class MergedSums {
  readonly #pool: JobRunner;
  /** Tables as they came: each one of all phones, or one for each part. */
  #pending: Rows[][] = [];
  #pendingBytes = 0;
  #parts: (PhoneTableState | null)[] | undefined;
  #merging: Promise<unknown> = Promise.resolve();

  constructor(pool: JobRunner) {
    this.#pool = pool;
  }

  /** Takes tables that are handed on. The next ones wait for a merge under way, which bounds what is in memory. */
  async accept(tables: Rows[]): Promise<void> {
    this.#pending.push(tables);
    for (const rows of tables) this.#pendingBytes += rows.byteLength;
    if (this.#pendingBytes <= PENDING_BYTES) return;
    await this.#merging;
    this.#merging = this.#mergeParts();
    this.#merging.catch(() => undefined);
  }

  /** Everything that was taken, packed. */
  async finish(): Promise<Shards> {
    const few = !this.#parts && this.#pending.every(isWhole);
    if (few) return this.#cutFew();
    await this.#merging;
    await this.#mergeParts();
    return this.#packParts();
  }

  /** Resolves when no thread works for it any more. */
  async settled(): Promise<void> {
    await this.#merging.catch(() => undefined);
  }

  #cutFew(): Promise<Shards> {
    const tables = this.#pending.flat();
    const job = { merged: null, tables, phonesPerShard: PHONES_PER_SHARD };
    return this.#pool.run<ShardJob, Shards>('cutShards', job, { transfer: buffersOf(tables) });
  }

  async #mergeParts(): Promise<void> {
    const before = (this.#parts ??= Array.from({ length: PARTS }, () => null));
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const split = pending.filter((tables) => !isWhole(tables));
    const whole = pending.filter(isWhole).flat();
    if (whole.length > 0) split.push(await this.#split(whole));
    this.#parts = await Promise.all(
      before.map((merged, part) =>
        this.#mergePart(
          merged,
          split.map((tables) => tables[part]!),
        ),
      ),
    );
  }

  #split(tables: Rows[]): Promise<Rows[]> {
    return this.#pool.run<SplitJob, Rows[]>('splitTables', { tables }, { transfer: buffersOf(tables) });
  }

  #mergePart(merged: PhoneTableState | null, tables: Rows[]): Promise<PhoneTableState> {
    const transfer = buffersOf(tables);
    if (merged) transfer.push(merged.rows.buffer, merged.slots.buffer);
    return this.#pool.run<MergeJob, PhoneTableState>('mergeTables', { merged, tables }, { transfer });
  }

  async #packParts(): Promise<Shards> {
    const parts = this.#parts as PhoneTableState[];
    const phones = parts.reduce((sum, { count }) => sum + count, 0);
    const count = shardCountOf(phones, PHONES_PER_SHARD, PARTS);
    const packed = parts.map((merged, part) => {
      const transfer = [merged.rows.buffer, merged.slots.buffer];
      const job = { merged, which: { count, part, parts: PARTS } };
      return this.#pool.run<PackJob, PackedShards>('packShards', job, { transfer });
    });
    this.#parts = undefined;
    return { count, phones, parts: await Promise.all(packed) };
  }
}

/** Whether it is one table of all phones. */
function isWhole(tables: readonly Rows[]): boolean {
  return tables.length !== PARTS;
}

function buffersOf(tables: readonly Rows[]): ArrayBuffer[] {
  return tables.map(({ buffer }) => buffer);
}
