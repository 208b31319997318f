import type pg from 'pg';
import { TxConflict } from '../../kernel/tx.js';
import type { Outcome } from './committed.js';
import type { Step, Value } from './draft.js';

type Result = pg.QueryResult<Record<string, unknown>>;
/** Sends one statement without waiting for those before it. */
export type Send = (sql: string, values?: Value[]) => Promise<Result>;

/** Statements on their way at once; expectations are looked at after each lot. */
const LOT = 500;

/**
 * Runs steps as one transaction. All are sent at once: one round trip where nothing is expected, else a
 * second for the commit. The server runs them in order, and none after one that failed.
 */
export async function runTransaction(send: Send, steps: readonly Step[]): Promise<Outcome[]> {
  const unconditional = steps.every((step) => !step.expect);
  if (steps.length === 1 && unconditional) return [toOutcome(await sendStep(send, steps[0]!))];
  const begun = awaited(send('begin'));
  let committed: Promise<Result> | undefined;
  try {
    const outcomes: Outcome[] = [];
    for (let from = 0; from < steps.length; from += LOT) {
      const lot = steps.slice(from, from + LOT);
      const sent = lot.map((step) => sendStep(send, step));
      // The commit of a transaction that failed is a rollback.
      if (unconditional && from + LOT >= steps.length) committed = awaited(send('commit'));
      outcomes.push(...check(lot, await Promise.allSettled(sent)));
    }
    await begun;
    await (committed ?? send('commit'));
    return outcomes;
  } catch (error) {
    // Where even this fails, the connection is gone, and the transaction with it.
    await (committed ?? send('rollback')).catch(() => undefined);
    throw error;
  }
}

function sendStep(send: Send, { sql, values }: Step): Promise<Result> {
  return send(sql, values);
}

/** The first that failed or was not as expected decides. */
function check(steps: readonly Step[], results: readonly PromiseSettledResult<Result>[]): Outcome[] {
  return results.map((result, i) => {
    if (result.status === 'rejected') throw result.reason;
    const { expect } = steps[i]!;
    if (expect && result.value.rowCount !== expect.rows) throw new TxConflict(expect.otherwise);
    return toOutcome(result.value);
  });
}

function toOutcome({ command, rowCount, rows }: Result): Outcome {
  return { changes: command === 'SELECT' ? 0 : (rowCount ?? 0), rows: () => rows };
}

/** Looked at later; its failure is not unhandled until then. */
function awaited(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}
