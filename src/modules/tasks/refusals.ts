/** Why a write about an attempt was refused: the task is no longer in that attempt. */
export const ATTEMPT_SUPERSEDED = 'tasks.attempt-superseded';
/** Why a write about a waiting task was refused. */
export const NOT_WAITING = 'tasks.not-waiting';
/** Why a task was not stored: another call has its idempotency key. */
export const KEY_TAKEN = 'tasks.idempotency-key-taken';
/** Why a step of a bulk was not stored: another process has done it. */
export const BULK_MOVED = 'tasks.bulk-moved';
/** The type of a task that was to be done at once is paused. */
export const TYPE_PAUSED = 'tasks.type-paused';
