import type { Uuid } from '../../kernel/ids.js';
import type { Tx } from '../../kernel/tx.js';
import type { Actor } from '../../modules/dead-letters/index.js';
import type { TasksApi } from '../../modules/tasks/index.js';

/** Adds to `tx` a new task that does again what an ended one was to do. Rejects with `tasks.removed` where that is gone. */
export async function retryTask(tasks: TasksApi, tx: Tx, id: Uuid, actor: Actor): Promise<Uuid> {
  const { type, payload, source, lane, correlationId } = await tasks.require(id);
  const again = tasks.create(tx, {
    type,
    payload,
    source,
    createdBy: actor.name,
    trace: actor.trace,
    retryOf: id,
    ...(lane === null ? {} : { lane }),
    ...(correlationId === null ? {} : { correlationId }),
  });
  return again.id;
}
