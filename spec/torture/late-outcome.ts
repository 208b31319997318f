import { putEnd, takeEnd } from '../support/attempts-file.js';
import { waitFor } from '../support/wait-for.js';
import type { Replica } from './replica.js';
import type { Fault } from './schedule.js';
import type { Site } from './site.js';

const WORK_WITHIN_MS = 5_000;
const TAKEOVER_WITHIN_MS = 20_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Reports hang, as the data files lack their ends. Then one replica loses PostgreSQL and comes to its results, which it
 * cannot store; the other takes its tasks over, and is still at work when those results arrive.
 */
export async function lateOutcome(site: Site, { forMs }: Fault, late: Replica): Promise<void> {
  const index = site.replicas.indexOf(late);
  const proxy = site.databaseProxies![index]!;
  const others = site.dataFiles.filter((_, i) => i !== index);
  await Promise.all(site.dataFiles.map(takeEnd));
  // Where nothing comes to hang here, there is nothing to be late with.
  const held = await waitFor('work', () => heldBy(site, late), { timeoutMs: WORK_WITHIN_MS }).catch(() => []);
  proxy.close();
  await putEnd(site.dataFiles[index]!);
  await waitFor('takeover', () => takenOver(site, held), { timeoutMs: TAKEOVER_WITHIN_MS }).catch(
    () => undefined,
  );
  proxy.open();
  await pause(forMs);
  await Promise.all(others.map((file) => putEnd(file)));
}

interface Held {
  id: string;
  /** PostgreSQL's client gives its large whole numbers as text. */
  attempt: number | string;
}

async function heldBy({ truth }: Site, { pid }: Replica): Promise<Held[] | undefined> {
  const rows = await truth.rows<Held>(
    `select id, attempt from tasks where state = 'in_work' and owner like '%-${pid}-%'`,
  );
  return rows.length > 0 ? rows : undefined;
}

async function takenOver({ truth }: Site, held: readonly Held[]): Promise<boolean> {
  if (held.length === 0) return true;
  const ids = held.map(({ id }) => `'${id}'`).join(', ');
  const rows = await truth.rows<Held>(
    `select id, attempt from tasks where state = 'in_work' and id in (${ids})`,
  );
  const before = new Map(held.map(({ id, attempt }) => [id, Number(attempt)]));
  return rows.some(({ id, attempt }) => Number(attempt) > before.get(id)!);
}
