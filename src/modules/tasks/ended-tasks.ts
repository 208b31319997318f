import { LRUCache } from 'lru-cache';
import type { Clock } from '../../kernel/clock.js';
import { timeOfUuid } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Task, TaskResult } from './task.js';
import { viewOf } from './task-view.js';

export interface EndedTaskEntry {
  task: Task;
  /** The task object that REST shows, serialised once. */
  view: string;
  /** Null where it has none; undefined where that is not known here. */
  result: TaskResult | null | undefined;
  /** From then on retention may remove it; epoch ms. */
  keptUntil: number;
}

export interface EndedTasks {
  /** Undefined says nothing: the ledger knows. */
  get(id: string): EndedTaskEntry | undefined;
  add(task: Task, result: TaskResult | null | undefined): void;
  addResult(id: Uuid, result: TaskResult | null): void;
}

/** What an entry takes beside its texts. */
const ENTRY_BYTES = 2_048;

/**
 * Ended tasks in memory, those used longest ago leave first. Nothing here can be out of date: an ended task never
 * changes, and one that retention may remove, here or on another replica, is not answered from memory any more.
 */
export function createEndedTasks({
  clock,
  memoryBytes,
  keepMs,
}: {
  clock: Clock;
  memoryBytes: number;
  keepMs: number;
}): EndedTasks {
  const entries = new LRUCache<string, EndedTaskEntry>({
    maxSize: Math.max(1, memoryBytes),
    sizeCalculation: ({ task, view, result }) =>
      ENTRY_BYTES + task.payload.length + view.length + (result?.body.length ?? 0),
  });

  return {
    get(id) {
      const entry = entries.get(id);
      return entry && entry.keptUntil >= clock.now() ? entry : undefined;
    },
    add(task, result) {
      entries.set(task.id, { task, view: viewOf(task), result, keptUntil: timeOfUuid(task.id) + keepMs });
    },
    addResult(id, result) {
      const entry = entries.get(id);
      if (entry) entries.set(id, { ...entry, result });
    },
  };
}
