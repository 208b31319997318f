import { newUuid } from '../../kernel/ids.js';
import type { OutgoingMessage } from '../../kernel/outbox.js';
import { sealBody } from '../../kernel/seal.js';
import type { Seal } from '../../kernel/seal.js';
import type { ConfigureParameters } from './configure-parameters.js';
import type { FailureReason } from './configurator/provisioning-answer.js';

/** The exchange with its two queues: the names of the predecessor, or others. */
export interface ExchangeNames {
  exchange: string;
  configureQueue: string;
  configuredQueue: string;
  configureKey: string;
  configuredKey: string;
}

/** To whoever configures devices. */
export interface ToConfigure {
  task_id: string;
  equipment_id: string;
  timeoutInSeconds: number;
  parameters: ConfigureParameters;
  /** Ours: epoch ms from which on it must not reach the device; absent where that is never. */
  expires_at?: number;
}

/** How that ended. */
export interface Configured {
  task_id: string;
  equipment_id: string;
  code: 200 | 404 | 500;
  message: string;
  /** Ours: what a 500 was; absent where it is done, and from configurators that do not say. */
  reason?: FailureReason;
}

interface Sent {
  now: number;
  traceparent: string;
}

export function toConfigureMessage(
  names: ExchangeNames,
  seal: Seal,
  content: ToConfigure,
  sent: Sent,
): OutgoingMessage {
  const body = sealBody(seal, Buffer.from(JSON.stringify(content)));
  return {
    ...messageOf(names.exchange, names.configureKey, 'equipment.to-configure.v1', sent),
    body,
    sealed: true,
  };
}

export function configuredMessage(names: ExchangeNames, content: Configured, sent: Sent): OutgoingMessage {
  return {
    ...messageOf(names.exchange, names.configuredKey, 'equipment.configured.v1', sent),
    body: Buffer.from(JSON.stringify(content)),
  };
}

function messageOf(exchange: string, routingKey: string, type: string, { now, traceparent }: Sent) {
  return {
    ...{ exchange, routingKey, type },
    messageId: newUuid(now),
    timestampMs: now,
    headers: { traceparent },
  };
}
