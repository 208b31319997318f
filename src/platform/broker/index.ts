export type {
  BatchHandler,
  BatchOptions,
  Broker,
  ConsumeOptions,
  Consumption,
  Delivery,
  DeliveryHandler,
  ExchangeDeclaration,
  News,
  NewsHandler,
  OutgoingMessage,
  PublishOutcome,
  QueueDeclaration,
  Settlement,
  StreamDeclaration,
  Topology,
} from './broker.js';
export type { BrokerTables } from './broker-tables.js';
export {
  LETTER_NOT_WAITING,
  type DeadLetter,
  type DeadLetterAct,
  type DeadLetterBox,
  type DeadLetterFilter,
  type DeadLetterPage,
  type DeadLetterStatus,
  type DeadLetterStore,
  type MessageProperties,
  type NewDeadLetter,
  type OpenedDeadLetter,
} from './dead-letters.js';
export { DeclaredTopology } from './declared-topology.js';
export { brokerMigrations } from './broker.migrations.js';
export { createDeadLetterBox, filteredDeadLetters, trimDeadLetters } from './dead-letter-box.js';
export { createEmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export { trimInbox } from './inbox.js';
export { createOutbox, type Outbox } from './outbox.js';
export { createOutboxRelay, type OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
export type { Backlog } from './outbox-rows.js';
export { createRabbitBroker, type RabbitBrokerOptions } from './rabbit-broker.js';
export { openingSealed, sealingLetters } from './sealed-messages.js';
export { deadQueueOf, replyToAllowed, type ReplyToPolicy } from './reply-to.js';
