import Table from 'cli-table3';
import type { ApiTask } from './api-types.js';
import { readCliEnvironment } from './cli-environment.js';
import type { ApiHistoryEntry, ApiTaskType } from './tasks-client.js';
import { printable } from './terminal-text.js';

export function tasksTable(tasks: readonly ApiTask[]): string {
  const rows = tasks.map((task) => [
    task.task_id,
    task.task_name,
    task.task_status,
    task.received,
    task.completed ?? '',
    (task.error_message ?? '').slice(0, 80),
  ]);
  return table(['Id', 'Type', 'Status', 'Received', 'Ended', 'Error'], rows);
}

export function historyTable(history: readonly ApiHistoryEntry[]): string {
  const rows = history.map((entry) => [
    entry.at,
    entry.from ?? '',
    entry.to,
    String(entry.attempt),
    entry.reason,
    entry.actor,
  ]);
  return table(['At', 'From', 'To', 'Attempt', 'Reason', 'By'], rows);
}

export function typesTable(types: readonly ApiTaskType[]): string {
  const rows = types.map((one) => [
    one.type,
    String(one.waiting),
    String(one.running),
    String(one.concurrency),
    one.paused ? `since ${one.paused_at} by ${one.paused_by}${one.reason ? `: ${one.reason}` : ''}` : '',
  ]);
  return table(['Type', 'Waiting', 'Running', 'At a time', 'Paused'], rows);
}

export function table(head: string[], rows: readonly string[][]): string {
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  const style = { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true };
  const made = new Table({ head, style });
  made.push(...rows.map((row) => row.map(printable)));
  return made.toString();
}
