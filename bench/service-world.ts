import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgres } from '../spec/support/postgres.js';
import { rabbitmq } from '../spec/support/rabbitmq.js';
import { stopSharedServers } from '../spec/support/shared-server.js';
import { writeSampleData } from '../src/modules/reports/sample-data.js';
import type { BenchContext } from './bench-context.js';
import { type BenchService, startBenchService } from './bench-service.js';
import { type LoadGenerator, startLoadGenerator, stopChild } from './load-generator.js';

export const ECHO = { into: 'bench_echo_in', outOf: 'bench_echo_out' };
export const QUEUES = { into: 'task_report', outOf: 'ready_report' };
const PHONES = 200;

export interface Peers {
  /** Ports of a koa that answers everything, and of one with a router. */
  bare: number;
  router: number;
  pid: number;
}

export interface ServiceKind {
  broker: 'embedded' | 'RabbitMQ';
  database: 'SQLite' | 'PostgreSQL';
}

/** What the benchmarks of the service need, started when first asked for. */
export interface ServiceWorld {
  load(which?: number): LoadGenerator;
  peers(): Promise<Peers>;
  /** Where the echo of the peers is, and its process. */
  echo(): Promise<{ url: string; pid: number }>;
  /** The virtual host of a service that reads from RabbitMQ. */
  amqpUrl(kind: ServiceKind): Promise<string>;
  service(kind: ServiceKind): Promise<BenchService>;
  /** Another process, which the caller stops. */
  anotherService(name: string): Promise<BenchService>;
}

export function createServiceWorld(context: BenchContext, nodeOptions: readonly string[]): ServiceWorld {
  const { folder, records, onEnd } = context;
  const dataFile = oneOf(async () => {
    const file = join(folder, 'service-data.json');
    await writeSampleData(file, { records, phones: PHONES, seed: 1 });
    console.log(`data: ${records} call attempts, ${Math.round((await stat(file)).size / 1e6)} MB`);
    return file;
  });
  const vhosts = perKey(async () => {
    onEnd(stopSharedServers);
    return (await rabbitmq()).vhostUrl();
  });
  const services = perKey(async (name: string) => {
    const service = await startBenchService({ folder, name, nodeOptions, env: await envOf(name) });
    onEnd(() => service.stop());
    return service;
  });
  const loads: LoadGenerator[] = [];
  const peers = oneOf(async () => {
    const child = peersProcess([]);
    onEnd(() => stopChild(child));
    return ready(child);
  });
  const echo = oneOf(async () => {
    const url = await vhosts('echo');
    const child = peersProcess([url, ECHO.into, ECHO.outOf]);
    onEnd(() => stopChild(child));
    await ready(child);
    return { url, pid: child.pid! };
  });

  async function envOf(name: string): Promise<Record<string, string>> {
    const env: Record<string, string> = { DATA_FILE: await dataFile() };
    if (name.includes('PostgreSQL')) env['DATABASE_URL'] = await (await postgresql()).createDatabase();
    if (name.includes('RabbitMQ')) env['AMQP_URL'] = await vhosts(name);
    return env;
  }

  function postgresql() {
    onEnd(stopSharedServers);
    return postgres();
  }

  return {
    load(which = 0) {
      if (!loads[which]) {
        const load = (loads[which] = startLoadGenerator());
        onEnd(() => load.stop());
      }
      return loads[which];
    },
    peers,
    echo,
    amqpUrl: (kind) => vhosts(nameOf(kind)),
    service: (kind) => services(nameOf(kind)),
    anotherService: async (name) =>
      startBenchService({ folder, name, env: await envOf(name), nodeOptions: [] }),
  };
}

export function nameOf({ broker, database }: ServiceKind): string {
  return `${broker}, ${database}`;
}

function peersProcess(args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL('./peers.process.js', import.meta.url)), args);
}

async function ready(child: ChildProcess): Promise<Peers> {
  const [ports] = (await once(child, 'message')) as [Omit<Peers, 'pid'>];
  return { ...ports, pid: child.pid! };
}

function oneOf<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function perKey<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key)!;
  };
}
