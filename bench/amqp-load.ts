import { Connection } from 'rabbitmq-client';
import type { LoadResult } from './load-result.js';
import { summaryOf } from './load-result.js';

export interface AmqpJob {
  kind: 'amqp';
  url: string;
  /** Where calls go, and where their answers come from; both classic and durable. */
  into: string;
  outOf: string;
  /** JSON with `$N`, which stands for the number that the answer carries as `correlation_id`. */
  body: string;
  firstNumber: number;
  inFlight: number;
  seconds: number;
}

const PREFETCH = 200;

/**
 * A closed loop of calls: persistent messages with confirms in, acknowledged answers out, `inFlight` of them
 * under way all the time. A call lasts from its publishing to its answer.
 */
export async function runAmqpLoad(job: AmqpJob): Promise<LoadResult> {
  const rabbit = new Connection(job.url);
  const publisher = rabbit.createPublisher({ confirm: true });
  try {
    return await calls(rabbit, job, (n) =>
      publisher.send(
        { routingKey: job.into, durable: true, contentType: 'application/json' },
        Buffer.from(job.body.replaceAll('$N', String(n))),
      ),
    );
  } finally {
    await publisher.close();
    await rabbit.close();
  }
}

async function calls(
  rabbit: Connection,
  job: AmqpJob,
  publish: (n: number) => Promise<void>,
): Promise<LoadResult> {
  const sentAt = new Map<number, number>();
  const times: number[] = [];
  let next = job.firstNumber;
  let startedAt = 0;
  const allAnswered = new Promise<void>((resolve, reject) => {
    const call = (): void => {
      const n = next++;
      sentAt.set(n, performance.now());
      publish(n).catch(reject);
    };
    const options = {
      queue: job.outOf,
      queueOptions: { durable: true },
      qos: { prefetchCount: PREFETCH },
      concurrency: PREFETCH,
    };
    const consumer = rabbit.createConsumer(options, ({ body }) => {
      const { correlation_id: n, status } = body as { correlation_id: number; status?: string };
      const from = sentAt.get(n);
      if (from === undefined) return; // of an earlier run
      if (status === 'Error') reject(new Error(`a call failed: ${JSON.stringify(body)}`));
      sentAt.delete(n);
      const now = performance.now();
      times.push(now - from);
      if (now - startedAt < job.seconds * 1_000) return call();
      if (sentAt.size === 0) void consumer.close().then(resolve);
    });
    consumer.on('error', reject);
    consumer.on('ready', () => {
      startedAt = performance.now();
      for (let i = 0; i < job.inFlight; i++) call();
    });
  });
  await allAnswered;
  return summaryOf(times, (performance.now() - startedAt) / 1_000);
}
