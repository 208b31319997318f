import { Worker } from 'node:worker_threads';
import { systemClock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import { unavailable } from './db-errors.js';
import type { Step } from './draft.js';
import { SqlNames } from './sql-names.js';
import { fromWireError } from './sqlite-errors.js';
import { toWireValue } from './sqlite-wire.js';
import type { ThreadCommand, ThreadMessage, ThreadOptions, WireResult, WireStep } from './sqlite-wire.js';

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

const ENTRY = new URL('./sqlite.worker.js', import.meta.url);
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** One SQLite connection on a thread of its own, from opening to its end. A new one follows when it is lost. */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #names = new SqlNames();
  readonly #waiting = new Map<number, Waiter<WireResult[]>>();
  readonly #ended: Promise<void>;
  #opening: Waiter<void> | undefined;
  #nextId = 1;
  #isOpen = false;
  #closing = false;
  #over = false;

  /** Resolves when the file is open; rejects `db.in-use` when another process keeps it. */
  readonly opened: Promise<void>;

  /** `onLost` is called once if the thread ends by itself after it was opened. */
  constructor(
    options: ThreadOptions,
    private readonly onLost: (reason: string) => void,
  ) {
    this.#worker = new Worker(ENTRY, {
      workerData: options,
      resourceLimits: LIMITS,
      name: `sqlite ${options.role}`,
    });
    this.opened = new Promise((resolve, reject) => (this.#opening = { resolve, reject }));
    this.opened.catch(() => undefined);
    this.#worker.on('message', (message: ThreadMessage) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#lose(messageOf(error)));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#lose(`it ended with code ${code}`);
        resolve();
      });
    });
  }

  /** Requests sent and not answered. */
  get busy(): number {
    return this.#waiting.size;
  }

  /** Runs transactions in order (on the writer, as one); each has its own result. */
  run(txs: readonly (readonly Step[])[]): Promise<WireResult[]> {
    if (this.#over || this.#closing) return Promise.reject(lost('it is closed'));
    const wire = txs.map((steps) => steps.map((step) => this.#toWire(step)));
    const id = this.#nextId++;
    this.#post({ id, ...this.#names.take(), txs: wire });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Forgets prepared statements, after the schema changed. */
  reset(): void {
    this.#post('reset');
  }

  /** Closes the file after what was posted; ends the thread by force when that takes longer than `timeoutMs`. */
  async close(timeoutMs = 10_000): Promise<void> {
    this.#closing = true;
    this.#post('close');
    const timer = systemClock.after(timeoutMs, () => void this.#worker.terminate());
    await this.#ended;
    timer.cancel();
  }

  async terminate(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #post(command: ThreadCommand): void {
    this.#worker.postMessage(command);
  }

  #toWire(step: Step): WireStep {
    const wire: WireStep = [this.#names.idOf(step.sql), step.expect?.rows ?? -1];
    for (const value of step.values) wire.push(toWireValue(value));
    return wire;
  }

  #onMessage(message: ThreadMessage): void {
    if ('id' in message) {
      const waiter = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      waiter?.resolve(message.results);
      return;
    }
    const opening = this.#opening;
    this.#opening = undefined;
    this.#isOpen = 'opened' in message;
    if ('opened' in message) opening?.resolve();
    else opening?.reject(fromWireError(message.failed));
  }

  #lose(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#opening?.reject(lost(reason));
    for (const waiter of this.#waiting.values()) waiter.reject(lost(reason));
    this.#waiting.clear();
    if (this.#isOpen && !this.#closing) this.onLost(reason);
  }
}

function lost(reason: string): Error {
  return unavailable('the database thread is gone', new Error(reason));
}
