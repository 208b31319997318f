import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { Outbox } from '../../kernel/outbox.js';
import type { Seal } from '../../kernel/seal.js';
import type { Tx } from '../../kernel/tx.js';
import type { EndedTask, Outcome, Task, TaskRunner } from '../tasks/index.js';
import { CONFIGURE_TASK, decodePayload, encodePayload, openPassword } from './configure-payload.js';
import type { EquipmentEnded } from './equipment-ending.js';
import { toConfigureMessage } from './exchange-messages.js';
import type { ExchangeNames } from './exchange-messages.js';
import type { Superseding } from './supersede-waiting.js';
import { SUPERSEDED } from './supersede-waiting.js';
import { answerOf } from './task-answer.js';

export interface ConfigureRunnerDeps {
  clock: Clock;
  seal: Seal;
  outbox: Outbox;
  names: ExchangeNames;
  superseding: Pick<Superseding, 'isSuperseded'>;
  /** Told of each ending, in its transaction. */
  ended: readonly EquipmentEnded[];
}

/** Hand-overs at a time; each is one short transaction. */
const CONCURRENCY = 256;
const MAX_ATTEMPTS = 5;

/** Hands configurations over to a configurator, ours or another: a message in the transaction in which the task leaves this process. */
export function createConfigureRunner(deps: ConfigureRunnerDeps): TaskRunner {
  return {
    type: CONFIGURE_TASK,
    concurrency: CONCURRENCY,
    maxAttempts: MAX_ATTEMPTS,
    run: (task) => handOver(deps, task),
    retried: () => {
      const message = 'The password is not kept once a task has ended; send the configuration again';
      throw new AppError(message, { code: 'equipment.password-removed', kind: 'conflict' });
    },
    keptPayload: (task) => encodePayload({ ...decodePayload(task.payload), password: null }),
    ended: (tx, ended) => tellEnding(deps, tx, ended),
  };
}

async function handOver(deps: ConfigureRunnerDeps, task: Task): Promise<Outcome> {
  const { equipmentId, timeoutInSeconds, parameters, password } = decodePayload(task.payload);
  if (await deps.superseding.isSuperseded(equipmentId, task)) {
    return { kind: 'failed', ...SUPERSEDED, retryable: false };
  }
  const content = {
    ...{ task_id: task.id, equipment_id: equipmentId, timeoutInSeconds },
    parameters: { ...parameters, password: openPassword(deps.seal, equipmentId, password ?? '') },
    ...(task.expiresAt !== null && { expires_at: task.expiresAt }),
  };
  return {
    kind: 'elsewhere',
    reason: 'handed to the configurator',
    handOver: (tx) => {
      const sent = { now: deps.clock.now(), traceparent: task.traceparent };
      deps.outbox.add(tx, toConfigureMessage(deps.names, deps.seal, content, sent));
    },
  };
}

function tellEnding({ ended: listeners }: ConfigureRunnerDeps, tx: Tx, { task, ending }: EndedTask): void {
  const { code, message } = answerOf(task).body;
  const { equipmentId } = decodePayload(task.payload);
  const told = {
    task,
    equipmentId,
    ending,
    code: code as 200 | 404 | 500,
    message: task.errorMessage ?? message,
  };
  for (const listen of listeners) listen(tx, told);
}
