import { mkdirSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';

const SUMMARY = '.build/spec-summary.json';

/** Mocha's spec reporter, which also leaves the numbers to the process that started the run. */
class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => this.#leaveSummary());
  }

  #leaveSummary(): void {
    const { passes, failures, pending } = this.stats;
    mkdirSync('.build', { recursive: true });
    writeFileSync(SUMMARY, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
  }
}

// Mocha takes the default export of a reporter's file.
export default Reporter;
