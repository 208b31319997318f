/** A connection as the protocol sees it. */
export interface LiveSocket {
  readonly isOpen: boolean;
  /** Bytes that the reader has not taken yet. */
  readonly waitingBytes: number;
  /** Frames as `Frames` makes them; a reader that is too slow is cut off here. */
  send(frames: Buffer): void;
  /** Resolves when all that waited was sent, or the connection is gone. */
  drained(): Promise<void>;
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

/** One text message as it goes over the wire; handed in, as the wire is the platform's. */
export type MakeFrame = (text: string) => Buffer;

/** What is counted. */
export interface LiveMeter {
  eventsSent(count: number): void;
  gap(): void;
}
