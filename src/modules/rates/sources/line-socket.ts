/** What happens on a WebSocket of ours. */
export interface SocketEvents {
  opened: () => void;
  text: (text: string) => void;
  /** Anything came: a message, a ping, a pong. */
  heard: () => void;
  /** It is closed, or never opened; once. `reason` names no address. */
  closed: (reason: string) => void;
}

/** A WebSocket client as far as sources need one. The server's pings are answered by it, with their payload. */
export interface LineSocket {
  ping: () => void;
  /** Says goodbye and ends it. `closed` is called all the same. */
  close: () => void;
  /** Ends it without a word: the other side does not answer. */
  drop: () => void;
}

export type OpenSocket = (url: string, events: SocketEvents) => LineSocket;
