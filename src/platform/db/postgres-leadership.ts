import { sleep, systemClock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { backoffMs } from './backoff.js';
import type { LeaderDuties, Leadership } from './database.js';
import { DutyRunner } from './duty-runner.js';
import type { PostgresSession } from './postgres-session.js';

/** The longest pause between two tries for the lock; on average three quarters of it. */
const COMPETE_MS = 1_400;
const KEY = "hashtextextended('switchyard:' || $1, 0)";

/** Whoever holds the role's advisory lock leads; the lock goes with its holder's connection. */
export class PostgresLeadership implements Leadership {
  readonly #runner: DutyRunner;
  readonly #competing: Promise<void>;
  #wake = new AbortController();
  #stopped = false;

  constructor(
    private readonly role: string,
    duties: LeaderDuties,
    private readonly session: PostgresSession,
    private readonly log: Logger,
    private readonly onStop: (leadership: PostgresLeadership) => void,
  ) {
    this.#runner = new DutyRunner(role, duties, log, () => void this.#giveUp());
    this.#competing = this.#compete();
  }

  isLeader(): boolean {
    return this.#runner.inCharge && this.session.isFresh;
  }

  sessionUp(): void {
    this.#wake.abort();
  }

  sessionDown(): void {
    if (this.#runner.inCharge)
      this.log.warn({ role: this.role }, 'leadership lost with the database connection');
    void this.#runner.end();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#competing;
    await this.#giveUp();
    this.onStop(this);
  }

  async #compete(): Promise<void> {
    while (!this.#stopped) {
      if (!this.#runner.inCharge) await this.#try();
      if (this.#stopped) return;
      this.#wake = new AbortController();
      await sleep(systemClock, backoffMs(0, COMPETE_MS, COMPETE_MS), this.#wake.signal);
    }
  }

  async #try(): Promise<void> {
    const { connection } = this.session;
    const rows = await this.session.query(`select pg_try_advisory_lock(${KEY}) as held`, [this.role]);
    if (rows?.[0]?.['held'] !== true || connection !== this.session.connection) return;
    if (this.#stopped) return this.#unlock();
    this.log.info({ role: this.role }, 'this process leads');
    this.#runner.begin();
  }

  /** The lock goes last: the next leader starts when this one's duties have ended. */
  async #giveUp(): Promise<void> {
    if (!this.#runner.inCharge) return this.#runner.end();
    const { connection } = this.session;
    await this.#runner.end();
    if (connection === this.session.connection) await this.#unlock();
  }

  async #unlock(): Promise<void> {
    await this.session.query(`select pg_advisory_unlock(${KEY})`, [this.role]);
  }
}
