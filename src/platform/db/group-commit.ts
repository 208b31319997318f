import { TxConflict } from '../../kernel/tx.js';
import { dbOverloaded, dbUnavailable } from './db-errors.js';
import type { TransactionReply, WireStep } from './sqlite-protocol.js';
import { sqliteError } from './sqlite-thread.js';
import type { SqliteThread } from './sqlite-thread.js';
import type { Step, StepOutcome } from './transaction.js';

interface Waiting {
  steps: readonly Step[];
  resolve(outcomes: StepOutcome[]): void;
  reject(error: Error): void;
}

/** So that one batch neither holds the writer long nor makes a long message. */
const MOST_STEPS_AT_ONCE = 4_000;

/** Gathers transactions while the writer is busy and sends them together. */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #inFlight = false;
  #planned = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly writer: () => SqliteThread | undefined,
    private readonly mostWaiting: number,
  ) {}

  run(steps: readonly Step[]): Promise<StepOutcome[]> {
    if (this.#waiting.length >= this.mostWaiting) return Promise.reject(dbOverloaded());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ steps, resolve, reject });
      this.#plan();
    });
  }

  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void> {
    if (!this.#inFlight && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** At the end of this turn, so that its other callers come along. */
  #plan(): void {
    if (this.#planned || this.#inFlight) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    const batch = this.#takeBatch();
    if (batch.length === 0) return;
    this.#inFlight = true;
    try {
      const writer = this.writer();
      if (!writer) throw dbUnavailable('The database is not open');
      const reply = await writer.request({
        kind: 'commit',
        transactions: batch.map((tx) => tx.steps.map(toWire)),
      });
      if (reply.kind === 'committed') batch.forEach((tx, index) => settle(tx, reply.replies[index]));
    } catch (error) {
      for (const tx of batch) tx.reject(error as Error);
    } finally {
      this.#inFlight = false;
    }
    if (this.#waiting.length > 0) void this.#send();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeBatch(): Waiting[] {
    let steps = 0;
    let count = 0;
    while (count < this.#waiting.length && steps < MOST_STEPS_AT_ONCE) {
      steps += this.#waiting[count]?.steps.length ?? 0;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

function toWire({ sql, parameters, expect }: Step): WireStep {
  return [sql, parameters.map(unpooled), expect ? expect.rows : -1];
}

/** A small Buffer is a view of a shared pool, and cloning it would copy the pool. */
function unpooled(value: unknown): unknown {
  return Buffer.isBuffer(value) && value.byteLength !== value.buffer.byteLength
    ? new Uint8Array(value)
    : value;
}

function settle(tx: Waiting, reply: TransactionReply | undefined): void {
  if (!reply) return tx.reject(dbUnavailable('The database gave no answer'));
  if ('outcomes' in reply) {
    return tx.resolve(reply.outcomes.map(([changes, rows]) => ({ changes, rows: rows.map(withBuffers) })));
  }
  if ('conflict' in reply)
    return tx.reject(new TxConflict(tx.steps[reply.conflict]?.expect?.otherwise ?? 'unknown'));
  tx.reject(sqliteError(reply.error));
}

/** Cloning between threads makes plain byte arrays of Buffers. */
export function withBuffers(row: unknown): unknown {
  const record = row as Record<string, unknown>;
  for (const key in record) {
    const value = record[key];
    if (value instanceof Uint8Array && !Buffer.isBuffer(value)) {
      record[key] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  }
  return record;
}
