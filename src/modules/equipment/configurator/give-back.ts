import type { Clock } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Outbox } from '../../../kernel/outbox.js';
import type { Seal } from '../../../kernel/seal.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { ConfigureParameters } from '../configure-parameters.js';
import { toConfigureMessage } from '../exchange-messages.js';
import type { ExchangeNames } from '../exchange-messages.js';
import type { Job } from './job.js';
import { openRequest } from './job-request.js';
import type { JobsRepository } from './jobs.repository.js';

export interface GiveBackDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  jobs: JobsRepository;
  outbox: Outbox;
  seal: Seal;
  names: ExchangeNames;
}

const BATCH = 100;

/** Another configurator takes over: what ours took and has not sent goes back into the queue. */
export async function giveBackJobs(deps: GiveBackDeps): Promise<void> {
  for (;;) {
    const waiting = await deps.jobs.waiting(BATCH);
    const given = await Promise.all(waiting.map((job) => giveBack(deps, job)));
    if (waiting.length < BATCH || !given.includes(true)) return;
  }
}

/** False where it cannot be opened: it stays for a process that has its key. */
async function giveBack(deps: GiveBackDeps, job: Job): Promise<boolean> {
  const { db, clock, log, jobs, outbox, seal, names } = deps;
  const { taskId: task_id, equipmentId: equipment_id, expiresAt, traceparent } = job;
  try {
    const sent = JSON.parse(openRequest(seal, equipment_id, job.request)) as {
      timeoutInSeconds: number;
      parameters: ConfigureParameters;
    };
    const content = { task_id, equipment_id, ...sent, ...(expiresAt !== null && { expires_at: expiresAt }) };
    const tx = db.begin();
    jobs.drop(tx, job);
    outbox.add(tx, toConfigureMessage(names, seal, content, { now: clock.now(), traceparent }));
    await db.commit(tx);
    return true;
  } catch (error) {
    if (error instanceof TxConflict) return true;
    log.error({ task_id, error: messageOf(error) }, 'a job could not be given back');
    return false;
  }
}
