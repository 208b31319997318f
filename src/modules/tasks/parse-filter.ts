import { invalidInput } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import { storableText } from './correlation-id.js';
import { equipmentKey, phoneKey, wordKeys } from './search-keys.js';
import type { Priority, TaskSource, TaskState } from './task.js';
import type { TaskFilter } from './task-filter.js';

const MOST_WORDS = 8;

/** What a list or a bulk is asked for, its form checked already. */
export interface FilterInput {
  type?: string;
  status?: TaskState;
  phone?: number;
  equipment_id?: string;
  correlation_id?: string;
  from?: Date;
  to?: Date;
  error?: string;
  priority?: Priority;
  source?: TaskSource;
  retry_of?: string;
}

/** @param at where the input stood, for messages: `/query`, `/filter`. Throws a 422. */
export function parseFilter(input: FilterInput, at: string): TaskFilter {
  const { type, status, correlation_id, from, to, priority, source } = input;
  const filter: TaskFilter = {};
  if (status) filter.states = [status];
  if (type !== undefined) filter.type = storableText(type);
  if (priority) filter.priority = priority;
  if (source) filter.source = source;
  if (correlation_id !== undefined) filter.correlationKey = storableText(correlation_id);
  if (from) filter.fromMs = from.getTime();
  if (to) filter.toMs = to.getTime();
  return { ...filter, ...keysOf(input, at), ...retryOf(input, at) };
}

function keysOf({ phone, equipment_id, error }: FilterInput, at: string): Pick<TaskFilter, 'keys'> {
  const keys: string[] = [];
  if (phone !== undefined) keys.push(phoneKey(phone));
  if (equipment_id !== undefined) keys.push(equipmentKey(storableText(equipment_id)));
  if (error !== undefined) keys.push(...wordsOf(error, at));
  return keys.length > 0 ? { keys } : {};
}

function wordsOf(error: string, at: string): string[] {
  const words = wordKeys(error);
  if (words.length >= 1 && words.length <= MOST_WORDS) return words;
  const detail = `must have 1 to ${MOST_WORDS} words, got ${words.length}`;
  throw invalidInput([{ pointer: `${at}/error`, detail }]);
}

function retryOf({ retry_of }: FilterInput, at: string): Pick<TaskFilter, 'retryOf'> {
  if (retry_of === undefined) return {};
  if (isUuid(retry_of)) return { retryOf: retry_of };
  throw invalidInput([{ pointer: `${at}/retry_of`, detail: 'must be the id of a task: a lower-case UUID' }]);
}
