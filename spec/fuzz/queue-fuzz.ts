import type { ConsumeMessage } from 'amqplib';
import fc from 'fast-check';
import { amqpClient, type AmqpClient } from '../support/amqp-client.js';
import type { OpenApi } from '../support/open-api.js';
import type { RestClient } from '../support/rest-client.js';
import { waitFor } from '../support/wait-for.js';
import { messagesFor, type Message } from './message-arbitraries.js';
import type { QueueContract } from './queue-contracts.js';
import { type DeadLetter, deadReader, type Taken, takenCounter } from './queue-outcomes.js';

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
  /** That have become what they are for. */
  taken: number;
  dead: number;
  answers: number;
  /** How often each reason stands in a dead letter. */
  reasons: Map<string, number>;
  /** What was not as it must be. */
  faults: string[];
}

/**
 * Sends messages to a queue and accounts for each: it has become what its contract says, a dead letter with a reason, or
 * was taken before.
 */
export async function fuzzQueue(options: QueueFuzzOptions): Promise<QueueFuzzResult> {
  const { queue, answers: answered, isSealed } = options.contract;
  const deadQueues = isSealed ? [] : [`${queue}.dead`];
  const answerQueues = answered ? [answered.queue] : [];
  const client = await amqpClient(options.amqpUrl, [queue, ...deadQueues, ...answerQueues]);
  try {
    const readDead = await deadReader(client, options);
    const answers = answered ? await client.read(answered.queue) : [];
    const countTaken = await takenCounter(client, options);
    const { messages, repeated, jobs } = await send(client, options);
    const { taken, dead } = await settled(() => countTaken(messages, jobs), readDead, messages.length);
    if (answered) await allAnswered(answers, taken.least);
    const faults = [
      ...accountFaults(messages.length, dead.length, taken),
      ...((await client.channel.checkQueue(queue)).messageCount === 0
        ? []
        : ['messages are left in the queue']),
      ...deadFaults(dead, queue, jobs),
      ...answerFaults(options, answers, taken.least),
    ];
    const reasons = tally(dead.map(({ reason }) => String(reason)));
    const sent = messages.length + repeated;
    return {
      sent,
      repeated,
      taken: taken.least,
      dead: dead.length,
      answers: answers.length,
      reasons,
      faults,
    };
  } finally {
    await client.close();
  }
}

/** `messages`: without those that came again under the same id. `jobs`: the bodies that must be taken. */
async function send(
  client: AmqpClient,
  { api, contract, rest, seed, inputs }: QueueFuzzOptions,
): Promise<{ messages: Buffer[]; repeated: number; jobs: Set<string> }> {
  const { job, queue, becomes, keepsNoIds } = contract;
  const arbitrary = messagesFor(api, typeof job === 'function' ? await job(rest) : job);
  const jobs = new Set<string>();
  const messages: Buffer[] = [];
  let [sent, repeated] = [0, 0];
  for (let batch = 0; sent < inputs; batch++) {
    for (const message of fc.sample(arbitrary, {
      seed: seed + batch,
      numRuns: Math.min(BATCH, inputs - sent),
    })) {
      if (message.isJob && becomes !== 'nothing') jobs.add(message.body.toString('latin1'));
      const times = await sendOne(client, queue, message, `fuzz-${seed}-${sent}`);
      const counted = keepsNoIds ? times : 1;
      for (let n = 0; n < counted; n++) messages.push(message.body);
      sent += times;
      repeated += times - counted;
    }
    await client.channel.waitForConfirms();
  }
  return { messages, repeated, jobs };
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

/** Waits until as many are accounted for as came, or nothing changes any more. */
async function settled(
  countTaken: () => Promise<Taken>,
  readDead: () => Promise<DeadLetter[]>,
  expected: number,
): Promise<{ taken: Taken; dead: DeadLetter[] }> {
  let seen = { taken: await countTaken(), dead: await readDead() };
  await waitFor(
    'each message to be taken or a dead letter',
    async () => {
      seen = { taken: await countTaken(), dead: await readDead() };
      return seen.taken.isComplete && seen.taken.most + seen.dead.length >= expected;
    },
    { timeoutMs: SETTLED_WITHIN_MS, everyMs: 50 },
  ).catch(() => undefined);
  return seen;
}

function accountFaults(came: number, dead: number, { least, most, isComplete }: Taken): string[] {
  return [
    ...(least + dead <= came && came <= most + dead
      ? []
      : [`${came} came, ${least} to ${most} were taken, ${dead} dead`]),
    ...(isComplete ? [] : ['of a job by the contract nothing was told']),
  ];
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

function deadFaults(dead: readonly DeadLetter[], queue: string, jobs: ReadonlySet<string>): string[] {
  return dead.flatMap(({ reason, detail, source, body }) => {
    const shown = JSON.stringify(body?.slice(0, 200) ?? 'a sealed message');
    return [
      ...(reason && detail ? [] : [`a dead letter without a reason: ${shown}`]),
      ...(source === queue ? [] : [`a dead letter of another queue: ${shown}`]),
      ...(reason === 'handler-failed' ? [`the handler failed: ${shown} ${String(detail)}`] : []),
      ...(body !== undefined && jobs.has(body) ? [`a job by the contract is dead: ${shown}`] : []),
    ];
  });
}

function answerFaults(
  { api, contract }: QueueFuzzOptions,
  answers: readonly ConsumeMessage[],
  tasks: number,
): string[] {
  if (contract.becomes === 'nothing') return tasks > 0 ? [`${tasks} tasks of messages that make none`] : [];
  if (!contract.answers) return [];
  const few = answers.length < tasks ? [`${tasks} tasks, and ${answers.length} answers`] : [];
  const bad = answers.flatMap(({ content }) => {
    const fault = api.faultBy(contract.answers!.schema, JSON.parse(content.toString('utf8')));
    return fault ? [`an answer that is none: ${fault} in ${content.toString('utf8').slice(0, 200)}`] : [];
  });
  return [...few, ...bad];
}

function tally(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
