import type { AmqpClient } from '../support/amqp-client.js';
import type { RestClient } from '../support/rest-client.js';
import type { QueueContract } from './queue-contracts.js';

/** How many messages have become what their contract says; where several may become one, from `least` to `most`. */
export interface Taken {
  least: number;
  most: number;
  /** Whether that holds of all jobs by the contract, as far as each can be told from the others. */
  isComplete: boolean;
}

export interface DeadLetter {
  reason: unknown;
  detail: unknown;
  /** The queue that it came by. */
  source: unknown;
  /** One character a byte; undefined where it is sealed. */
  body?: string;
}

interface Outcomes {
  contract: QueueContract;
  rest: RestClient;
}

/** Of the messages that were sent so far, and of the jobs among them, from now on. */
export async function takenCounter(
  client: AmqpClient,
  { contract: { becomes }, rest }: Outcomes,
): Promise<(messages: readonly Buffer[], jobs: ReadonlySet<string>) => Promise<Taken>> {
  if (typeof becomes === 'object' && 'toldIn' in becomes) {
    const told = await client.read(becomes.toldIn);
    return (messages, jobs) =>
      Promise.resolve(
        countTold(
          told.map(({ content }) => content),
          messages,
          jobs,
        ),
      );
  }
  const count = typeof becomes === 'object' ? becomes.counted : countTasks;
  const before = await count(rest);
  return async () => {
    const taken = (await count(rest)) - before;
    return { least: taken, most: taken, isComplete: true };
  };
}

function countTold(told: readonly Buffer[], messages: readonly Buffer[], jobs: ReadonlySet<string>): Taken {
  const ids = new Set(told.map(taskIdIn));
  return {
    least: told.length,
    most: messages.filter((body) => ids.has(taskIdIn(body))).length,
    isComplete: [...jobs].every((body) => ids.has(taskIdIn(Buffer.from(body, 'latin1')))),
  };
}

function taskIdIn(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString('utf8')) as { task_id?: unknown } | null)?.task_id;
  } catch {
    return undefined;
  }
}

/** Gives all that have come so far. */
export async function deadReader(
  client: AmqpClient,
  { contract: { queue, isSealed }, rest }: Outcomes,
): Promise<() => Promise<DeadLetter[]>> {
  if (isSealed) return () => sealedLetters(rest, queue);
  const messages = await client.read(`${queue}.dead`);
  return () =>
    Promise.resolve(
      messages.map(({ content, properties: { headers } }) => ({
        reason: headers?.['x-reason'] as unknown,
        detail: headers?.['x-detail'] as unknown,
        source: headers?.['x-original-queue'] as unknown,
        body: content.toString('latin1'),
      })),
    );
}

async function sealedLetters(rest: RestClient, queue: string): Promise<DeadLetter[]> {
  const items = await allOf<{ reason: string; error: string; source: string }>(
    rest,
    `/api/v1/dead-letters?source=${queue}&limit=1000`,
    'items',
  );
  return items.map(({ reason, error: detail, source }) => ({ reason, detail, source }));
}

async function countTasks(rest: RestClient): Promise<number> {
  return (await allOf(rest, '/api/v1/tasks?limit=1000', 'statuses')).length;
}

async function allOf<T>(rest: RestClient, path: string, list: string): Promise<T[]> {
  const all: T[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { headers, body } = await rest.get(next);
    all.push(...(body as Record<string, T[]>)[list]!);
    next = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  return all;
}
