import type { Clock } from '../../../kernel/clock.js';
import type { FieldError } from '../../../kernel/errors.js';
import { isUuid, newUuid } from '../../../kernel/ids.js';
import type { Seal } from '../../../kernel/seal.js';
import { traceFrom } from '../../../kernel/trace.js';
import type { DeliveryHandler } from '../../../platform/broker/broker.js';
import { came, isWhole, parseParameters } from '../configure-parameters.js';
import { isEquipmentId } from '../equipment-id.js';
import type { ToConfigure } from '../exchange-messages.js';
import { readMessage } from '../read-message.js';
import type { JobsRepository } from './jobs.repository.js';
import { sealRequest } from './job-request.js';

export interface ToConfigureConsumerDeps {
  clock: Clock;
  seal: Seal;
  jobs: JobsRepository;
  mostBytes: number;
  /** Whether our own ledger knows the task, and it has ended: then nobody waits for it. */
  hasEnded: (taskId: string) => Promise<boolean>;
}

const MOST_TIMEOUT_S = 900;
const LONGEST_TASK_ID = 128;

/**
 * Takes work from `to_configure`: it is stored as a job, and acknowledged; the work is not done inside the delivery.
 *
 * | what came | what happens |
 * |---|---|
 * | a valid message | a job, its password sealed; acknowledged |
 * | a second one of the same task while the first waits or is in work | acknowledged |
 * | one of a task that has ended meanwhile | acknowledged; the device is left alone |
 * | no JSON, no object, wrong fields, too large | dead letter, which keeps the message sealed |
 * | the database is away | requeued after a pause |
 */
export function createToConfigureConsumer(deps: ToConfigureConsumerDeps): DeliveryHandler {
  return async (delivery, tx) => {
    const read = readMessage(delivery.body, deps.mostBytes);
    if (!read.ok) return { kind: 'dead', reason: read.reason, detail: read.detail };
    const errors: FieldError[] = [];
    const message = parse(read.value, errors);
    if (errors.length > 0 || !message) {
      const detail = errors.map((error) => `${error.pointer} ${error.detail}`).join('; ');
      return { kind: 'dead', reason: 'invalid-job', detail };
    }
    if (isUuid(message.task_id) && (await deps.hasEnded(message.task_id))) return { kind: 'taken' };
    const now = deps.clock.now();
    const trace = traceFrom(delivery.headers['traceparent'], newUuid(now));
    const job = {
      ...{ taskId: message.task_id, equipmentId: message.equipment_id },
      request: sealRequest(deps.seal, message),
      timeoutInSeconds: message.timeoutInSeconds,
      expiresAt: message.expires_at ?? null,
      traceparent: trace.traceparent,
    };
    deps.jobs.add(tx, job, now);
    return { kind: 'taken' };
  };
}

function parse(value: Record<string, unknown>, errors: FieldError[]): ToConfigure | undefined {
  const { task_id, equipment_id, timeoutInSeconds, expires_at } = value;
  const fault = (pointer: string, expected: string, got: unknown): undefined =>
    void errors.push({ pointer, detail: `must be ${expected}, ${came(got)}` });
  if (typeof task_id !== 'string' || task_id === '' || task_id.length > LONGEST_TASK_ID)
    return fault('/task_id', `a string of 1 to ${LONGEST_TASK_ID} characters`, task_id);
  if (typeof equipment_id !== 'string' || !isEquipmentId(equipment_id))
    return fault('/equipment_id', 'letters and digits, at least 6', equipment_id);
  if (!isWhole(timeoutInSeconds, 1, MOST_TIMEOUT_S))
    return fault('/timeoutInSeconds', `a whole number from 1 to ${MOST_TIMEOUT_S}`, timeoutInSeconds);
  if (expires_at !== undefined && !isWhole(expires_at, 0, Number.MAX_SAFE_INTEGER))
    return fault('/expires_at', 'epoch ms', expires_at);
  const parameters = parseParameters(value['parameters'], '/parameters', errors, 'ignored');
  if (!parameters) return undefined;
  return {
    task_id,
    equipment_id,
    timeoutInSeconds,
    parameters,
    ...(expires_at !== undefined && { expires_at }),
  };
}
