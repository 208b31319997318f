import { WebSocket } from 'ws';
import { waitFor } from './wait-for.js';

/** A frame of the server, whichever it is. */
export interface Frame {
  op: string;
  topic?: string;
  code?: string;
  message?: string;
  retryable?: boolean;
  last_event_id?: string;
  snapshot?: Record<string, unknown>;
  event?: { id: string; type: string; subject: string; source: string; time: string; data: unknown };
}

/** A live connection without any cleverness: what is sent and what comes. */
export class LiveSocket {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  pings = 0;
  #taken = 0;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as Frame));
    ws.on('ping', () => this.pings++);
    ws.on('error', () => undefined);
    ws.once('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
  }

  /** Resolves when it is open; `url`: that of the service. Rejects with the status of a refused handshake. */
  static async open(url: string, headers: Record<string, string> = {}, more = {}): Promise<LiveSocket> {
    const target = new URL('/ws', url.replace(/^http/, 'ws'));
    const socket = new LiveSocket(new WebSocket(target, { headers, ...more }));
    await new Promise<void>((resolve, reject) => {
      socket.ws.once('open', resolve);
      socket.ws.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Error(String(response.statusCode)));
      });
      socket.ws.once('error', reject);
    });
    return socket;
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame that no call of this has returned. */
  async next(): Promise<Frame> {
    await waitFor('a frame', () => this.frames.length > this.#taken);
    return this.frames[this.#taken++]!;
  }

  async ask(frame: object | string): Promise<Frame> {
    this.send(frame);
    return this.next();
  }

  subscribe(topic: string, since?: string): Promise<Frame> {
    return this.ask({ op: 'subscribe', topic, since });
  }

  /** Ids of the events of a topic, in the order in which they came. */
  ids(topic: string): string[] {
    return this.frames.flatMap((frame) =>
      frame.op === 'event' && frame.topic === topic ? [frame.event!.id] : [],
    );
  }

  async ended(): Promise<{ code: number; reason: string }> {
    return waitFor('the connection to end', () => this.closed);
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.ended();
  }
}
