import type pg from 'pg';
import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import { TxConflict } from '../../kernel/tx.js';
import { mayPassAtOnce } from './postgres-errors.js';
import type { Step, StepOutcome } from './transaction.js';

const TRIES = 5;
const PAUSE_MS = 20;

/** Runs the steps as one transaction on a connection of its own; again when the server asks for it. */
export async function runTransaction(
  pool: pg.Pool,
  clock: Clock,
  steps: readonly Step[],
): Promise<StepOutcome[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await runOnce(pool, steps);
    } catch (error) {
      if (!mayPassAtOnce(error) || tries === TRIES) throw error;
      await sleep(clock, PAUSE_MS * tries * (0.5 + (clock.monotonic() % 1)));
    }
  }
}

async function runOnce(pool: pg.Pool, steps: readonly Step[]): Promise<StepOutcome[]> {
  const client = await pool.connect();
  let broken: boolean | undefined;
  const onError = (): void => void (broken = true);
  client.on('error', onError);
  try {
    return await runOn(client, steps);
  } catch (error) {
    if (!(error instanceof TxConflict)) broken ??= (error as { severity?: unknown }).severity === undefined;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** One statement needs no `begin`: it is a transaction by itself, unless its expectation must be able to undo it. */
async function runOn(client: pg.PoolClient, steps: readonly Step[]): Promise<StepOutcome[]> {
  const [only] = steps;
  if (steps.length === 1 && only && !only.expect) return [await runStep(client, only)];
  await client.query('begin');
  try {
    const outcomes: StepOutcome[] = [];
    for (const step of steps) outcomes.push(await runStep(client, step));
    await client.query('commit');
    return outcomes;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function runStep(client: pg.PoolClient, step: Step): Promise<StepOutcome> {
  const result = await client.query<Record<string, unknown>>(step.sql, [...step.parameters]);
  const outcome = { rows: result.rows, changes: result.rowCount ?? 0 };
  if (step.expect && outcome.changes !== step.expect.rows) throw new TxConflict(step.expect.otherwise);
  return outcome;
}
