import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import type { JobRun } from './run-jobs.js';
import { summarise, summaryLines } from './summary.js';

/** Prints the summary; rejects where not every job completed. Where none did for one reason, that reason alone is told. */
export function finishRun(run: JobRun, total: number, { json }: { json: boolean }): void {
  if (run.fatal && run.outcomes.length === 0) throw run.fatal;
  const summary = summarise(run, total);
  process.stdout.write(json ? `${JSON.stringify(summary)}\n` : `${summaryLines(summary).join('\n')}\n`);
  if (run.fatal?.exitCode === EXIT.interrupted) throw run.fatal;
  if (summary.failed === 0) return;
  const reasons = summary.failures.map(({ reason, count }) => `${count} × ${reason}`);
  throw new CliError(`${summary.failed} of ${total} failed`, run.fatal?.exitCode ?? EXIT.failed, reasons);
}
