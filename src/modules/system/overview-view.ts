import { toRfc3339 } from '../../kernel/clock.js';
import type { Overview } from './overview.js';
import { jobView } from './job-view.js';
import type { JobOut } from './job-view.js';
import type { Minute } from './sample.js';

/** How the service is doing. */
export interface OverviewOut {
  /** When this was put together. */
  at: string;
  version: string;
  /** When the process that answers was started. */
  started_at: string;
  /** In a word: ok, degraded, starting, stopping, down. */
  status: string;
  /** What the process consists of, as `/readyz` tells it. */
  parts: PartOut[];
  tasks: TaskCountsOut;
  /** The newest tasks in work, at most 20. */
  running: RunningTaskOut[];
  workers: WorkersOut;
  queues: QueueOut[];
  /** What runs at times of the clock. */
  schedule: JobOut[];
  /** Oldest first, at most 60; minutes in which no replica ran are left out. The last one is the minute so far. */
  minutes: MinuteOut[];
}

export interface PartOut {
  name: string;
  status: string;
  detail: string | null;
}

export interface TaskCountsOut {
  waiting: number;
  running: number;
  /** In the minutes shown, like the next two. */
  completed: number;
  failed: number;
  cancelled: number;
}

export interface RunningTaskOut {
  task_id: string;
  task_name: string;
  received: string;
  /** When its present attempt was started. */
  started: string | null;
  attempt: number;
  /** Null where the runner tells nothing, or another replica runs it. */
  progress: ProgressOut | null;
}

/** In units of the runner: bytes of the data file for a report. */
export interface ProgressOut {
  done: number;
  total: number;
}

/** Threads of the process that answers. */
export interface WorkersOut {
  threads: number;
  busy: number;
  /** Jobs that wait for a thread. */
  waiting: number;
}

export interface QueueOut {
  name: string;
  /** Messages ready. */
  depth: number;
}

export interface MinuteOut {
  /** When the minute began. */
  at: string;
  completed: number;
  failed: number;
  cancelled: number;
  /** From acceptance to the end, of tasks that completed or failed; within 4 %. Null where none ended. */
  latency_p50_ms: number | null;
  latency_p95_ms: number | null;
  waiting: number;
  running: number;
  /** Messages ready at the end of the minute. */
  queues: { [name: string]: number };
  /** The longest that an event loop was held up. */
  loop_delay_ms: number;
}

export function overviewView(overview: Overview): OverviewOut {
  const { at, version, startedAt, status, parts, tasks, workers, queues } = overview;
  return {
    at: toRfc3339(at),
    version,
    started_at: toRfc3339(startedAt),
    status,
    parts,
    tasks,
    running: overview.running.map((task) => ({
      task_id: task.id,
      task_name: task.type,
      received: toRfc3339(task.createdAt),
      started: task.startedAt === null ? null : toRfc3339(task.startedAt),
      attempt: task.attempt,
      progress: task.progress,
    })),
    workers,
    queues,
    schedule: overview.schedule.map(jobView),
    minutes: overview.minutes.map(minuteView),
  };
}

function minuteView(minute: Minute): MinuteOut {
  return {
    at: toRfc3339(minute.minute),
    completed: minute.completed,
    failed: minute.failed,
    cancelled: minute.cancelled,
    latency_p50_ms: minute.latencyP50Ms,
    latency_p95_ms: minute.latencyP95Ms,
    waiting: minute.waiting,
    running: minute.running,
    queues: minute.queues,
    loop_delay_ms: Math.round(minute.loopDelayMs * 10) / 10,
  };
}
