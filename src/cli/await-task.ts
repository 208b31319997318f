import { performance } from 'node:perf_hooks';
import type { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { pauseMs } from './retry.js';
import { printable } from './terminal-text.js';

const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 500;

export interface WaitOptions {
  timeoutMs: number;
  signal: AbortSignal;
  onStatus?: (status: string) => void;
  /** What is waited for. Default: the report. */
  what?: string;
}

/** Asks until the task has ended, with growing pauses; rejects where it did not complete, or not in time. */
export async function awaitTask(
  client: ApiClient,
  id: string,
  { timeoutMs, signal, onStatus, what = 'the report' }: WaitOptions,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.4, LONGEST_PAUSE_MS)) {
    const task = await client.task(id);
    onStatus?.(task.task_status);
    if (task.task_status === 'completed') return;
    if (task.task_status === 'error' || task.task_status === 'cancelled') {
      const why = task.task_status === 'cancelled' ? 'the task was cancelled' : `${what} failed`;
      throw new CliError(why, EXIT.failed, task.error_message ? [printable(task.error_message)] : []);
    }
    if (performance.now() > end) {
      throw new CliError(`task ${id} has not ended in ${timeoutMs / 1000} s; it goes on`, EXIT.temporary);
    }
    await pauseMs(pause * (0.75 + Math.random() / 2), signal);
  }
}
