import { systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { LeaderDuties, Leadership } from './database.js';
import { DutyRunner } from './duty-runner.js';

const RETRY_MS = 1_000;

/** Leadership where the database has one process only: held while the database is up. */
export class LocalLeadership implements Leadership {
  readonly #runner: DutyRunner;
  #up = false;
  #stopped = false;

  constructor(
    role: string,
    duties: LeaderDuties,
    log: Logger,
    private readonly onStop: (leadership: LocalLeadership) => void,
  ) {
    this.#runner = new DutyRunner(role, duties, log, () => this.#retry());
  }

  isLeader(): boolean {
    return this.#runner.inCharge;
  }

  /** Resolves when duties that end have ended. */
  async setUp(up: boolean): Promise<void> {
    this.#up = up && !this.#stopped;
    if (this.#up) this.#runner.begin();
    else await this.#runner.end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.onStop(this);
    await this.setUp(false);
  }

  #retry(): void {
    void this.#runner.end();
    systemClock.after(RETRY_MS, () => {
      if (this.#up) this.#runner.begin();
    });
  }
}
