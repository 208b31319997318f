import type { HistoryView } from '../support/rest-client.js';
import type { CheckResult, EventFact, Facts } from './facts.js';

const TYPES: Readonly<Record<string, string>> = {
  '>pending': 'task.created',
  'pending>in_work': 'task.started',
  'in_work>pending': 'task.retrying',
  completed: 'task.completed',
  error: 'task.failed',
  cancelled: 'task.cancelled',
};

export function eventsWithoutGap({ events }: Facts): CheckResult {
  const positions = events.map(({ position }) => position).sort((a, b) => (a ?? 0) - (b ?? 0));
  const wrong = positions.flatMap((position, i) =>
    position === i + 1 ? [] : [`place ${i + 1} has the event of position ${position}`],
  );
  return { check: 'events numbered', looked: events.length, wrong: wrong.slice(0, 20) };
}

/** Each change of state is one event, in the order of the history. */
export function eventsTellHistory({ events, tasks, shown }: Facts): CheckResult {
  const told = new Map<string, EventFact[]>();
  for (const event of [...events].sort((a, b) => (a.position ?? 0) - (b.position ?? 0))) {
    const own = told.get(event.subject);
    if (own) own.push(event);
    else told.set(event.subject, [event]);
  }
  const wrong = tasks.flatMap(({ id, state }) => {
    const own = told.get(`tasks/${id}`) ?? [];
    const expected = (shown.get(id)?.history ?? []).flatMap(typeOf).join(' ');
    const types = own.map(({ type }) => type).join(' ');
    if (types !== expected) return [`${id}: events ${types}, history ${expected}`];
    const last = (JSON.parse(own.at(-1)!.data) as { task_status: string }).task_status;
    return last === state ? [] : [`${id}: the last event says ${last}, the task is ${state}`];
  });
  const ids = new Set(tasks.map(({ id }) => `tasks/${id}`));
  for (const subject of told.keys()) {
    if (subject.startsWith('tasks/') && !ids.has(subject))
      wrong.push(`events of ${subject}, which is not there`);
  }
  return { check: 'events in order', looked: events.length, wrong };
}

function typeOf({ from, to }: HistoryView): string[] {
  // A cancel that was asked for is history, and no change of state.
  if (from === to) return [];
  return [TYPES[`${from ?? ''}>${to}`] ?? TYPES[to] ?? `${from}>${to}`];
}
