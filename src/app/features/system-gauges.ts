import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import type { Gauges } from '../../modules/system/index.js';
import type { TasksApi } from '../../modules/tasks/index.js';
import { deadQueueOf } from '../../platform/broker/index.js';
import type { Broker, OutboxRelay, Topology } from '../../platform/broker/index.js';

export interface SystemGaugesDeps {
  clock: Clock;
  tasks: Pick<TasksApi, 'load'>;
  broker: Pick<Broker, 'depth'>;
  outbox: Pick<OutboxRelay, 'backlog'>;
  topologies: () => readonly Topology[];
}

/** However many ask, queues are not counted more often. */
const FRESH_MS = 1_000;
const OUTBOX = 'outbox';
/** A broker or database that stalls holds nothing else up. */
const PATIENCE_MS = 1_000;

/** Load and queue depths; a queue that cannot be counted now is left out. */
export function createSystemGauges({ clock, tasks, broker, outbox, topologies }: SystemGaugesDeps) {
  let counted: { at: number; queues: Promise<Record<string, number>> } | undefined;

  async function count(): Promise<Record<string, number>> {
    const named = topologies()
      .flatMap(queuesOf)
      .map((name) => inTime(name, broker.depth(name)));
    const waiting = outbox.backlog().then(({ depth }) => depth);
    const depths = await Promise.all([...named, inTime(OUTBOX, waiting)]);
    return Object.fromEntries(depths.filter((entry): entry is [string, number] => entry[1] !== null));
  }

  async function inTime(name: string, depth: Promise<number | null>): Promise<[string, number | null]> {
    const told = new AbortController();
    const late = sleep(clock, PATIENCE_MS, told.signal).then(() => null);
    const found = await Promise.race([depth.catch(() => null), late]);
    told.abort();
    return [name, found];
  }

  return async (): Promise<Gauges> => {
    const now = clock.monotonic();
    if (!counted || now - counted.at >= FRESH_MS) counted = { at: now, queues: count() };
    return { ...tasks.load(), queues: await counted.queues };
  };
}

function queuesOf({ queues }: Topology): string[] {
  return queues.flatMap(({ queue, deadLetters }) => (deadLetters ? [queue, deadQueueOf(queue)] : [queue]));
}
