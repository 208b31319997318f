import type { MessageCatalog, MessageChannel, MessageKind } from '../../kernel/message-catalog.js';
import { schemasReferredTo, type OpenApiDocument } from './open-api-schemas.js';

type Json = Readonly<Record<string, unknown>>;

/** AsyncAPI 3.0 in the members that this service writes. */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description: string };
  defaultContentType: 'application/json';
  servers: Readonly<Record<string, Json>>;
  channels: Readonly<Record<string, Json>>;
  operations: Readonly<Record<string, Json>>;
  components: {
    messages: Readonly<Record<string, Json>>;
    schemas: Readonly<Record<string, Json>>;
    securitySchemes: Readonly<Record<string, Json>>;
  };
}

const SERVERS = { websocket: 'live', queue: 'broker', exchange: 'broker' } as const;

/** The document of all messages, put together from what the modules say of theirs, and the objects that REST shows. */
export function buildAsyncApi(
  openApi: OpenApiDocument,
  catalogs: readonly MessageCatalog[],
): AsyncApiDocument {
  const channels = catalogs.flatMap((catalog) => catalog.channels ?? []);
  const kinds = channels.flatMap(({ receives = [], sends = [] }) => [...receives, ...sends]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Switchyard messages',
      version: openApi.info.version,
      description: 'What goes over the live channel and the queues. REST is described in /openapi.json.',
    },
    defaultContentType: 'application/json',
    servers: {
      live: {
        host: '{host}',
        protocol: 'ws',
        description: 'The address of the service; `wss` where it has a certificate.',
        variables: { host: { default: 'localhost:8000' } },
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
      broker: {
        host: '{host}',
        protocol: 'amqp',
        protocolVersion: '0.9.1',
        description: 'RabbitMQ, where one is configured.',
        variables: { host: { default: 'localhost:5672' } },
      },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.id, channelOf(channel)])),
    operations: Object.fromEntries(channels.flatMap(operationsOf)),
    components: {
      messages: unique(kinds.map((kind) => [kind.name, messageOf(kind)])),
      schemas: unique([
        ...catalogs.flatMap(({ schemas }) => Object.entries(schemas ?? {})),
        ...Object.entries(schemasReferredTo(JSON.stringify(catalogs), openApi)),
      ]),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Or the frame `auth`, where no header can be sent.',
        },
      },
    },
  };
}

function channelOf({ address, kind, title, description, receives = [], sends = [] }: MessageChannel): Json {
  const messages = [...receives, ...sends].map(
    ({ name }) => [name, ref('components', 'messages', name)] as const,
  );
  return {
    address,
    title,
    description,
    servers: [ref('servers', SERVERS[kind])],
    messages: Object.fromEntries(messages),
    bindings: BINDINGS[kind](address),
  };
}

const BINDINGS: Readonly<Record<MessageChannel['kind'], (address: string) => Json>> = {
  websocket: () => ({ ws: { method: 'GET' } }),
  queue: (name) => ({
    amqp: {
      is: 'queue',
      queue: { name, durable: true, exclusive: false, autoDelete: false },
      bindingVersion: '0.3.0',
    },
  }),
  exchange: (name) => ({
    amqp: {
      is: 'routingKey',
      exchange: { name, type: 'topic', durable: true, autoDelete: false },
      bindingVersion: '0.3.0',
    },
  }),
};

function operationsOf({ id, receives = [], sends = [] }: MessageChannel): [string, Json][] {
  const operation = (action: 'receive' | 'send', kinds: readonly MessageKind[]): [string, Json][] =>
    kinds.length === 0
      ? []
      : [
          [
            `${action}.${id}`,
            {
              action,
              channel: ref('channels', id),
              messages: kinds.map(({ name }) => ref('channels', id, 'messages', name)),
            },
          ],
        ];
  return [...operation('receive', receives), ...operation('send', sends)];
}

function messageOf({ name, title, summary, payload, headers, examples }: MessageKind): Json {
  const shown = examples && { examples: examples.map((example) => ({ payload: example })) };
  return { name, title, summary, payload, ...(headers && { headers }), ...shown };
}

function ref(...path: readonly string[]): { $ref: string } {
  return { $ref: `#/${path.join('/')}` };
}

/** Two things of one name would hide each other. */
function unique<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const names = entries.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two messages or schemas are named ${twice}`);
  return Object.fromEntries(entries);
}
