import type { AmqpJob } from './amqp-load.js';
import type { BenchService } from './bench-service.js';
import type { HttpJob } from './http-load.js';
import type { LoadResult } from './load-result.js';
import { processCpuUs } from './process-cpu.js';
import { ECHO, nameOf, QUEUES, type ServiceKind, type ServiceWorld } from './service-world.js';

/** One figure that is measured in each round. */
export interface ServiceMeasure {
  name: string;
  /** The measure that it is divided by. */
  peer?: string;
  /** What that ratio is to reach. */
  target?: number;
  run(): Promise<Figures>;
}

export interface Figures extends LoadResult {
  /** Processor time of the server for one answer, all threads. */
  cpuUs?: number;
  /** Event-loop delay of the service meanwhile. */
  loopP99Ms?: number;
  /** Resident memory of the service afterwards. */
  rssMb?: number;
}

export const KOA = 'bare koa';
export const KOA_ROUTER = 'koa with router';
export const ECHO_CALL = 'rabbitmq-client echo over two queues';

const HOST = '127.0.0.1';
const TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const CONNECTIONS = 50;
const IN_FLIGHT = 100;
const COLD_CALLERS = 4;
const SECONDS = 2;
/** Tasks that the reads are spread over. */
const TASKS_READ = 200;
const EMBEDDED_SQLITE: ServiceKind = { broker: 'embedded', database: 'SQLite' };
const KINDS: readonly ServiceKind[] = [
  EMBEDDED_SQLITE,
  { broker: 'embedded', database: 'PostgreSQL' },
  { broker: 'RabbitMQ', database: 'SQLite' },
  { broker: 'RabbitMQ', database: 'PostgreSQL' },
];

/** Each call has numbers of its own: correlation ids, and for cold reports a period that nobody asked for before. */
let numbers = 1_600_000_000_000;
function freshNumbers(): number {
  return (numbers += 1_000_000);
}

/** Hot reads, beside koa with its router. */
export function readMeasures(world: ServiceWorld): ServiceMeasure[] {
  let ids: Promise<string[]> | undefined;
  const read = (name: string, prefix: string, target?: number): ServiceMeasure => ({
    name,
    peer: KOA_ROUTER,
    ...(target !== undefined && { target }),
    async run() {
      const service = await world.service(EMBEDDED_SQLITE);
      const paths = (await (ids ??= endedTasks(service))).map((id) => prefix + id);
      return observed(service, () => world.load().run(getJob(service.port, paths, service.headers)));
    },
  });
  return [
    ...httpPeers(world),
    read('GET tasks/{id}', '/api/v1/tasks/', 0.8),
    read('GET report/{id}', '/api/v1/report/'),
  ];
}

export function restMeasures(world: ServiceWorld): ServiceMeasure[] {
  const reports =
    (kind: ServiceKind, cold: boolean): ServiceMeasure['run'] =>
    async () => {
      const service = await world.service(kind);
      const connections = cold ? COLD_CALLERS : CONNECTIONS;
      return observed(service, () => world.load().run(reportJob(service, { connections, cold })));
    };
  return [
    httpPeers(world)[0]!,
    ...KINDS.flatMap((kind): ServiceMeasure[] => [
      {
        name: `POST report, warm (${nameOf(kind)})`,
        peer: KOA,
        ...(kind === EMBEDDED_SQLITE && { target: 0.2 }),
        run: reports(kind, false),
      },
      { name: `POST report, cold (${nameOf(kind)})`, run: reports(kind, true) },
    ]),
  ];
}

export function queueMeasures(world: ServiceWorld): ServiceMeasure[] {
  const calls =
    (kind: ServiceKind, cold: boolean): ServiceMeasure['run'] =>
    async () => {
      const service = await world.service(kind);
      const url = await world.amqpUrl(kind);
      const inFlight = cold ? COLD_CALLERS : IN_FLIGHT;
      return observed(service, () => world.load().run(callJob(url, QUEUES, { inFlight, cold })));
    };
  const echo = async (): Promise<Figures> => {
    const { url, pid } = await world.echo();
    const job = callJob(url, ECHO, { inFlight: IN_FLIGHT, cold: false });
    return withCpu(pid, () => world.load().run(job));
  };
  return [
    { name: ECHO_CALL, run: echo },
    ...KINDS.filter(({ broker }) => broker === 'RabbitMQ').flatMap((kind): ServiceMeasure[] => [
      {
        name: `task_report, warm (${nameOf(kind)})`,
        peer: ECHO_CALL,
        ...(kind.database === 'SQLite' && { target: 0.5 }),
        run: calls(kind, false),
      },
      { name: `task_report, cold (${nameOf(kind)})`, run: calls(kind, true) },
    ]),
  ];
}

/** Cold reports while others are answered warm. */
export function busyMeasures(world: ServiceWorld): ServiceMeasure[] {
  return [
    {
      name: 'warm reports beside cold ones, 20 and 4 callers',
      async run() {
        const service = await world.service(EMBEDDED_SQLITE);
        return observed(service, async () => {
          const [warm] = await Promise.all([
            world.load(0).run(reportJob(service, { connections: 20, cold: false })),
            world.load(1).run(reportJob(service, { connections: COLD_CALLERS, cold: true })),
          ]);
          return warm;
        });
      },
    },
  ];
}

export function startMeasures(world: ServiceWorld): ServiceMeasure[] {
  let started = 0;
  return [
    {
      name: 'start to ready, the time in p50 and p99 (embedded, SQLite)',
      async run() {
        const service = await world.anotherService(`start ${++started}`);
        await service.stop();
        const ms = service.readyMs;
        return { count: 1, perSecond: 1_000 / ms, p50Ms: ms, p99Ms: ms };
      },
    },
  ];
}

function httpPeers(world: ServiceWorld): ServiceMeasure[] {
  const path = '/api/v1/tasks/01936f5e-7b1c-7abc-8def-0123456789ab';
  const peer = (name: string, which: 'bare' | 'router'): ServiceMeasure => ({
    name,
    async run() {
      const { [which]: port, pid } = await world.peers();
      return withCpu(pid, () => world.load().run(getJob(port, [path], {})));
    },
  });
  return [peer(KOA, 'bare'), peer(KOA_ROUTER, 'router')];
}

function getJob(port: number, paths: readonly string[], headers: HttpJob['headers']): HttpJob {
  return {
    kind: 'http',
    host: HOST,
    port,
    method: 'GET',
    paths,
    headers,
    connections: CONNECTIONS,
    seconds: SECONDS,
    status: 200,
  };
}

/** From the request to the report in its answer. */
function reportJob(
  service: BenchService,
  { connections, cold }: { connections: number; cold: boolean },
): HttpJob {
  const job = { numbers: TEN, correlation_id: '#', ...(cold && { from: '#' }) };
  return {
    kind: 'http',
    host: HOST,
    port: service.port,
    method: 'POST',
    paths: ['/api/v1/report'],
    headers: { ...service.headers, 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify(job).replaceAll('"#"', '$N'),
    firstNumber: freshNumbers(),
    connections,
    seconds: SECONDS,
    status: 200,
  };
}

function callJob(
  url: string,
  queues: { into: string; outOf: string },
  { inFlight, cold }: { inFlight: number; cold: boolean },
): AmqpJob {
  const job = { correlation_id: '#', phones: TEN, ...(cold && { from: '#' }) };
  const body = JSON.stringify(job).replaceAll('"#"', '$N');
  return { kind: 'amqp', url, ...queues, body, firstNumber: freshNumbers(), inFlight, seconds: SECONDS };
}

async function withCpu(pid: number, load: () => Promise<LoadResult>): Promise<Figures> {
  const before = await processCpuUs(pid);
  const result = await load();
  return { ...result, cpuUs: ((await processCpuUs(pid)) - before) / result.count };
}

/** What the service says of itself over the time of the load; reading its loop delay begins a new measurement. */
async function observed(service: BenchService, load: () => Promise<LoadResult>): Promise<Figures> {
  const loopP99 = (): Promise<number> => service.metric('switchyard_event_loop_delay_p99_seconds');
  await loopP99();
  const result = await withCpu(service.pid, load);
  const loopP99Ms = (await loopP99()) * 1_000;
  return { ...result, loopP99Ms, rssMb: (await service.metric('process_resident_memory_bytes')) / 2 ** 20 };
}

async function endedTasks(service: BenchService): Promise<string[]> {
  const ids: string[] = [];
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' };
  while (ids.length < TASKS_READ) {
    const body = JSON.stringify({ numbers: TEN, correlation_id: ids.length });
    const answer = await service.fetch('/api/v1/report', { method: 'POST', headers, body });
    if (answer.status !== 200) throw new Error(`no report: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
    ids.push(answer.headers.get('location')!.split('/').at(-1)!);
  }
  return ids;
}
