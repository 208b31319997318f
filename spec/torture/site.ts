import type { RedisServer } from '../support/redis.js';
import type { SmallDisk } from '../support/small-disk.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import type { DatabaseTruth } from './database-truth.js';
import { MESSAGE_MAX_BYTES } from './job.js';
import type { QueuePort } from './queue-port.js';
import type { Replica } from './replica.js';

/** The service with all that it runs on, and the handles to break it by. */
export interface Site {
  readonly replicas: readonly Replica[];
  /** Reports are made of these: one for each replica, all with the same bytes. */
  readonly dataFiles: readonly string[];
  readonly queues: QueuePort;
  readonly truth: DatabaseTruth;
  /** To RabbitMQ, clients included. */
  readonly brokerProxy?: TcpProxy;
  /** Of each replica to PostgreSQL. */
  readonly databaseProxies?: readonly TcpProxy[];
  readonly redis?: RedisServer;
  /** Where the state folder is. */
  readonly disk?: SmallDisk;
  /** The replica that numbers the events and sends the outbox. */
  leader(): Promise<Replica | undefined>;
  /** Copies what the database holds into the run's folder. */
  keepEvidence(): Promise<void>;
  stop(): Promise<void>;
}

export type Env = Readonly<Record<string, string>>;

/** What the service is set to, beside where its database and broker are. */
export function settings(dataFile: string): Env {
  return {
    DATA_FILE: dataFile,
    // While its end is missing, reports are in work.
    DATA_SETTLE_S: '120',
    MESSAGE_MAX_BYTES: String(MESSAGE_MAX_BYTES),
    TASK_LEASE_S: '2',
    // Faults may keep a task from its end for long.
    TASK_DEADLINE_S: '86400',
    TASK_RETRY_BASE_MS: '100',
    TASK_RETRY_MAX_MS: '2000',
    AMQP_CONNECT_WAIT_S: '1',
    AMQP_CONFIRM_TIMEOUT_MS: '3000',
    LOG_LEVEL: 'warn',
  };
}
