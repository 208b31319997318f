import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { LeaderDuties } from './database.js';

/**
 * Calls a leader's duties: `stop` at once when leadership ends, even while `start` still runs, but the
 * next `start` only when both have ended.
 */
export class DutyRunner {
  #on = false;
  #settled: Promise<void> = Promise.resolve();

  /** `onFailed` is told when `start` failed while still in charge. */
  constructor(
    private readonly role: string,
    private readonly duties: LeaderDuties,
    private readonly log: Logger,
    private readonly onFailed: () => void,
  ) {}

  get inCharge(): boolean {
    return this.#on;
  }

  begin(): void {
    if (this.#on) return;
    this.#on = true;
    this.#settled = this.#settled.then(() => this.#start());
  }

  /** Resolves when the duties have stopped. */
  end(): Promise<void> {
    if (!this.#on) return this.#settled;
    this.#on = false;
    const stopped = this.#call('stop');
    this.#settled = Promise.all([this.#settled, stopped]).then(() => undefined);
    return this.#settled;
  }

  async #start(): Promise<void> {
    if (!this.#on) return;
    if (!(await this.#call('start')) && this.#on) this.onFailed();
  }

  async #call(what: 'start' | 'stop'): Promise<boolean> {
    try {
      await this.duties[what]();
      return true;
    } catch (error) {
      this.log.error(
        { role: this.role, error: messageOf(error) },
        `the duties of a leader failed to ${what}`,
      );
      return false;
    }
  }
}
