import type { ConsumeMessage } from 'amqplib';
import fc from 'fast-check';
import { amqpClient, type AmqpClient } from '../support/amqp-client.js';
import type { OpenApi } from '../support/open-api.js';
import type { RestClient } from '../support/rest-client.js';
import { waitFor } from '../support/wait-for.js';
import { messagesFor, type Message } from './message-arbitraries.js';
import type { QueueContract } from './queue-contracts.js';

const BATCH = 100;
const SETTLED_WITHIN_MS = 120_000;

export interface QueueFuzzOptions {
  api: OpenApi;
  contract: QueueContract;
  amqpUrl: string;
  /** May read tasks; nobody else makes any meanwhile. */
  rest: RestClient;
  seed: number;
  inputs: number;
}

export interface QueueFuzzResult {
  /** All that were sent, those with the id of another one included. */
  sent: number;
  repeated: number;
  tasks: number;
  dead: number;
  answers: number;
  /** How often each reason stands in a dead letter. */
  reasons: Map<string, number>;
  /** What was not as it must be. */
  faults: string[];
}

/** Sends messages to a queue and accounts for each: it is a task, a dead letter with a reason, or was taken before. */
export async function fuzzQueue(options: QueueFuzzOptions): Promise<QueueFuzzResult> {
  const { queue, answers: answered } = options.contract;
  const answerQueues = answered ? [answered.queue] : [];
  const client = await amqpClient(options.amqpUrl, [queue, `${queue}.dead`, ...answerQueues]);
  try {
    const before = await countTasks(options.rest);
    const dead = await client.read(`${queue}.dead`);
    const answers = answered ? await client.read(answered.queue) : [];
    const { sent, repeated, jobs } = await send(client, options);
    const tasks = await settled(options, () => dead.length, sent - repeated, before);
    if (answered) await allAnswered(answers, tasks);
    const faults = [
      ...(tasks + dead.length === sent - repeated
        ? []
        : [`${sent - repeated} came, ${tasks} are tasks, ${dead.length} dead`]),
      ...((await client.channel.checkQueue(queue)).messageCount === 0
        ? []
        : ['messages are left in the queue']),
      ...deadFaults(dead, queue, jobs),
      ...answerFaults(options, answers, tasks),
    ];
    const reasons = tally(dead.map((message) => String(message.properties.headers?.['x-reason'])));
    return { sent, repeated, tasks, dead: dead.length, answers: answers.length, reasons, faults };
  } finally {
    await client.close();
  }
}

/** `jobs`: the bodies that must be tasks. */
async function send(
  client: AmqpClient,
  { api, contract, seed, inputs }: QueueFuzzOptions,
): Promise<{ sent: number; repeated: number; jobs: Set<string> }> {
  const messages = messagesFor(api, contract);
  const jobs = new Set<string>();
  let [sent, repeated] = [0, 0];
  for (let batch = 0; sent < inputs; batch++) {
    for (const message of fc.sample(messages, {
      seed: seed + batch,
      numRuns: Math.min(BATCH, inputs - sent),
    })) {
      if (message.isJob && contract.answers) jobs.add(message.body.toString('latin1'));
      const times = await sendOne(client, contract.queue, message, `fuzz-${seed}-${sent}`);
      sent += times;
      repeated += times - 1;
    }
    await client.channel.waitForConfirms();
  }
  return { sent, repeated, jobs };
}

async function sendOne(client: AmqpClient, queue: string, message: Message, id: string): Promise<number> {
  // Every third has no id, as some producers send none.
  const messageId = id.endsWith('0') || id.endsWith('3') || id.endsWith('6') ? undefined : id;
  const times = message.twice && messageId !== undefined ? 2 : 1;
  for (let i = 0; i < times; i++) {
    client.channel.sendToQueue(queue, message.body, {
      persistent: true,
      ...message.options,
      ...(messageId === undefined ? {} : { messageId }),
    });
  }
  return times;
}

/** Waits until as many are accounted for as came, or nothing changes any more; gives the number of new tasks. */
async function settled(
  { rest }: QueueFuzzOptions,
  dead: () => number,
  expected: number,
  before: number,
): Promise<number> {
  let tasks = 0;
  await waitFor(
    'each message to be a task or a dead letter',
    async () => {
      tasks = (await countTasks(rest)) - before;
      return tasks + dead() >= expected;
    },
    { timeoutMs: SETTLED_WITHIN_MS },
  ).catch(() => undefined);
  return tasks;
}

/** Each task is answered, and many a message that is none: until no more come. */
async function allAnswered(answers: readonly unknown[], tasks: number): Promise<void> {
  let seen = -1;
  await waitFor(
    'the answers',
    () => {
      const isCalm = answers.length === seen;
      seen = answers.length;
      return isCalm && seen >= tasks;
    },
    { timeoutMs: SETTLED_WITHIN_MS, everyMs: 500 },
  ).catch(() => undefined);
}

function deadFaults(dead: readonly ConsumeMessage[], queue: string, jobs: ReadonlySet<string>): string[] {
  return dead.flatMap(({ content, properties: { headers } }) => {
    const shown = JSON.stringify(content.toString('latin1').slice(0, 200));
    const isExplained = Boolean(headers?.['x-reason'] && headers['x-detail']);
    return [
      ...(isExplained ? [] : [`a dead letter without a reason: ${shown}`]),
      ...(headers?.['x-original-queue'] === queue ? [] : [`a dead letter of another queue: ${shown}`]),
      ...(headers?.['x-reason'] === 'handler-failed'
        ? [`the handler failed: ${shown} ${String(headers['x-detail'])}`]
        : []),
      ...(jobs.has(content.toString('latin1')) ? [`a job by the contract is dead: ${shown}`] : []),
    ];
  });
}

function answerFaults(
  { api, contract }: QueueFuzzOptions,
  answers: readonly ConsumeMessage[],
  tasks: number,
): string[] {
  if (!contract.answers) return tasks > 0 ? [`${tasks} tasks of messages that make none`] : [];
  const few = answers.length < tasks ? [`${tasks} tasks, and ${answers.length} answers`] : [];
  const bad = answers.flatMap(({ content }) => {
    const fault = api.faultBy(contract.answers!.schema, JSON.parse(content.toString('utf8')));
    return fault ? [`an answer that is none: ${fault} in ${content.toString('utf8').slice(0, 200)}`] : [];
  });
  return [...few, ...bad];
}

async function countTasks(rest: RestClient): Promise<number> {
  let count = 0;
  let next: string | undefined = '/api/v1/tasks?limit=1000';
  while (next !== undefined) {
    const { headers, body } = await rest.get(next);
    count += (body as { statuses: unknown[] }).statuses.length;
    next = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
  }
  return count;
}

function tally(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
