import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** Who takes what comes in on a connection. */
export interface ConnectionHandlers {
  text: (text: string) => void;
  /** A message that is no text. */
  binary: () => void;
  /** Called once; nothing is sent or received any more. */
  closed: () => void;
}

export interface ConnectionLimits {
  /** What may wait to be sent; beyond it the reader is cut off. */
  maxWaitingBytes: number;
  /** Close code for a reader that is cut off. */
  tooSlowCode: number;
}

const MOST_MISSED_PONGS = 2;

/**
 * One WebSocket. Messages are frames made beforehand and written to the socket beside ws, which writes only whole
 * control frames itself: many connections share one buffer, and many frames one write.
 */
export class Connection {
  #missedPongs = 0;
  #isCutOff = false;

  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
    private readonly limits: ConnectionLimits,
    private readonly onCutOff: () => void,
  ) {}

  /** Begins to hand out what comes in. */
  listen(handlers: ConnectionHandlers, onClosed: () => void): void {
    const { ws } = this;
    ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary) handlers.binary();
      else handlers.text(data.toString());
    });
    ws.on('pong', () => (this.#missedPongs = 0));
    ws.on('error', ignored);
    ws.once('close', () => {
      onClosed();
      handlers.closed();
    });
  }

  /** Whole frames, made by `textFrame`. Dropped where the connection is closing. */
  send(frames: Buffer): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    this.socket.write(frames);
    if (this.socket.writableLength > this.limits.maxWaitingBytes) this.#cutOff();
  }

  /** Bytes that the reader has not taken yet. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** Resolves when all that waited was sent, or the connection is gone. */
  drained(): Promise<void> {
    const { socket } = this;
    if (!this.isOpen || !socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  /** Begins the closing handshake; the reason is at most 123 bytes. */
  close(code: number, reason: string): void {
    this.ws.close(code, reason);
  }

  /** Sends a ping, or ends the connection where the last ones were not answered. */
  checkAlive(): void {
    if (this.#missedPongs >= MOST_MISSED_PONGS) return this.terminate();
    this.#missedPongs++;
    this.ws.ping();
  }

  terminate(): void {
    this.ws.terminate();
  }

  #cutOff(): void {
    if (this.#isCutOff) return;
    this.#isCutOff = true;
    this.onCutOff();
    this.close(this.limits.tooSlowCode, 'too slow; resume with since');
  }
}

/** ws closes by itself after an error; there is nothing to add. */
function ignored(): void {
  return undefined;
}
