import { plainReports } from '../support/attempts-file.js';
import { type HistoryView, RestClient, type TaskView } from '../support/rest-client.js';
import type { DatabaseTruth } from './database-truth.js';
import type { DeadLetterFact, EventFact, Facts, ShownTask, TaskFact } from './facts.js';
import type { Site } from './site.js';

const AT_ONCE = 16;
const NEXT = /<([^>]+)>; rel="next"/;

/** What REST says of every task. */
export async function shownTasks(url: string): Promise<Map<string, ShownTask>> {
  const rest = new RestClient(url);
  const shown = new Map<string, ShownTask>();
  const views = await allTasks(rest);
  const next = async (): Promise<void> => {
    for (let view = views.pop(); view; view = views.pop())
      shown.set(view.task_id, await showTask(rest, view));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return shown;
}

async function allTasks(rest: RestClient): Promise<TaskView[]> {
  const views: TaskView[] = [];
  for (let path: string | undefined = '/api/v1/tasks?limit=1000'; path !== undefined;) {
    const { body, headers } = await rest.get(path);
    views.push(...(body as { statuses: TaskView[] }).statuses);
    const link: string | undefined = NEXT.exec(headers.get('link') ?? '')?.[1];
    path = link === undefined ? undefined : pathOf(new URL(link, rest.url));
  }
  return views;
}

const pathOf = ({ pathname, search }: URL): string => pathname + search;

async function showTask(rest: RestClient, view: TaskView): Promise<ShownTask> {
  const history: HistoryView[] = await rest.history(view.task_id);
  if (view.task_status !== 'completed') return { view, history };
  const { status, text } = await rest.get(`/api/v1/report/${view.task_id}`);
  return { view, history, ...(status === 200 ? { report: text } : {}) };
}

type StoredFacts = Pick<Facts, 'tasks' | 'results' | 'events' | 'outbox' | 'deadLetters'>;

/** What the tables say; the service has stopped. */
export async function storedFacts(truth: DatabaseTruth): Promise<StoredFacts> {
  const position = truth.dialect === 'sqlite' ? 'id' : 'position';
  const tasks = await truth.rows<TaskFact>(
    'select id, state, attempt, correlation_id, source, owner, ended_at from tasks order by id',
  );
  const results = await truth.rows<{ task_id: string }>('select task_id from task_results');
  const events = await truth.rows<EventFact>(
    `select ${position} as position, type, subject, data from events order by id`,
  );
  const [outbox] = await truth.rows<{ count: number }>('select count(*) as count from broker_outbox');
  const deadLetters = await truth.rows<DeadLetterFact>(
    'select kind, source, reason, properties from dead_letters',
  );
  return {
    tasks: tasks.map((task) => ({ ...task, attempt: numberOf(task.attempt) })),
    results: results.map(({ task_id }) => task_id),
    events: events.map((event) => ({
      ...event,
      position: event.position === null ? null : numberOf(event.position),
    })),
    outbox: numberOf(outbox!.count),
    deadLetters,
  };
}

/** PostgreSQL's client gives its large whole numbers as text. */
function numberOf(value: number | string): number {
  return Number(value);
}

/** What the queues hold; they are empty afterwards. */
export async function queueFacts({
  queues,
  brokerProxy,
}: Site): Promise<Pick<Facts, 'edgeQueue' | 'answers' | 'deadMessages'>> {
  return {
    edgeQueue: await queues.depth('task_report'),
    answers: await queues.takeAll('ready_report'),
    deadMessages: brokerProxy ? await queues.takeAll('task_report.dead') : null,
  };
}

export function expectedReports(site: Site): Promise<Map<number, unknown>> {
  return plainReports(site.dataFiles[0]!);
}
