import type { Connection } from 'rabbitmq-client';
import { messageOf } from '../../kernel/errors.js';
import { createLogger } from '../../platform/log/create-logger.js';
import { deadQueueOf } from '../../platform/broker/index.js';
import type { DeclaredTopology } from '../../platform/broker/index.js';
import { connectToRabbit } from '../amqp-connection.js';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';
import { probeExchange, probeQueue } from './queue-probe.js';
import type { Probe } from './queue-probe.js';
import { readGreeting } from './rabbit-greeting.js';
import type { Greeting } from './rabbit-greeting.js';

/** The oldest version that the specs run on. */
const LEAST_VERSION = [3, 10] as const;

export const checkBroker: Check = {
  name: 'broker',
  async run({ config, signal }) {
    const { url } = config.broker;
    if (url === null) return [ok('broker', 'embedded: queues are in the database, REST is the way in')];
    const greeting = await readGreeting(url, signal).catch((error: unknown) => messageOf(error));
    if (typeof greeting === 'string') return [away(new URL(url).host, greeting)];
    const connection = await connectToRabbit(url, signal, 'switchyard doctor').catch((error: unknown) =>
      messageOf(error),
    );
    if (typeof connection === 'string') return [judgeVersion(greeting), notLetIn(connection)];
    connection.on('error', () => undefined); // told by the call that it breaks
    signal.addEventListener('abort', () => connection.unsafeDestroy(), { once: true });
    const { wantedTopology } = await import('../../app/wanted-topology.js');
    const topology = wantedTopology(config, createLogger({ level: 'fatal', destination: process.stderr }));
    const findings = await inspect(connection, topology);
    await connection.close();
    return [judgeVersion(greeting), ...findings, CONSUMER_TIMEOUT];
  },
};

/** It stands in the server's own configuration; only its management interface tells it. */
const CONSUMER_TIMEOUT = ok(
  'consumer timeout',
  'not knowable over AMQP; any will do, as messages are acknowledged when they are stored, not when the work is done',
);

export function judgeVersion({ product, version }: Greeting): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor >= LEAST_VERSION[1]);
  const found = `${product} ${version}`;
  if (product === 'RabbitMQ' && enough) return ok('broker', found);
  return warn(
    'broker',
    found,
    `Switchyard is not tried with it: use RabbitMQ ${LEAST_VERSION.join('.')} or newer`,
  );
}

async function inspect(connection: Connection, topology: DeclaredTopology): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const exchange of topology.exchanges) {
    if (exchange.exchange.startsWith('amq.')) continue;
    findings.push(judgeProbe(`exchange ${exchange.exchange}`, await probeExchange(connection, exchange)));
  }
  const dead = new Set(
    topology.queues
      .filter(({ queue }) => topology.hasDeadQueue(queue))
      .map(({ queue }) => deadQueueOf(queue)),
  );
  for (const { queue } of topology.queues) {
    const name = `${dead.has(queue) ? 'dead letters' : 'queue'} ${queue}`;
    findings.push(judgeProbe(name, await probeQueue(connection, queue)));
  }
  return findings;
}

export function judgeProbe(check: string, probe: Probe): Finding {
  switch (probe.kind) {
    case 'missing':
      return ok(check, 'not there; made when the service connects');
    case 'same':
      return ok(check, check.startsWith('exchange') ? 'as declared' : `as declared, ${countsOf(probe)}`);
    case 'different':
      return warn(check, `${probe.detail}; ${countsOf(probe)}`, whatToDo(probe.detail));
    case 'refused':
      return fail(check, `${probe.code}: ${probe.detail}`, REFUSED[probe.code] ?? 'see what the broker says');
  }
}

const REFUSED: Readonly<Record<string, string>> = {
  RESOURCE_LOCKED: 'the queue belongs to one connection of somebody else: delete it, or name another queue',
  ACCESS_REFUSED: 'give the user of AMQP_URL the rights to configure, write and read it',
};

function whatToDo(detail: string): string {
  if (detail.includes("'durable'")) {
    return 'it is used as it is, but it and its messages are gone when the broker restarts: delete it when it is empty';
  }
  if (detail.includes("'x-queue-type'")) return 'it is used as it is; another type is all right';
  return 'it is used as it is; see that no limit or expiry among its arguments drops messages';
}

function countsOf({ messages, consumers }: { messages: number; consumers: number }): string {
  return `${messages} messages ready, ${consumers} consumers`;
}

function away(host: string, reason: string): Finding {
  const todo = 'start RabbitMQ, or correct AMQP_URL; the service waits for it and works over REST meanwhile';
  return fail('broker', `${host} is not there for us: ${reason}`, todo);
}

function notLetIn(reason: string): Finding {
  return fail('broker login', reason, 'correct user, password and virtual host in AMQP_URL');
}
