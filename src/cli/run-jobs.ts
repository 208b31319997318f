import { CliError, interrupted } from './cli-error.js';
import { EXIT } from './exit-codes.js';

/** One job that went well. */
export interface JobOutcome {
  /** From request to result. */
  latencyMs: number;
  /** The report's own `total_duration`. */
  durationS: number;
}

export interface JobRun {
  outcomes: JobOutcome[];
  /** How often which failure came. */
  failures: Map<string, number>;
  /** What ended the run before its time: nothing further could have succeeded. */
  fatal: CliError | undefined;
  elapsedMs: number;
}

export interface JobOptions {
  count: number;
  concurrency: number;
  signal: AbortSignal;
  /** After each job. */
  onDone: (done: number) => void;
}

const MOST_FAILURES_TOLD = 20;
const FATAL: readonly number[] = [EXIT.unreachable, EXIT.notAllowed, EXIT.interrupted, EXIT.usage];

/** Runs `count` jobs, `concurrency` of them at a time, and gathers what became of them. */
export async function runJobs(
  job: (index: number) => Promise<JobOutcome>,
  options: JobOptions,
): Promise<JobRun> {
  const run: JobRun = { outcomes: [], failures: new Map(), fatal: undefined, elapsedMs: 0 };
  const start = performance.now();
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    while (next < options.count && !run.fatal && !options.signal.aborted) {
      await job(next++).then(
        (outcome) => void run.outcomes.push(outcome),
        (error: unknown) => noteFailure(run, error),
      );
      options.onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, options.count) }, worker));
  if (options.signal.aborted) run.fatal ??= interrupted();
  run.elapsedMs = performance.now() - start;
  return run;
}

function noteFailure(run: JobRun, error: unknown): void {
  if (!(error instanceof CliError)) throw error;
  if (FATAL.includes(error.exitCode)) run.fatal ??= error;
  const line = [error.message, ...error.details.filter((detail) => !detail.startsWith('request id '))].join(
    '; ',
  );
  const told = run.failures.has(line) || run.failures.size < MOST_FAILURES_TOLD ? line : 'other failures';
  run.failures.set(told, (run.failures.get(told) ?? 0) + 1);
}
