import type { Uuid } from '../../kernel/ids.js';
import type { DeadLetterRow } from './broker-tables.js';
import type { DeadLetter, DeadLetterAct, MessageProperties, NewDeadLetter } from './dead-letters.js';
import { jsonOf, withoutNul } from './storable-text.js';

/** All but what a letter holds, which may be large. */
export const LISTED = [
  'id',
  'kind',
  'source',
  'reason',
  'detail',
  'attempts',
  'first_at',
  'last_at',
  'task_id',
  'status',
  'acted_at',
  'acted_by',
  'action_reason',
  'replayed_as',
] as const;

export function rowOf(letter: NewDeadLetter): DeadLetterRow {
  return {
    id: letter.id,
    kind: letter.kind,
    source: withoutNul(letter.source),
    reason: withoutNul(letter.reason),
    detail: withoutNul(letter.detail),
    attempts: letter.attempts,
    first_at: letter.firstAt,
    last_at: letter.lastAt,
    task_id: letter.taskId ?? null,
    body: letter.body ?? null,
    headers: letter.headers ? jsonOf(letter.headers) : null,
    properties: letter.properties ? JSON.stringify(letter.properties) : null,
    status: 'waiting',
    acted_at: null,
    acted_by: null,
    action_reason: null,
    replayed_as: null,
  };
}

export function letterOf(row: Pick<DeadLetterRow, (typeof LISTED)[number]>): DeadLetter {
  return {
    id: row.id as Uuid,
    kind: row.kind,
    source: row.source,
    reason: row.reason,
    detail: row.detail,
    attempts: row.attempts,
    firstAt: row.first_at,
    lastAt: row.last_at,
    ...(row.task_id === null ? {} : { taskId: row.task_id as Uuid }),
    status: row.status,
    actedAt: row.acted_at,
    actedBy: row.acted_by,
    actionReason: row.action_reason,
    replayedAs: row.replayed_as,
  };
}

export function propertiesOf({ properties }: Pick<DeadLetterRow, 'properties'>): MessageProperties {
  return properties === null ? {} : (JSON.parse(properties) as MessageProperties);
}

export function actColumns({ status, at, by, reason, replayedAs }: DeadLetterAct) {
  return {
    status,
    acted_at: at,
    acted_by: by,
    action_reason: reason === null ? null : withoutNul(reason),
    replayed_as: replayedAs,
  };
}
