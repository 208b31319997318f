import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const EMPTY = Buffer.alloc(0);
/** A mask of zeros changes nothing, and is a mask. */
const MASKED_SHORT = 0x80;

/** A WebSocket client that costs next to nothing, so that the server is what is measured. */
export class RawReader {
  bytes = 0;
  #rest: Buffer = EMPTY;
  onText: ((text: string) => void) | undefined;

  private constructor(readonly socket: Socket) {}

  static open(port: number): Promise<RawReader> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const reader = new RawReader(socket);
      const key = randomBytes(16).toString('base64');
      socket.once('error', reject);
      socket.write(
        `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
      );
      let head = '';
      const onHead = (chunk: Buffer): void => {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.off('data', onHead);
        if (!head.startsWith('HTTP/1.1 101')) return reject(new Error(head));
        socket.on('data', (data: Buffer) => reader.#take(data));
        reader.#take(Buffer.from(head.slice(end + 4), 'latin1'));
        resolve(reader);
      };
      socket.on('data', onHead);
    });
  }

  /** A short text message. */
  send(text: string): void {
    const header = Buffer.from([0x81, MASKED_SHORT | Buffer.byteLength(text), 0, 0, 0, 0]);
    this.socket.write(Buffer.concat([header, Buffer.from(text)]));
  }

  #take(data: Buffer): void {
    this.bytes += data.length;
    if (!this.onText) return;
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    for (let frame = firstFrame(this.#rest); frame; frame = firstFrame(this.#rest)) {
      this.#rest = this.#rest.subarray(frame.end);
      this.onText(frame.text);
    }
  }
}

function firstFrame(data: Buffer): { text: string; end: number } | undefined {
  if (data.length < 2) return undefined;
  const short = data[1]! & 0x7f;
  if (short === 127) throw new Error('frames of this length are not expected');
  if (data.length < 4) return undefined;
  const start = short === 126 ? 4 : 2;
  const end = start + (short === 126 ? data.readUInt16BE(2) : short);
  return data.length < end ? undefined : { text: data.toString('utf8', start, end), end };
}
