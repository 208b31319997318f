import type { Clock } from '../../kernel/clock.js';
import type { Seal } from '../../kernel/seal.js';
import type { TraceContext } from '../../kernel/trace.js';
import type { Tx } from '../../kernel/tx.js';
import { equipmentKey } from '../tasks/index.js';
import type { Idempotency, NewTask, Priority, Task, TaskSource, TasksApi } from '../tasks/index.js';
import type { ConfigureParameters } from './configure-parameters.js';
import { CONFIGURE_TASK, encodePayload, sealPassword } from './configure-payload.js';
import { equipmentLane } from './equipment-id.js';

export { validParameters } from './configure-parameters.js';
export type { ConfigureParameters } from './configure-parameters.js';

/** One device to be configured, checked already. */
export interface ConfigureRequest {
  equipmentId: string;
  /** The longest wait for the provisioning service's answer: 1 to 900. */
  timeoutInSeconds: number;
  parameters: ConfigureParameters;
  /** Whether it replaces what waits for the same device: those tasks end as superseded. Default false. */
  supersede?: boolean;
  /** Epoch ms from which on it never reaches the device. */
  expiresAt?: number;
  /** Epoch ms before which it is not started. */
  notBefore?: number;
  priority?: Priority;
  source: TaskSource;
  /** The token, the queue or the batch. */
  createdBy: string;
  trace: TraceContext;
}

export interface ConfigureEquipmentDeps {
  clock: Clock;
  tasks: TasksApi;
  seal: Seal;
  /** From acceptance to the end, wherever the task is. */
  deadlineMs: number;
  /** Marks in `tx` that what waits for a device and is older than `by` is to end as superseded. */
  supersede: (tx: Tx, equipmentId: string, by: Task) => void;
}

export type ConfigureEquipment = ReturnType<typeof createConfigureEquipment>;

/** Accepts configurations; the password is sealed before anything is stored. */
export function createConfigureEquipment(deps: ConfigureEquipmentDeps) {
  const supersede = (tx: Tx, request: ConfigureRequest, task: Task): void => {
    if (request.supersede) deps.supersede(tx, request.equipmentId, task);
  };
  return {
    /** Adds the task to a transaction of the caller's. Throws `tasks.too-many-waiting`. */
    configure(tx: Tx, request: ConfigureRequest): Task {
      const task = deps.tasks.create(tx, taskOf(deps, request));
      supersede(tx, request, task);
      return task;
    },
    /** The same in a transaction of its own; durable when it resolves. */
    submit: (request: ConfigureRequest, idempotency?: Idempotency): Promise<Task> =>
      deps.tasks.submit(taskOf(deps, request), idempotency, (tx, task) => supersede(tx, request, task)),
  };
}

function taskOf(deps: ConfigureEquipmentDeps, request: ConfigureRequest): NewTask {
  const { equipmentId, timeoutInSeconds, parameters } = request;
  const { password, ...shown } = parameters;
  const { expiresAt, notBefore, priority, source, createdBy, trace } = request;
  return {
    ...{ source, createdBy, trace },
    ...(expiresAt !== undefined && { expiresAt }),
    ...(notBefore !== undefined && { notBefore }),
    ...(priority && { priority }),
    type: CONFIGURE_TASK,
    lane: equipmentLane(equipmentId),
    keys: [equipmentKey(equipmentId)],
    deadlineAt: deps.clock.now() + deps.deadlineMs,
    payload: encodePayload({
      ...{ equipmentId, timeoutInSeconds, parameters: shown },
      password: sealPassword(deps.seal, equipmentId, password),
    }),
  };
}
