import { mkdirSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';

const SUMMARY = '.build/spec-summary.json';

/**
 * Mocha's spec reporter, which also leaves the numbers to the process that started the run: in the file that its option
 * `summary` names.
 */
class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const { summary = SUMMARY } = (options?.reporterOptions ?? {}) as { summary?: string };
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => this.#leaveSummary(summary));
  }

  #leaveSummary(path: string): void {
    const { passes, failures, pending } = this.stats;
    mkdirSync('.build', { recursive: true });
    writeFileSync(path, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
  }
}

// Mocha takes the default export of a reporter's file.
export default Reporter;
