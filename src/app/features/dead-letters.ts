import { createDeadLettersModule } from '../../modules/dead-letters/index.js';
import type { Foundation } from '../foundation.js';
import { retryTask } from './retry-task.js';

/** Dead letters of all modules; those of tasks are replayed through the ledger. */
export function createDeadLetters(foundation: Foundation) {
  const { config, db, clock, log, events, outbox, tasks, metrics } = foundation;
  const help = 'Dead letters that wait to be replayed or discarded';
  const waiting = metrics.gauge('switchyard_dead_letters_waiting', help, ['reason']);
  return createDeadLettersModule({
    ...{ db, clock, log: log.child({ module: 'dead-letters' }), events, outbox },
    tasks: {
      retry: (tx, id, actor) => retryTask(tasks.api, tx, id, actor),
      payloadOf: async (id) => (await tasks.api.get(id))?.payload,
    },
    keepMs: config.tasks.keepMs,
    onCount: (reason, count) => waiting.set(count, { reason }),
  });
}
