import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import { nextTime } from './cron.js';
import type { JobBook } from './job-rows.js';
import type { Job } from './schedule.js';

export interface JobRunnerDeps {
  clock: Clock;
  log: Logger;
  book: JobBook;
}

/** A timer is set no further ahead, as the clock may be set meanwhile. */
const LONGEST_SLEEP_MS = 60_000;
/** A run this late is as good as one in time. */
const GRACE_MS = 1_000;
const AGAIN_MS = 1_000;
/** More are not counted: looking for each takes time. */
const MOST_MISSED = 200;
const MOST_RESULT_CHARS = 500;

/** Runs one job at its times for as long as it is started. */
export class JobRunner {
  #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    private readonly deps: JobRunnerDeps,
    readonly job: Job,
  ) {}

  start(): void {
    if (this.#running) return;
    this.#stopping = new AbortController();
    this.#running = this.#loop(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#running = undefined;
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    while (!signal.aborted) {
      try {
        await this.#next(signal);
      } catch (error) {
        log.warn({ job: this.job.name, error: messageOf(error) }, 'a job of the schedule waits');
        await sleep(clock, AGAIN_MS, signal);
      }
    }
  }

  /** Waits for the next time and works it off; those that passed meanwhile are misfires. */
  async #next(signal: AbortSignal): Promise<void> {
    const { clock, book } = this.deps;
    const { name, cron, misfire } = this.job;
    const last = await book.lastDue(name, clock.now());
    const due = nextTime(cron, last);
    if (due === undefined || due > clock.now()) {
      await sleep(clock, Math.min((due ?? Infinity) - clock.now(), LONGEST_SLEEP_MS), signal);
      return;
    }
    const { newest, missed } = this.#passed(due);
    const isLate = clock.now() - newest > GRACE_MS;
    if (isLate && misfire === 'skip') return book.pass(name, newest, missed + 1);
    if (await book.begin(name, newest, clock.now(), missed)) await this.#run(signal);
  }

  /** The newest time that is due by now, and how many were before it. */
  #passed(first: number): { newest: number; missed: number } {
    const now = this.deps.clock.now();
    let newest = first;
    let missed = 0;
    for (let next = nextTime(this.job.cron, newest); next !== undefined && next <= now;) {
      newest = next;
      if (++missed === MOST_MISSED) return { newest: now, missed };
      next = nextTime(this.job.cron, newest);
    }
    return { newest, missed };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, log, book } = this.deps;
    const { name, run } = this.job;
    let result: string | null = null;
    let error: string | null = null;
    try {
      result = (await run(signal)).slice(0, MOST_RESULT_CHARS);
    } catch (failure) {
      error = messageOf(failure).slice(0, MOST_RESULT_CHARS);
      log.warn({ job: name, err: failure }, 'a job of the schedule failed');
    }
    await book.end(name, { at: clock.now(), result, error });
  }
}
