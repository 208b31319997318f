import type { Clock } from '../../kernel/clock.js';
import type { NewEvent } from '../../kernel/event.js';
import type { LiveTopic } from '../../kernel/live-topic.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Database } from '../../platform/db/database.js';
import type { Setting } from './configuration.js';
import { overviewView } from './overview-view.js';
import { takeOverview, type Overview, type Progress, type Surroundings } from './overview.js';
import { createSampler, type EndedTask, type Gauges } from './sampler.js';
import { createSamplesRepository } from './samples.repository.js';
import { SystemController } from './system.controller.js';
import { systemMessages } from './system-messages.js';

export type { Setting } from './configuration.js';
export type { Progress, RunningTask, Surroundings } from './overview.js';
export type { EndedTask, Gauges } from './sampler.js';
export { systemMigrations } from './system.migrations.js';

/** The event that tells what has changed of the overview, with the last two of its minutes. */
export const SYSTEM_SAMPLED = 'system.sampled';
export const SYSTEM_SUBJECT = 'system/overview';

const TELL_MS = 2_000;
const TOLD_MINUTES = 2;
/** Attempts that were lost leave theirs behind; the oldest go first. */
const MOST_FOLLOWED = 1_000;

export interface SystemDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  /** Names this process among replicas and restarts. */
  replica: string;
  surroundings: Surroundings;
  gauges: () => Promise<Gauges>;
  loopDelayMs: () => number;
  settings: readonly Setting[];
  /** Whether anybody listens to the topic `system` here; else nothing is put together. */
  isWatched: () => boolean;
  /** Tells those who listen here; not stored. */
  tell: (event: NewEvent) => void;
}

/** How the service is doing, kept by the minute for a day, and its configuration in force. */
export function createSystemModule(deps: SystemDeps) {
  const { db, clock, log, surroundings } = deps;
  const repository = createSamplesRepository(db);
  const sampler = createSampler({ ...deps, repository });
  const progress = new Map<string, Progress>();
  const parts = {
    now: () => clock.now(),
    surroundings,
    sampler,
    repository,
    progressOf: (id: string) => progress.get(id) ?? null,
  };
  const overview = (minutes?: number): Promise<Overview> => takeOverview(parts, minutes);
  const telling = periodically({ clock, log, everyMs: TELL_MS, what: 'telling how the system is' }, tell);
  const topic: LiveTopic = { name: 'system', snapshot: async () => overviewView(await overview()) };

  async function tell(): Promise<void> {
    if (!deps.isWatched()) return;
    const view = overviewView(await overview(TOLD_MINUTES));
    const data = JSON.stringify(view);
    deps.tell({ type: SYSTEM_SAMPLED, subject: SYSTEM_SUBJECT, time: clock.now(), data });
  }

  return {
    name: 'system',
    controllers: [
      new SystemController({ overview, settings: deps.settings, schedule: surroundings.schedule }),
    ],
    topics: [topic],
    messages: systemMessages,
    /** For whoever knows of the tasks of this replica: how far one is, and that one has ended. */
    taskProgress(id: string, done: number, total: number): void {
      progress.delete(id);
      progress.set(id, { done, total });
      if (progress.size > MOST_FOLLOWED) progress.delete(progress.keys().next().value!);
    },
    taskEnded(id: string, ended: EndedTask): void {
      progress.delete(id);
      sampler.ended(ended);
    },
    start(): Promise<void> {
      sampler.start();
      telling.start();
      return Promise.resolve();
    },
    async stop(): Promise<void> {
      await telling.stop();
      await sampler.stop();
    },
  };
}
