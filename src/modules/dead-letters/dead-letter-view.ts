import { toRfc3339 } from '../../kernel/clock.js';
import type { DeadLetter } from './dead-letters.repository.js';

/** A dead letter as REST and events show it. */
export interface DeadLetterView {
  id: string;
  /** `message`: arrived as no valid work, or could not be sent. `task`: failed for good. */
  kind: 'message' | 'task';
  /** The queue it came from or was to go to, or the task's type. */
  source: string;
  /** Short and stable: `invalid-json`, `too-large`, `reports.data-missing`. */
  reason: string;
  /** What was expected and what came. */
  error: string;
  attempts: number;
  first_at: string;
  /** When it was put away. */
  last_at: string;
  task_id: string | null;
  status: 'waiting' | 'replayed' | 'discarded';
  acted_at: string | null;
  /** The token with which it was replayed or discarded. */
  acted_by: string | null;
  /** Why it was discarded. */
  action_reason: string | null;
  /** The id of the message or task that it became. */
  replayed_as: string | null;
}

export function viewOf(letter: DeadLetter): DeadLetterView {
  return {
    id: letter.id,
    kind: letter.kind,
    source: letter.source,
    reason: letter.reason,
    error: letter.detail,
    attempts: letter.attempts,
    first_at: toRfc3339(letter.firstAt),
    last_at: toRfc3339(letter.lastAt),
    task_id: letter.taskId ?? null,
    status: letter.status,
    acted_at: letter.actedAt === null ? null : toRfc3339(letter.actedAt),
    acted_by: letter.actedBy,
    action_reason: letter.actionReason,
    replayed_as: letter.replayedAs,
  };
}

/** As it is when it is put away. */
export const UNTOUCHED = {
  status: 'waiting',
  actedAt: null,
  actedBy: null,
  actionReason: null,
  replayedAs: null,
} as const;
