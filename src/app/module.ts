import type { HotRead } from '../kernel/hot-read.js';
import type { InboundCall } from '../kernel/inbound-call.js';
import type { LiveTopic } from '../kernel/live-topic.js';
import type { MessageCatalog } from '../kernel/message-catalog.js';
import type { PartState } from '../kernel/part-state.js';
import type {
  BatchHandler,
  BatchOptions,
  DeliveryHandler,
  NewsHandler,
  Topology,
} from '../platform/broker/index.js';
import type { TaskRunner } from '../modules/tasks/index.js';

/** A queue that a module reads. */
export interface QueueConsumer {
  queue: string;
  prefetch: number;
  handler: DeliveryHandler;
}

/** A stream that a module reads on every replica. */
export interface StreamListener {
  stream: string;
  handler: NewsHandler;
}

/** A queue that a module reads many messages of at once. */
export interface QueueBatchConsumer extends BatchOptions {
  batchHandler: BatchHandler;
}

/** What a module hands to the composition root; all but its name where it has any. */
export interface Module {
  name: string;
  controllers?: readonly object[];
  hotReads?: readonly HotRead[];
  inboundCalls?: readonly InboundCall[];
  consumers?: readonly (QueueConsumer | QueueBatchConsumer)[];
  listeners?: readonly StreamListener[];
  topology?: Topology;
  runners?: readonly TaskRunner[];
  topics?: readonly LiveTopic[];
  /** Its queues and topics as `/asyncapi.json` describes them. */
  messages?: MessageCatalog;
  /** Its parts of the process as `/readyz` shows them, by name. None of them is required for accepting work. */
  parts?: () => Record<string, PartState>;
  /** With database, cache and threads running, before the ledger hands out work. Waits for nothing that may be away. */
  start?: () => Promise<void>;
  /** When the intake has stopped: begins nothing more at other systems, and waits for what is under way there for up to `ms`. */
  drain?: (ms: number) => Promise<void>;
  /** When the intake has stopped and the ledger has drained; broker and database still run. */
  stop?: () => Promise<void>;
}
