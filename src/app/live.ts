import type { Clock } from '../kernel/clock.js';
import type { EventLog } from '../kernel/event.js';
import type { Logger } from '../kernel/logger.js';
import { createLiveModule, type LiveAccess, type LiveModule } from '../modules/live/index.js';
import { progressEvent, type TasksModule } from '../modules/tasks/index.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import type { Config } from './config.js';

export interface LiveParts {
  config: Config;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  events: EventLog;
  access: LiveAccess;
  tasks: Pick<TasksModule, 'onProgress'>;
}

/** The live channel, which hears of the progress of tasks beside what is in the event log. */
export function createLive({ config, clock, log, metrics, events, access, tasks }: LiveParts): LiveModule {
  const live = createLiveModule({
    ...{ clock, metrics, events, access },
    log: log.child({ module: 'live' }),
    config: config.live,
  });
  tasks.onProgress((task, done, total) =>
    live.tellProgress(`tasks/${task.id}`, () => progressEvent(task, done, total, clock.now())),
  );
  return live;
}
