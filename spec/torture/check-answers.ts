import { isDeepStrictEqual } from 'node:util';
import { tasksByToken } from './check-tasks.js';
import type { CheckResult, Facts } from './facts.js';
import type { Job } from './job.js';
import type { Found } from './queue-port.js';

const TOKEN = /"correlation_id":("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+)/;

/** As it stands in the text: what JSON.parse makes of it may be another number. */
function tokenOf(body: string): string {
  return TOKEN.exec(body)?.[1] ?? '';
}

export function oneResultEach({ tasks, results, shown, jobs, expected }: Facts): CheckResult {
  const stored = new Set(results);
  const byToken = new Map(jobs.map((job) => [job.correlationId, job]));
  const wrong = tasks.flatMap(({ id, state, correlation_id }) => {
    if (stored.has(id) !== (state === 'completed'))
      return [`${id} is ${state}, a result is stored: ${stored.has(id)}`];
    if (state !== 'completed') return [];
    const job = byToken.get(correlation_id);
    const problem = job && reportProblem(shown.get(id)?.report, job, expected);
    return problem === undefined ? [] : [`${id}: ${problem}`];
  });
  if (stored.size !== results.length)
    wrong.push(`${results.length - stored.size} tasks have more than one result`);
  return { check: 'results', looked: results.length, wrong };
}

function reportProblem(
  report: string | undefined,
  { correlationId, phones }: Job,
  expected: ReadonlyMap<number, unknown>,
): string | undefined {
  if (report === undefined) return 'no report is shown';
  if (tokenOf(report) !== correlationId)
    return `correlation id ${tokenOf(report)} instead of ${correlationId}`;
  const { data } = JSON.parse(report) as { data: unknown };
  const right = phones.map((phone) => expected.get(phone));
  return isDeepStrictEqual(data, right)
    ? undefined
    : `another report than that of phones ${phones.join(', ')}`;
}

/** Each job that came by queue is answered, as often as may be but always with the same message. */
export function answeredOnce(facts: Facts): CheckResult {
  const answers = new Map<string, Found[]>();
  for (const answer of facts.answers) {
    const token = tokenOf(answer.body);
    answers.set(token, [...(answers.get(token) ?? []), answer]);
  }
  const tasks = tasksByToken(facts);
  const asked = facts.jobs.filter(({ way, correlationId }) => way === 'queue' && correlationId !== null);
  const wrong = asked.flatMap((job) => {
    const state = tasks.get(job.correlationId!)?.[0]?.state;
    const problem = answerProblem(answers.get(job.correlationId!) ?? [], state === 'completed');
    answers.delete(job.correlationId!);
    return problem === undefined ? [] : [`job ${job.number}, ${job.kind}, ${state ?? 'no task'}: ${problem}`];
  });
  for (const token of answers.keys()) wrong.push(`an answer to ${token}, which nobody asked by queue`);
  return { check: 'answers', looked: facts.answers.length, wrong };
}

function answerProblem(answers: readonly Found[], isComplete: boolean): string | undefined {
  if (answers.length === 0) return 'no answer';
  const ids = new Set(answers.map(({ messageId }) => messageId));
  if (ids.size > 1) return `${ids.size} answers: ${[...ids].join(', ')}`;
  if (new Set(answers.map(({ body }) => body)).size > 1) return 'one message id with different bodies';
  const { status } = JSON.parse(answers[0]!.body) as { status: string };
  return status === (isComplete ? 'Complete' : 'Error') ? undefined : `answered as ${status}`;
}

/** In the store once, in `task_report.dead` at least once, both with the reason; and nothing but poison. */
export function poisonIsDead({ jobs, deadLetters, deadMessages }: Facts): CheckResult {
  const poison = new Map(jobs.filter(({ kind }) => kind === 'poison').map((job) => [job.key, job]));
  const stored = reasonsByKey(deadLetters, ({ properties, reason }) => [storedKey(properties), reason]);
  const sent = reasonsByKey(deadMessages ?? [], ({ messageId, headers }) => [
    messageId,
    String(headers['x-reason']),
  ]);
  const wrong: string[] = [];
  for (const [key, { number, reason }] of poison) {
    const own = stored.get(key) ?? [];
    if (own.length !== 1 || own[0] !== reason)
      wrong.push(`job ${number}, ${reason}: stored as [${own.join(', ')}]`);
    const copies = new Set(sent.get(key));
    const isSent = copies.size === 1 && copies.has(reason!);
    if (deadMessages && !isSent) {
      wrong.push(`job ${number}, ${reason}: in task_report.dead as [${[...copies].join(', ')}]`);
    }
  }
  for (const [key, why] of [...stored, ...sent]) {
    if (!poison.has(key)) wrong.push(`${key || 'a task'} is a dead letter: ${why.join(', ')}`);
  }
  return { check: 'dead letters', looked: poison.size, wrong };
}

function reasonsByKey<T>(
  found: readonly T[],
  read: (one: T) => [key: string, reason: string],
): Map<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const [key, reason] of found.map(read)) byKey.set(key, [...(byKey.get(key) ?? []), reason]);
  return byKey;
}

function storedKey(properties: string | null): string {
  return properties === null ? '' : ((JSON.parse(properties) as { messageId?: string }).messageId ?? '');
}

export function nothingLeft({ edgeQueue, outbox }: Facts): CheckResult {
  const wrong = [
    ...(edgeQueue > 0 ? [`${edgeQueue} messages are left in task_report`] : []),
    ...(outbox > 0 ? [`${outbox} messages wait in the outbox`] : []),
  ];
  return { check: 'left over', looked: 2, wrong };
}

export function noFaults({ faults }: Facts): CheckResult {
  return { check: 'processes and answers', looked: faults.length, wrong: [...faults] };
}
