import { readdir, readFile } from 'node:fs/promises';
import { attemptsFile } from '../support/attempts-file.js';
import { committedOpenApi, type OpenApi } from '../support/open-api.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';
import { QUEUES } from './queue-contracts.js';
import { fuzzQueue, type QueueFuzzResult } from './queue-fuzz.js';
import { type Failure, RestFuzz, type Tally } from './rest-fuzz.js';
import { type Sender, sendersWithTokens } from './senders.js';

/** Growth of the memory over a run that is still flat: caches fill, and the collector takes its time. */
const MOST_GROWTH = 1.5;
const MEMORY_SLACK_BYTES = 48 * 2 ** 20;
/** Open files may differ by what the pools of a server hold. */
const DESCRIPTOR_SLACK = 12;
const WARM_UP_SHARE = 0.25;
/** Messages may name reply queues that are not there; that is said, and is as it should be. */
const GONE_READER = /"reason":"unroutable","queue":"amq\./;

export interface FuzzOptions {
  seed: number;
  inputs: number;
  /** Servers to run with; without them everything is embedded. */
  amqpUrl?: string;
  databaseUrl?: string;
  /** Tokens are asked for: of each role, none, junk. Else everyone is an admin. */
  withTokens: boolean;
  /** Of the inputs the share that are messages, where there is a broker. */
  messageShare?: number;
}

export interface FuzzReport {
  /** By call. */
  tallies: Map<string, Tally>;
  queues: { queue: string; result: QueueFuzzResult }[];
  rssBefore: number;
  rssAfter: number;
  seconds: number;
  /** Everything that was not as it must be. */
  failures: Failure[];
}

interface Usage {
  rssBytes: number;
  descriptors: number;
}

/** Starts the service, sends it all inputs, and looks at what it has become. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const api = await committedOpenApi();
  const service = await startService({ env: await environmentOf(options) });
  const startedAt = performance.now();
  try {
    const { senders, ids } = options.withTokens
      ? await sendersWithTokens(service.url)
      : { senders: [], ids: new Set<string>() };
    const messages =
      options.amqpUrl === undefined ? 0 : Math.round(options.inputs * (options.messageShare ?? 0));
    const queues = await fuzzQueues(options, api, clientOf(service, senders), messages);
    let before: Promise<Usage> | undefined;
    const rest = new RestFuzz({
      api,
      port: Number(new URL(service.url).port),
      seed: options.seed,
      inputs: options.inputs - messages,
      ...(senders.length > 0 ? { senders, spared: ids } : {}),
      onProgress: (done) => {
        if (done >= WARM_UP_SHARE * options.inputs) before ??= usageOf(service);
      },
    });
    await rest.run();
    const warm = await (before ?? usageOf(service));
    const after = await calmUsage(service, warm);
    const failures = [
      ...rest.failures.values(),
      ...queues.flatMap(({ queue, result }) => result.faults.map((what) => plain(`${queue}: ${what}`))),
      ...(await uncovered(options)),
      ...usageFailures(warm, after),
      ...(await endFailures(service)),
    ];
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      tallies: rest.tallies,
      queues,
      rssBefore: warm.rssBytes,
      rssAfter: after.rssBytes,
      seconds,
      failures,
    };
  } finally {
    await service.kill();
  }
}

async function environmentOf({
  amqpUrl,
  databaseUrl,
  withTokens,
}: FuzzOptions): Promise<Record<string, string>> {
  return {
    DATA_FILE: await attemptsFile(),
    LOG_LEVEL: 'error',
    // Of so many inputs none may lead to more work than the run waits for.
    TASKS_WAITING_LIMIT: '5000',
    PROVISIONING_STAND_IN_MS: '0',
    ...(withTokens ? {} : { AUTH: 'off' }),
    ...(amqpUrl === undefined ? {} : { AMQP_URL: amqpUrl }),
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  };
}

function clientOf(service: Service, senders: readonly Sender[]): RestClient {
  const header = senders[0]?.header;
  return new RestClient(service.url, header ? { [header[0]]: header[1] } : {});
}

async function fuzzQueues(
  { amqpUrl, seed }: FuzzOptions,
  api: OpenApi,
  rest: RestClient,
  inputs: number,
): Promise<FuzzReport['queues']> {
  const queues: FuzzReport['queues'] = [];
  if (amqpUrl === undefined || inputs === 0) return queues;
  for (const contract of QUEUES) {
    const share = Math.round(inputs / QUEUES.length);
    queues.push({
      queue: contract.queue,
      result: await fuzzQueue({ api, contract, amqpUrl, rest, seed, inputs: share }),
    });
  }
  return queues;
}

/** The queues of the contracts are those that the service consumes, and no others. */
async function uncovered({ amqpUrl }: FuzzOptions): Promise<Failure[]> {
  const broker = amqpUrl === undefined ? undefined : await rabbitmq();
  if (!broker?.controllable) return [];
  const consumed = (await broker.consumedQueues(amqpUrl!)).sort();
  const known = QUEUES.map(({ queue }) => queue).sort();
  const isSame = consumed.join() === known.join();
  return isSame
    ? []
    : [plain(`consumed are ${consumed.join(', ')}, and there are contracts of ${known.join(', ')}`)];
}

/** Once connections are closed and what came last is worked off. */
async function calmUsage(service: Service, warm: Usage): Promise<Usage> {
  let usage = await usageOf(service);
  await waitFor(
    'the memory to settle',
    async () => {
      usage = await usageOf(service);
      return usageFailures(warm, usage).length === 0;
    },
    { timeoutMs: 30_000 },
  ).catch(() => undefined);
  return usage;
}

/** From /proc: 0 where there is none, which then says nothing. */
async function usageOf({ pid }: Service): Promise<Usage> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  return { rssBytes: kilobytes * 1_024, descriptors: descriptors.length };
}

function usageFailures(before: Usage, after: Usage): Failure[] {
  const most = before.rssBytes * MOST_GROWTH + MEMORY_SLACK_BYTES;
  const open = `${before.descriptors} descriptors were open, now ${after.descriptors}`;
  return [
    ...(after.rssBytes <= most
      ? []
      : [plain(`memory grew from ${before.rssBytes} to ${after.rssBytes} bytes`)]),
    // While inputs come, each has a connection of its own; afterwards none.
    ...(after.descriptors <= before.descriptors + DESCRIPTOR_SLACK ? [] : [plain(open)]),
  ];
}

/** It must be alive, have said nothing of an error, and end by itself when it is told to. */
async function endFailures(service: Service): Promise<Failure[]> {
  const printed = service.output();
  const code = await service.stop();
  const said = printed
    .split('\n')
    .filter((line) => /"level":"(error|fatal)"|Warning:|unhandled/i.test(line) && !GONE_READER.test(line));
  return [
    ...(code === 0 ? [] : [plain(`it ended with exit code ${code}`)]),
    ...said.slice(0, 10).map((line) => plain(`it printed: ${line.slice(0, 1_000)}`)),
  ];
}

function plain(what: string): Failure {
  return { what, times: 1, example: '' };
}
