import { sleep } from '../../../kernel/clock.js';
import type { Clock, Timer } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { Breaker } from './breaker.js';
import { JOBS_CHANNEL } from './job.js';
import type { ClaimedJob } from './job.js';
import type { JobsRepository } from './jobs.repository.js';
import type { JobEndings } from './job-endings.js';
import type { PerformJob } from './perform-job.js';

export interface ConfiguratorDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  jobs: JobsRepository;
  endings: JobEndings;
  breaker: Breaker;
  perform: PerformJob;
  /** Of these tasks, those that our ledger has ended: nobody waits for them. */
  endedAmong: (taskIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Names this process; unique among replicas and restarts. */
  owner: string;
  concurrency: number;
  marginMs: number;
}

export type Configurator = ReturnType<typeof createConfigurator>;

/** Looks by itself this often: for jobs whose pause is over, and those that came by another replica. */
const POLL_MS = 500;
const MOST_CLAIMED_AT_ONCE = 200;
/** A call that begins later than it was marked would end later than others take it for. */
const MOST_LATE_MS = 2_000;

/** Does jobs, as many at once as it may, one at a time of each device. */
export function createConfigurator(deps: ConfiguratorDeps) {
  const { db, clock, log, jobs, breaker, owner } = deps;
  const inFlight = new Map<string, Promise<void>>();
  let active = false;
  let claiming: Promise<void> | undefined;
  let again = false;
  let timer: Timer | undefined;
  let unsubscribe: (() => void) | undefined;

  async function claimAll(): Promise<void> {
    // Not at once: slots that come free together are filled by one claim.
    await Promise.resolve();
    do {
      again = false;
      if (await tryClaim()) again = true;
    } while (again && active);
    claiming = undefined;
  }

  /** True where more may wait. */
  async function tryClaim(): Promise<boolean> {
    const free = deps.concurrency - inFlight.size;
    const limit = Math.min(free, MOST_CLAIMED_AT_ONCE, breaker.allows());
    if (limit <= 0 || !active) return false;
    try {
      const claimed = await claim(limit);
      if (claimed.length === 0) return false;
      breaker.trying();
      const ended = endedAmong(claimed.map(({ taskId }) => taskId));
      for (const job of claimed) begin(job, ended);
      return claimed.length === limit;
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'no jobs could be taken; trying again');
      return false;
    }
  }

  async function claim(limit: number): Promise<ClaimedJob[]> {
    const now = clock.now();
    const tx = db.begin();
    jobs.release(tx, now);
    const ref = jobs.claim(tx, { limit, now, owner, marginMs: deps.marginMs });
    return (await db.commit(tx)).rows(ref).map(jobs.claimed);
  }

  /** Of these tasks, those that have ended. Asked until it is answered: the jobs are marked as sent. */
  async function endedAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    for (;;) {
      try {
        return await deps.endedAmong(ids);
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'jobs wait for the database');
        await sleep(clock, POLL_MS);
      }
    }
  }

  function begin(job: ClaimedJob, ended: Promise<ReadonlySet<string>>): void {
    const work = ended.then((all) => workOn(job, all.has(job.taskId)));
    inFlight.set(
      job.taskId,
      work.finally(() => {
        inFlight.delete(job.taskId);
        wake();
      }),
    );
  }

  function workOn(job: ClaimedJob, hasEnded: boolean): Promise<void> {
    const sentAt = job.busyUntil - job.timeoutInSeconds * 1_000 - deps.marginMs;
    const isLate = clock.now() - sentAt > MOST_LATE_MS;
    if (!hasEnded && !isLate && active) return deps.perform(job);
    breaker.notTried();
    return hasEnded ? deps.endings.forget(job) : deps.endings.putBack(job, 0);
  }

  function wake(): void {
    if (!active) return;
    again = true;
    claiming ??= claimAll();
  }

  function poll(): void {
    wake();
    timer = clock.after(Math.min(POLL_MS, Math.max(1, breaker.waitMs() || POLL_MS)), poll);
  }

  return {
    wake,
    inFlight: (): number => inFlight.size,
    has: (taskId: string): boolean => inFlight.has(taskId),
    start(): void {
      if (active) return;
      active = true;
      unsubscribe = db.onNudge(JOBS_CHANNEL, wake);
      poll();
    },
    /** Begins nothing more; resolves when what is in flight has ended, or after `ms`. */
    async drain(ms: number): Promise<void> {
      active = false;
      timer?.cancel();
      unsubscribe?.();
      await claiming;
      let late: Timer | undefined;
      const patience = new Promise<void>((resolve) => (late = clock.after(ms, resolve)));
      await Promise.race([Promise.all(inFlight.values()), patience]);
      late?.cancel();
    },
    /** Resolves when nothing is in flight. */
    async idle(): Promise<void> {
      await Promise.all(inFlight.values());
    },
  };
}
