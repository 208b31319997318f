/** An event as CloudEvents 1.0 has it. `data` is the object that REST shows. */
export interface LiveEvent<Data = unknown> {
  specversion: '1.0';
  /** Only the server compares ids. */
  id: string;
  source: string;
  /** `task.completed`. */
  type: string;
  /** RFC 3339, UTC. */
  time: string;
  /** `tasks/<id>`. */
  subject: string;
  datacontenttype: 'application/json';
  data: Data;
}

export interface LiveError {
  /** `tasks.not-found`. */
  code: string;
  message: string;
}

/**
 * `waiting`: not connected, tries again soon. `refused`: the token is missing or not valid; nothing more is tried.
 */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'closed' | 'refused';

export interface TopicHandlers<Snapshot = unknown, Data = unknown> {
  /** How it is now: first of all, again after a gap, and when the same topic is subscribed once more. */
  onSnapshot?: (snapshot: Snapshot) => void;
  /** What changed since: in order for each subject, each event once. */
  onEvent?: (event: LiveEvent<Data>) => void;
  /** Events were missed that can no longer be had; a snapshot follows. */
  onGap?: () => void;
  /** The topic cannot be followed, and is forgotten: there is no such subject, or it is not for this token. */
  onError?: (error: LiveError) => void;
}

/** What a client needs of a WebSocket class. */
export type WebSocketLike = new (url: string) => {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
};

export interface LiveClientOptions {
  /** `http://host:8000` or `ws://host:8000/ws`. Default, in a page: its own host. */
  url?: string;
  /** Where tokens are on. A function is asked at each connection. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** `error` says why, where the state is `refused`. */
  onState?: (state: LiveState, error?: LiveError) => void;
  /** Default: the runtime's own. Node 20 has none: give that of the package `ws`. */
  WebSocket?: WebSocketLike;
}

export interface LiveClient {
  /** Follows a topic until the function that it returns is called. May be called in any state. */
  subscribe<Snapshot = unknown, Data = unknown>(
    topic: string,
    handlers: TopicHandlers<Snapshot, Data>,
  ): () => void;
  state(): LiveState;
  /** Ends the connection for good. */
  close(): void;
}

/**
 * Connects, and connects again with growing pauses (0.25 s to 30 s, by chance between half and all of it) whenever
 * the connection is lost; each topic then resumes with the last event seen. Nothing is kept but that.
 */
export function createLiveClient(options?: LiveClientOptions): LiveClient;
