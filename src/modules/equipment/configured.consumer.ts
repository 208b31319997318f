import { isUuid } from '../../kernel/ids.js';
import type { Seal } from '../../kernel/seal.js';
import type { DeliveryHandler, Settlement } from '../../platform/broker/broker.js';
import { hasEnded } from './configure-task.js';
import type { Task, TasksApi } from './configure-task.js';
import { FAILED, FAILURE_REASONS, NOT_FOUND, SUCCESS } from './configurator/provisioning-answer.js';
import type { FailureReason } from './configurator/provisioning-answer.js';
import { CONFIGURE_TASK, decodePayload, openPassword } from './configure-payload.js';
import type { Configured } from './exchange-messages.js';
import { readMessage } from './read-message.js';
import { UNKNOWN_DEVICE } from './task-answer.js';

/** What became of a message, for the metric. */
export type ConfiguredFate = 'finished' | 'late' | 'dead';

export interface ConfiguredConsumerDeps {
  tasks: TasksApi;
  seal: Seal;
  mostBytes: number;
  onFate: (fate: ConfiguredFate, code?: number) => void;
}

const LONGEST_MESSAGE = 1_000;

/**
 * Takes what configurators tell from `configured`, whoever they are: the task ends in the transaction that consumes the message.
 *
 * | what came | what happens |
 * |---|---|
 * | a code of a task that was handed over | the task ends with it; acknowledged |
 * | one of a task that has ended (late, or told twice) | acknowledged; the ending stands |
 * | one of a task that nobody knows, or that is another device's | dead letter |
 * | one of a task that was not handed over yet | dead letter: it cannot have been done |
 * | no JSON, no object, wrong fields, a code other than 200, 404 and 500 | dead letter |
 * | the task ends by another way at that very moment, or the database is away | requeued after a pause |
 */
export function createConfiguredConsumer(deps: ConfiguredConsumerDeps): DeliveryHandler {
  return async (delivery, tx) => {
    const read = readMessage(delivery.body, deps.mostBytes);
    if (!read.ok) return dead(deps, read.reason, read.detail);
    const message = parse(read.value);
    if (typeof message === 'string') return dead(deps, 'invalid-answer', message);
    const task = isUuid(message.task_id) ? await deps.tasks.get(message.task_id) : undefined;
    if (task?.type !== CONFIGURE_TASK) return dead(deps, 'unknown-task', 'no such task is known');
    const fault = faultOf(task, message);
    if (fault) return dead(deps, fault.reason, fault.detail);
    if (hasEnded(task.state)) {
      deps.onFate('late', message.code);
      return { kind: 'taken' };
    }
    deps.tasks.finish(tx, task, outcomeOf(withoutPassword(deps, task, message)), delivery.queue);
    deps.onFate('finished', message.code);
    return { kind: 'taken' };
  };
}

function faultOf(task: Task, message: Configured): { reason: string; detail: string } | undefined {
  if (decodePayload(task.payload).equipmentId !== message.equipment_id) {
    return { reason: 'wrong-equipment', detail: 'the task is that of another equipment' };
  }
  if (hasEnded(task.state) || task.isElsewhere) return undefined;
  return {
    reason: 'not-handed-over',
    detail: `the task is ${task.state} and was not handed to a configurator`,
  };
}

function outcomeOf({ code, message, reason }: Configured) {
  if (code === 200) {
    const body = JSON.stringify({ code, message: SUCCESS });
    return { kind: 'completed' as const, result: { contentType: 'application/json; charset=utf-8', body } };
  }
  if (code === 404) return { kind: 'failed' as const, code: UNKNOWN_DEVICE, message: NOT_FOUND };
  return { kind: 'failed' as const, code: `equipment.${reason ?? 'failed'}`, message: message || FAILED };
}

function parse(value: Record<string, unknown>): Configured | string {
  const { task_id, equipment_id, code, message, reason } = value;
  if (typeof task_id !== 'string') return '/task_id must be a string';
  if (typeof equipment_id !== 'string') return '/equipment_id must be a string';
  if (code !== 200 && code !== 404 && code !== 500) return '/code must be 200, 404 or 500';
  const known = FAILURE_REASONS.find((one) => one === reason);
  return {
    ...{ task_id, equipment_id, code },
    message: typeof message === 'string' ? message.slice(0, LONGEST_MESSAGE) : '',
    ...(known && { reason: known satisfies FailureReason }),
  };
}

/** A configurator may repeat what a device or service said, which may repeat what it was sent. */
function withoutPassword({ seal }: ConfiguredConsumerDeps, task: Task, told: Configured): Configured {
  const { equipmentId, password } = decodePayload(task.payload);
  if (password === null || told.message === '') return told;
  const message = told.message.replaceAll(openPassword(seal, equipmentId, password), '[redacted]');
  return { ...told, message };
}

function dead({ onFate }: ConfiguredConsumerDeps, reason: string, detail: string): Settlement {
  onFate('dead');
  return { kind: 'dead', reason, detail };
}
