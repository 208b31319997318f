import { SingleBar } from 'cli-progress';
import ora from 'ora';
import { isInteractive, readCliEnvironment } from './cli-environment.js';

export interface Progress {
  update(value: number, total?: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on stderr where that is a terminal, and else nothing. */
export function startProgress(what: string, total: number): Progress {
  if (!isInteractive()) return SILENT;
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${what} {bar} {percentage} % | {value} of {total} | {duration_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    gracefulExit: false,
  });
  bar.start(total, 0);
  return {
    update: (value, newTotal) => {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(value);
    },
    stop: () => bar.stop(),
  };
}

export interface Spinner {
  say(text: string): void;
  stop(): void;
}

/** A spinner on stderr where that is a terminal, and else nothing. */
export function startSpinner(text: string): Spinner {
  if (!isInteractive()) return { say: () => undefined, stop: () => undefined };
  const color = readCliEnvironment().noColor ? false : 'cyan';
  const spinner = ora({ text, color, stream: process.stderr, discardStdin: false }).start();
  return {
    say: (next) => void (spinner.text = next),
    stop: () => void spinner.stop(),
  };
}
