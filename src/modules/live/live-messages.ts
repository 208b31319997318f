import type {
  EventKind,
  JsonSchema,
  MessageChannel,
  MessageKind,
  TopicDescription,
} from '../../kernel/message-catalog.js';

const TEXT = { type: 'string' } as const;
const EVENT_ID = { type: 'string', description: 'Of an event; only the server compares ids.' } as const;
const TOPIC = { type: 'string', examples: ['tasks', 'tasks.01a1fe93-f250-7063-8245-068e34724e2e'] } as const;

/** The live channel with the topics of all modules. */
export function liveChannel(topics: readonly TopicDescription[]): MessageChannel {
  return {
    id: 'live',
    address: '/ws',
    kind: 'websocket',
    title: 'The live channel',
    description:
      'JSON text frames, one object a frame. Subscribe to a topic: its snapshot comes, then what changes. ' +
      `Resume with \`since\`. Topics: ${topics.flatMap(topicNames).join(', ')}.`,
    receives: CLIENT_FRAMES,
    sends: [
      ...topics.flatMap(subscribedFrames),
      ...topics.flatMap(({ events }) => events.map(eventFrame)),
      ...SERVER_FRAMES,
    ],
  };
}

function topicNames({ name, snapshot, ofSubject }: TopicDescription): string[] {
  return [...(snapshot ? [`\`${name}\``] : []), ...(ofSubject ? [`\`${name}.<${ofSubject.key}>\``] : [])];
}

const OPTIONAL = new Set(['since']);

function clientFrame(
  op: string,
  title: string,
  summary: string,
  members: Record<string, JsonSchema>,
): MessageKind {
  const required = ['op', ...Object.keys(members).filter((name) => !OPTIONAL.has(name))];
  const payload = { type: 'object', required, properties: { op: { const: op }, ...members } };
  return { name: `client.${op}`, title, summary, payload };
}

function serverFrame(
  name: string,
  title: string,
  summary: string,
  members: Record<string, JsonSchema>,
): MessageKind {
  const properties = { op: { const: name }, ...members };
  const required = Object.keys(properties).filter((member) => name !== 'error' || member !== 'topic');
  const payload = { type: 'object', required, additionalProperties: false, properties };
  return { name: `server.${name}`, title, summary, payload };
}

function subscribedFrames({ name, summary, snapshot, ofSubject }: TopicDescription): MessageKind[] {
  const frame = (id: string, topic: JsonSchema, shown: JsonSchema): MessageKind =>
    serverFrame(
      `subscribed.${id}`,
      `Follows ${id}`,
      `${summary}: how it is now; events later than \`last_event_id\` follow.`,
      {
        op: { const: 'subscribed' },
        topic,
        last_event_id: EVENT_ID,
        snapshot: shown,
      },
    );
  return [
    ...(snapshot ? [frame(name, { const: name }, snapshot)] : []),
    ...(ofSubject
      ? [frame(`${name}.${ofSubject.key}`, { type: 'string', pattern: `^${name}\\.` }, ofSubject.snapshot)]
      : []),
  ];
}

function eventFrame({ type, summary, data, isStored = true }: EventKind): MessageKind {
  return serverFrame(
    `event.${type}`,
    type,
    isStored ? summary : `${summary} Not stored: it has no place in \`since\`.`,
    {
      op: { const: 'event' },
      topic: TOPIC,
      event: cloudEvent(type, data),
    },
  );
}

function cloudEvent(type: string, data: JsonSchema): JsonSchema {
  const properties = {
    specversion: { const: '1.0' },
    id: EVENT_ID,
    source: { type: 'string', format: 'uri-reference' },
    type: { const: type },
    time: { type: 'string', format: 'date-time' },
    subject: { type: 'string', description: 'What it happened to: `tasks/<task_id>`.' },
    datacontenttype: { const: 'application/json' },
    data,
  };
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
}

const CLIENT_FRAMES: readonly MessageKind[] = [
  clientFrame('auth', 'Shows a token', 'First of all where tokens are on, within 10 s.', { token: TEXT }),
  clientFrame(
    'subscribe',
    'Follows a topic',
    'Answered with `subscribed`, after `gap` where `since` is too old.',
    {
      topic: TOPIC,
      since: EVENT_ID,
    },
  ),
  clientFrame('unsubscribe', 'Follows a topic no longer', 'Answered with `unsubscribed`.', { topic: TOPIC }),
  clientFrame('ping', 'Asks for a sign of life', 'For browsers, which see no pings of the protocol.', {}),
];

/** Those that are the same for every topic. */
const SERVER_FRAMES: readonly MessageKind[] = [
  serverFrame('resumed', 'Follows on', 'To who resumes with `since`; what was missed follows.', {
    op: { const: 'subscribed' },
    topic: TOPIC,
    last_event_id: EVENT_ID,
  }),
  serverFrame('gap', 'Events were missed', 'Those after `since` are no longer kept; a snapshot follows.', {
    topic: TOPIC,
  }),
  serverFrame('unsubscribed', 'Followed no longer', 'The last frame of the topic.', { topic: TOPIC }),
  serverFrame('error', 'A frame was refused', 'The socket stays open; ten bad frames in a row close it.', {
    code: { type: 'string', examples: ['tasks.not-found'] },
    message: TEXT,
    retryable: { type: 'boolean', description: 'The same frame may be answered well later.' },
    topic: TOPIC,
  }),
  serverFrame('ready', 'The token is good', 'The answer to `auth`.', {}),
  serverFrame('pong', 'A sign of life', 'The answer to `ping`.', {}),
];
