import { createDeadLettersModule } from '../../modules/dead-letters/index.js';
import type { Foundation } from '../foundation.js';

/** Dead letters of all modules; those of tasks are replayed through the ledger. */
export function createDeadLetters(foundation: Foundation) {
  const { config, db, clock, log, events, outbox, tasks, metrics } = foundation;
  const help = 'Dead letters that wait to be replayed or discarded';
  const waiting = metrics.gauge('switchyard_dead_letters_waiting', help, ['reason']);
  return createDeadLettersModule({
    ...{ db, clock, log: log.child({ module: 'dead-letters' }), events, outbox },
    tasks: {
      async retry(tx, id, { name: actor, trace }) {
        return (await tasks.api.addRetry(tx, await tasks.api.require(id), { actor, trace })).id;
      },
      payloadOf: async (id) => (await tasks.api.get(id))?.payload,
    },
    keepMs: config.tasks.keepMs,
    onCount: (reason, count) => waiting.set(count, { reason }),
  });
}
