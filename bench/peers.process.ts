/** The peers of the service, each as its users would write it: bare koa, koa with its router, a rabbitmq-client echo. */
import { Router } from '@koa/router';
import Koa from 'koa';
import type { AddressInfo } from 'node:net';
import { Connection } from 'rabbitmq-client';

const TASK = {
  task_status: 'completed',
  task_id: '01936f5e-7b1c-7abc-8def-0123456789ab',
  task_name: 'aggregate_calls',
  received: '2026-01-01T00:00:00.000Z',
  completed: '2026-01-01T00:00:00.004Z',
  error_message: null,
};

function listen(app: Koa): Promise<number> {
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function bareKoa(): Promise<number> {
  const app = new Koa();
  app.use((ctx) => {
    ctx.body = TASK;
  });
  return listen(app);
}

function koaWithRouter(): Promise<number> {
  const app = new Koa();
  const router = new Router();
  router.get('/api/v1/tasks/:task_id', (ctx) => {
    ctx.body = TASK;
  });
  app.use(router.routes());
  return listen(app);
}

/** Persistent messages in and out, each acknowledged when its answer is confirmed. */
async function echo(url: string, into: string, outOf: string): Promise<void> {
  const rabbit = new Connection(url);
  await rabbit.queueDeclare({ queue: outOf, durable: true });
  const publisher = rabbit.createPublisher({ confirm: true });
  const options = {
    queue: into,
    queueOptions: { durable: true },
    qos: { prefetchCount: 100 },
    concurrency: 100,
  };
  const consumer = rabbit.createConsumer(options, ({ body }) =>
    publisher.send({ routingKey: outOf, durable: true, contentType: 'application/json' }, body),
  );
  await new Promise((resolve) => consumer.once('ready', resolve));
}

const [amqpUrl, into = '', outOf = ''] = process.argv.slice(2);
if (amqpUrl) await echo(amqpUrl, into, outOf);
process.send?.({ bare: await bareKoa(), router: await koaWithRouter() });
process.on('disconnect', () => process.exit());
