import type { Clock } from '../../../kernel/clock.js';
import { sleep } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Outbox } from '../../../kernel/outbox.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { configuredMessage } from '../exchange-messages.js';
import type { ExchangeNames } from '../exchange-messages.js';
import type { ClaimedJob, DroppedJob } from './job.js';
import type { JobsRepository } from './jobs.repository.js';
import type { Answered } from './provisioning-answer.js';

export interface JobEndingsDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  jobs: JobsRepository;
  outbox: Outbox;
  names: ExchangeNames;
}

export type JobEndings = ReturnType<typeof createJobEndings>;

/** Between tries to write what became of a job, while the database is away: nobody else knows it. */
const RETRY_MS = { base: 100, most: 5_000 };

/** Writes what became of jobs: the job's end and the message that tells of it are one transaction. */
export function createJobEndings({ db, clock, log, jobs, outbox, names }: JobEndingsDeps) {
  async function write(add: (tx: Tx) => void): Promise<void> {
    const tx = db.begin();
    add(tx);
    await db.commit(tx);
  }

  /** On and on until it is written, or refused as somebody else has ended the job. */
  async function writeSurely({ taskId }: DroppedJob, add: (tx: Tx) => void): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await write(add);
      } catch (error) {
        if (error instanceof TxConflict) {
          return log.warn({ task_id: taskId, reason: error.reason }, 'a late outcome of a call was refused');
        }
        if (tries === 0)
          log.warn({ task_id: taskId, error: messageOf(error) }, 'an outcome waits to be stored');
        await sleep(clock, Math.min(RETRY_MS.most, RETRY_MS.base * 2 ** Math.min(tries, 10)));
      }
    }
  }

  function tell(tx: Tx, job: DroppedJob, { code, message, reason }: Answered): void {
    const content = {
      ...{ task_id: job.taskId, equipment_id: job.equipmentId, code, message },
      ...(reason && { reason }),
    };
    const sent = { now: clock.now(), traceparent: job.traceparent };
    outbox.add(tx, configuredMessage(names, content, sent));
  }

  return {
    /** A call has ended, by whatever was heard of it. */
    end: (job: ClaimedJob, outcome: Answered): Promise<void> =>
      writeSurely(job, (tx) => {
        jobs.end(tx, job, outcome.mayStillRun);
        tell(tx, job, outcome);
      }),
    /** A call has not reached the service, and is made again after `delayMs`. */
    putBack: (job: DroppedJob & { failures: number }, delayMs: number): Promise<void> =>
      writeSurely(job, (tx) =>
        jobs.putBack(tx, job, { notBefore: clock.now() + delayMs, failures: job.failures + 1 }),
      ),
    /** It was not sent after all, and nobody wants to hear of it. */
    forget: (job: ClaimedJob): Promise<void> => writeSurely(job, (tx) => jobs.end(tx, job, false)),
    /** It is not sent any more. Rejects with `TxConflict` where it was. */
    drop: (job: DroppedJob, outcome: Answered): Promise<void> =>
      write((tx) => {
        jobs.drop(tx, job);
        tell(tx, job, outcome);
      }),
    /** Nothing was heard of it. Rejects with `TxConflict` where something was meanwhile. */
    lose: (job: DroppedJob, outcome: Answered): Promise<void> =>
      write((tx) => {
        jobs.end(tx, job, outcome.mayStillRun);
        tell(tx, job, outcome);
      }),
  };
}
