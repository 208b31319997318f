import type { JobRun } from './run-jobs.js';

/** Seconds for the work and the whole, milliseconds for latencies; `null` where no job completed. */
export interface Summary {
  total: number;
  completed: number;
  failed: number;
  max_task_work_s: number | null;
  min_task_work_s: number | null;
  average_task_work_s: number | null;
  total_working_time_s: number;
  p50_ms: number | null;
  p99_ms: number | null;
  requests_per_second: number;
  failures: { reason: string; count: number }[];
}

export function summarise(run: JobRun, total: number): Summary {
  const durations = run.outcomes.map(({ durationS }) => durationS).sort((a, b) => a - b);
  const latencies = run.outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const completed = durations.length;
  const sum = durations.reduce((so, duration) => so + duration, 0);
  return {
    total,
    completed,
    failed: total - completed,
    max_task_work_s: durations.at(-1) ?? null,
    min_task_work_s: durations[0] ?? null,
    average_task_work_s: completed > 0 ? sum / completed : null,
    total_working_time_s: run.elapsedMs / 1000,
    p50_ms: percentile(latencies, 0.5),
    p99_ms: percentile(latencies, 0.99),
    requests_per_second: run.elapsedMs > 0 ? completed / (run.elapsedMs / 1000) : 0,
    failures: [...run.failures].map(([reason, count]) => ({ reason, count })),
  };
}

/** The nearest rank of sorted values: the smallest one that at least this share does not exceed. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? null;
}

export function summaryLines(summary: Summary): string[] {
  return [
    `Result: ${summary.completed} of ${summary.total} completed`,
    `Max task work duration: ${shown(summary.max_task_work_s, 's')}`,
    `Min task work duration: ${shown(summary.min_task_work_s, 's')}`,
    `Average task work duration: ${shown(summary.average_task_work_s, 's')}`,
    `Total working time: ${shown(summary.total_working_time_s, 's')}`,
    `p50: ${shown(summary.p50_ms, 'ms')}`,
    `p99: ${shown(summary.p99_ms, 'ms')}`,
    `Requests per second: ${summary.requests_per_second.toFixed(1)}`,
  ];
}

function shown(value: number | null, unit: 's' | 'ms'): string {
  return value === null ? '-' : `${value.toFixed(unit === 's' ? 3 : 1)} ${unit}`;
}
