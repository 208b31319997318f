import type { Tx } from '../../kernel/tx.js';
import type { Database } from '../db/database.js';

const MAX_BATCH = 200;

interface Waiting {
  add: (tx: Tx) => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Writes what was posted in the order of posting: one transaction at a time, with all that piled up meanwhile.
 * Over several sessions of a server, messages would overtake each other.
 */
export class EmbeddedWriter {
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(private readonly db: Database) {}

  /** Resolves when the transaction that `add` added to is committed; rejects as that does. */
  write(add: (tx: Tx) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ add, resolve, reject });
      this.#running ??= this.#run().finally(() => (this.#running = undefined));
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What is posted in the same turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      await this.#commit(batch);
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const tx = this.db.begin();
    try {
      for (const { add } of batch) add(tx);
      await this.db.commit(tx);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
