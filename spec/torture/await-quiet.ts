import { RestClient } from '../support/rest-client.js';
import type { Site } from './site.js';

const LOOK_EVERY_MS = 300;
const LOOK_WITHIN_MS = 10_000;

/** What the clients have done, and still have to do. */
export interface Clients {
  /** Jobs that are not handed in yet, and cancels under way. */
  open: () => number;
  /** Jobs that go by queue. */
  byQueue: number;
}

/** Waits until nothing waits and nothing runs; returns what still does after `timeoutMs`. */
export async function awaitQuiet(site: Site, clients: Clients, timeoutMs: number): Promise<string[]> {
  const end = Date.now() + timeoutMs;
  for (let quietLooks = 0; ;) {
    const unrest = await look(site, clients).catch((error: unknown) => [String(error)]);
    quietLooks = unrest.length === 0 ? quietLooks + 1 : 0;
    if (quietLooks === 2) return [];
    if (Date.now() > end) return unrest;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function look({ replicas, queues, truth }: Site, { open, byQueue }: Clients): Promise<string[]> {
  if (open() > 0) return [`${open()} jobs are not handed in`];
  const urls = await Promise.all(replicas.map((replica) => replica.whenUp()));
  const rest = new RestClient(urls[0]!, {}, undefined, LOOK_WITHIN_MS);
  const running = [
    ...(await rest.tasks('&task_status=pending')),
    ...(await rest.tasks('&task_status=in_work')),
  ];
  if (running.length > 0) return [`${running.length} tasks have not ended`];
  const depth = await queues.depth('task_report');
  if (depth > 0) return [`${depth} messages wait in task_report`];
  // A broker does not count what a consumer has in hand, as it does over a full disk.
  const taken =
    (await count(truth.rows("select id from tasks where source = 'queue'"))) +
    (await count(truth.rows("select id from dead_letters where kind = 'message'")));
  if (taken < byQueue) return [`${byQueue - taken} messages are in hand`];
  const unsent = await count(truth.rows('select id from broker_outbox limit 100'));
  if (unsent > 0) return [`${unsent} messages wait to be sent`];
  if (truth.dialect === 'sqlite') return [];
  const unnumbered = await count(truth.rows('select id from events where position is null limit 100'));
  return unnumbered > 0 ? [`${unnumbered} events have no number`] : [];
}

async function count(rows: Promise<unknown[]>): Promise<number> {
  return (await rows).length;
}
