import type { CheckResult, Facts, TaskFact } from './facts.js';
import type { Job } from './job.js';
import type { HistoryView } from '../support/rest-client.js';

const ENDED = new Set(['completed', 'error', 'cancelled']);

/** How a job may end. */
const ENDINGS: Readonly<Record<Job['kind'], readonly string[]>> = {
  fast: ['completed'],
  slow: ['completed'],
  unknown: ['error'],
  unwanted: ['completed', 'cancelled'],
  poison: [],
};

/** Tasks by the token that names their job. */
export function tasksByToken({ tasks }: Facts): Map<string, TaskFact[]> {
  const found = new Map<string, TaskFact[]>();
  for (const task of tasks) {
    const token = task.correlation_id ?? '';
    found.set(token, [...(found.get(token) ?? []), task]);
  }
  return found;
}

const isTask = (job: Job): boolean => job.kind !== 'poison';

export function allAccepted({ jobs, accepted, arrived }: Facts): CheckResult {
  const wrong = jobs
    .filter(({ way, key }) => !(way === 'rest' ? accepted.has(key) : arrived.has(key)))
    .map((job) => `job ${job.number} by ${job.way} was never accepted`);
  return { check: 'accepted', looked: jobs.length, wrong };
}

export function noneLost(facts: Facts): CheckResult {
  const found = tasksByToken(facts);
  const wrong = facts.jobs
    .filter((job) => isTask(job) && !found.has(job.correlationId!))
    .map((job) => `job ${job.number} by ${job.way} (${job.correlationId}) has no task`);
  return { check: 'lost', looked: facts.jobs.filter(isTask).length, wrong };
}

export function noneDoubled(facts: Facts): CheckResult {
  const found = tasksByToken(facts);
  const jobs = new Map(facts.jobs.filter(isTask).map((job) => [job.correlationId!, job]));
  const wrong: string[] = [];
  for (const [token, tasks] of found) {
    const job = jobs.get(token);
    const ids = tasks.map(({ id }) => id).join(', ');
    if (!job) wrong.push(`${ids}: no job has the correlation id ${token}`);
    else if (tasks.length > 1)
      wrong.push(`job ${job.number} by ${job.way} became ${tasks.length} tasks: ${ids}`);
    else if (job.way === 'rest') wrong.push(...sameTask(job, tasks[0]!, facts));
  }
  return { check: 'doubled', looked: facts.tasks.length, wrong };
}

/** Its client was told one id, however often it asked, and that is its task's. */
function sameTask(job: Job, { id }: TaskFact, { accepted }: Facts): string[] {
  const told = [...(accepted.get(job.key) ?? [])];
  return told.every((one) => one === id)
    ? []
    : [`job ${job.number} is ${id}, its client was told ${told.join(', ')}`];
}

export function noneStuck({ tasks, jobs }: Facts): CheckResult {
  const kinds = new Map(jobs.map((job) => [job.correlationId, job.kind]));
  const wrong = tasks.flatMap(({ id, state, owner, ended_at, correlation_id }) => {
    if (!ENDED.has(state)) return [`${id} is ${state}${owner === null ? '' : ` at ${owner}`}`];
    if (owner !== null || ended_at === null)
      return [`${id} is ${state}, owner ${owner}, ended at ${ended_at}`];
    const kind = kinds.get(correlation_id);
    return kind && !ENDINGS[kind].includes(state) ? [`${id}, a ${kind} job, ended as ${state}`] : [];
  });
  return { check: 'stuck', looked: tasks.length, wrong };
}

/** From nothing to its state, each step from where the one before led, one ending and that last. */
export function historyReplays({ tasks, shown }: Facts): CheckResult {
  const wrong = tasks.flatMap(({ id, state, attempt }) => {
    const seen = shown.get(id);
    if (!seen) return [`${id} is not shown by REST`];
    const problem = replay(seen.history, state, attempt);
    const viewed = seen.view.task_status;
    if (problem === undefined && viewed === state) return [];
    return [`${id}, shown as ${viewed}: ${problem ?? 'its row says otherwise'}: ${storyOf(seen.history)}`];
  });
  return { check: 'history', looked: tasks.length, wrong };
}

function replay(history: readonly HistoryView[], state: string, attempt: number): string | undefined {
  let at: string | null = null;
  let starts = 0;
  for (const { from, to, attempt: own } of history) {
    if (from !== at) return `a step from ${from} while it was ${at}`;
    if (at !== null && ENDED.has(at)) return `a step after its end`;
    if (from === 'pending' && to === 'in_work') starts++;
    if (own !== starts) return `a step of attempt ${own} during attempt ${starts}`;
    at = to;
  }
  if (at !== state) return `it leads to ${at}, and the task is ${state}`;
  return starts === attempt ? undefined : `${starts} starts, and the task is in attempt ${attempt}`;
}

function storyOf(history: readonly HistoryView[]): string {
  return history.map(({ from, to, reason }) => `${from ?? ''}>${to} (${reason})`).join(' ');
}
