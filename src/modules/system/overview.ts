import type { JobState } from '../../kernel/job-state.js';
import type { PartState } from '../../kernel/part-state.js';
import { MINUTE_MS, minuteOf, toMinutes, type Minute, type Sample } from './sample.js';
import type { Sampler } from './sampler.js';
import type { SamplesRepository } from './samples.repository.js';

const SHOWN_MINUTES = 60;

/** A task that is in work, as others tell it. */
export interface RunningTask {
  id: string;
  type: string;
  createdAt: number;
  startedAt: number | null;
  attempt: number;
}

export interface Progress {
  done: number;
  total: number;
}

/** The process and what it sees, when somebody asks. */
export interface Surroundings {
  version: string;
  startedAt: number;
  readiness: () => { status: string; parts: Readonly<Record<string, PartState>> };
  /** The newest tasks in work, of all replicas. */
  running: (limit: number) => Promise<RunningTask[]>;
  /** Threads, those that work, and jobs that wait for one. */
  workers: () => { threads: number; busy: number; waiting: number };
  /** What runs at times of the clock. */
  schedule: () => Promise<readonly JobState[]>;
}

export interface Overview {
  at: number;
  version: string;
  startedAt: number;
  status: string;
  parts: { name: string; status: string; detail: string | null }[];
  tasks: { waiting: number; running: number; completed: number; failed: number; cancelled: number };
  running: (RunningTask & { progress: Progress | null })[];
  workers: { threads: number; busy: number; waiting: number };
  queues: { name: string; depth: number }[];
  schedule: readonly JobState[];
  /** Oldest first; the last one is the minute so far, as this replica knows it. */
  minutes: Minute[];
}

export interface OverviewDeps {
  now: () => number;
  surroundings: Surroundings;
  sampler: Pick<Sampler, 'current'>;
  repository: Pick<SamplesRepository, 'since'>;
  /** How far a task of this replica is. */
  progressOf: (id: string) => Progress | null;
}

const MOST_RUNNING = 20;

/** Everything that an operator sees first, bounded. `minutes`: how many of the last ones (default 60). */
export async function takeOverview(deps: OverviewDeps, minutes = SHOWN_MINUTES): Promise<Overview> {
  const { surroundings, sampler, repository } = deps;
  const at = deps.now();
  const [stored, current, running, schedule] = await Promise.all([
    repository.since(minuteOf(at) - (minutes - 1) * MINUTE_MS),
    sampler.current(),
    surroundings.running(MOST_RUNNING),
    surroundings.schedule(),
  ]);
  const { status, parts } = surroundings.readiness();
  const told = toMinutes([...stored.filter((sample) => !isCurrent(sample, current)), current]);
  return {
    at,
    version: surroundings.version,
    startedAt: surroundings.startedAt,
    status,
    parts: Object.entries(parts).map(([name, part]) => ({ ...part, name, detail: part.detail ?? null })),
    tasks: { waiting: current.waiting, running: current.running, ...endedIn(told) },
    running: running.map((task) => ({ ...task, progress: deps.progressOf(task.id) })),
    workers: surroundings.workers(),
    queues: Object.entries(current.queues).map(([name, depth]) => ({ name, depth })),
    schedule,
    minutes: told,
  };
}

/** Its own row of this minute may be there already, where its clock went back. */
function isCurrent(sample: Sample, current: Sample): boolean {
  return sample.minute === current.minute && sample.replica === current.replica;
}

function endedIn(minutes: readonly Minute[]): Pick<Overview['tasks'], 'completed' | 'failed' | 'cancelled'> {
  const sum = (of: (minute: Minute) => number): number =>
    minutes.reduce((total, minute) => total + of(minute), 0);
  return {
    completed: sum((minute) => minute.completed),
    failed: sum((minute) => minute.failed),
    cancelled: sum((minute) => minute.cancelled),
  };
}
