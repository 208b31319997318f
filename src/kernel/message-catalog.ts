/** JSON Schema, draft 07. `{ $ref: '#/components/schemas/TaskOut' }` points at what REST shows, or any catalog names. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One kind of message. Its name is unique among all catalogs: `ReportJob`. */
export interface MessageKind {
  name: string;
  title: string;
  /** One sentence. */
  summary: string;
  payload: JsonSchema;
  headers?: JsonSchema;
  examples?: readonly unknown[];
}

/** Where messages go by. */
export interface MessageChannel {
  /** Unique among all catalogs; letters, digits, `.`, `-` and `_`. */
  id: string;
  /** The name of the queue or topic exchange, or the path of the WebSocket. */
  address: string;
  kind: 'queue' | 'exchange' | 'websocket';
  title: string;
  description: string;
  /** What the service takes there. */
  receives?: readonly MessageKind[];
  /** What the service puts there. */
  sends?: readonly MessageKind[];
}

/** An event of a module. */
export interface EventKind {
  /** `task.completed`. */
  type: string;
  summary: string;
  data: JsonSchema;
  /** Default true; what is not stored has no place in `since`. */
  isStored?: boolean;
}

/** A module's topics of the live channel, and the events that come on them. */
export interface TopicDescription {
  /** The first word of its topics: `tasks`. */
  name: string;
  summary: string;
  /** Of `<name>`; absent where there is no such topic. */
  snapshot?: JsonSchema;
  /** Of `<name>.<key>`, and what the key is; absent where there are none. */
  ofSubject?: { key: string; snapshot: JsonSchema };
  events: readonly EventKind[];
}

/** What a module tells of its messages: the one source of `/asyncapi.json`. */
export interface MessageCatalog {
  channels?: readonly MessageChannel[];
  topics?: readonly TopicDescription[];
  /** By name, unique among all catalogs. */
  schemas?: Readonly<Record<string, JsonSchema>>;
}
