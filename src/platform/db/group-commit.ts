import { TxConflict } from '../../kernel/tx.js';
import type { Outcome } from './committed.js';
import { overloaded } from './db-errors.js';
import type { Step } from './draft.js';
import { fromWireError } from './sqlite-errors.js';
import { toRows, type WireOutcome, type WireResult } from './sqlite-wire.js';

interface Waiting {
  steps: readonly Step[];
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

const MAX_GROUP = 64;
const MAX_GROUP_STATEMENTS = 2_000;
/** Groups under way: one that the thread works on, and the next already at hand where it is worth a commit of its own. */
const MAX_UNDER_WAY = 2;
const LEAST_AT_HAND = 16;

/**
 * Posts what was committed in one turn of the event loop, and what piled up while the writer was busy,
 * as one group: one disk write. Order is kept.
 */
export class GroupCommit {
  #queue: Waiting[] = [];
  #underWay = 0;
  #inGroups = 0;
  #scheduled = false;
  /**
   * Whether results came in this turn of the event loop. What follows from them is not sent before its end: the thread may
   * answer so soon that this turn would take its results too, and so on without an end.
   */
  #hasSettled = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly run: (txs: readonly (readonly Step[])[]) => Promise<WireResult[]>,
    /** Transactions that may wait or be under way; one more is refused as overload. */
    private readonly maxWaiting: number,
  ) {}

  commit(steps: readonly Step[]): Promise<readonly Outcome[]> {
    if (this.#queue.length + this.#inGroups >= this.maxWaiting) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      this.#queue.push({ steps, resolve, reject });
      if (this.#queue.length >= LEAST_AT_HAND && !this.#hasSettled) this.#sendWhatMay();
      this.#schedule();
    });
  }

  /** Rejects what was not sent yet. */
  refuse(error: Error): void {
    for (const waiting of this.#queue.splice(0)) waiting.reject(error);
    this.#settle();
  }

  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#settle();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay >= MAX_UNDER_WAY || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sendWhatMay();
    });
  }

  #sendWhatMay(): void {
    while (this.#maySend()) this.#send(this.#nextGroup());
  }

  #maySend(): boolean {
    return this.#queue.length >= (this.#underWay === 0 ? 1 : LEAST_AT_HAND) && this.#underWay < MAX_UNDER_WAY;
  }

  #nextGroup(): Waiting[] {
    let statements = 0;
    let length = 0;
    while (length < MAX_GROUP && length < this.#queue.length) {
      statements += this.#queue[length]!.steps.length;
      if (length > 0 && statements > MAX_GROUP_STATEMENTS) break;
      length++;
    }
    return this.#queue.splice(0, length);
  }

  #send(group: Waiting[]): void {
    this.#underWay++;
    this.#inGroups += group.length;
    this.run(group.map((waiting) => waiting.steps))
      .then(
        (results) => {
          this.#holdToTheEndOfTheTurn();
          group.forEach((waiting, i) => settle(waiting, results[i]!));
        },
        (error: unknown) => group.forEach((waiting) => waiting.reject(error)),
      )
      .finally(() => {
        this.#underWay--;
        this.#inGroups -= group.length;
        this.#schedule();
        this.#settle();
      });
  }

  #holdToTheEndOfTheTurn(): void {
    if (this.#hasSettled) return;
    this.#hasSettled = true;
    setImmediate(() => (this.#hasSettled = false));
  }

  #settle(): void {
    if (this.#underWay > 0 || this.#queue.length > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function settle(waiting: Waiting, result: WireResult): void {
  if (Array.isArray(result)) waiting.resolve(result.map(toOutcome));
  else if (typeof result === 'number')
    waiting.reject(new TxConflict(waiting.steps[result]!.expect!.otherwise));
  else waiting.reject(fromWireError(result));
}

function toOutcome(outcome: WireOutcome): Outcome {
  if (typeof outcome === 'number') return { changes: outcome, rows: () => [] };
  return { changes: outcome.changes, rows: () => toRows(outcome) };
}
