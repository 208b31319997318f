import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface WireAnswer {
  status: number;
  /** In lower case; those that came twice are joined with a comma. */
  headers: Map<string, string>;
  body: Buffer;
}

interface Waiting {
  /** Whether the answer has no body whatever its headers say. */
  headOnly: boolean;
  settle: (answer: WireAnswer | undefined) => void;
}

/** An HTTP/1.1 connection that sends any bytes, and reads what comes by the book. */
export class RawConnection {
  #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;
  #gone = false;
  /** What came that is no HTTP. */
  fault: string | undefined;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#end());
  }

  get isUsable(): boolean {
    return !this.#gone && this.fault === undefined && !this.#socket.writableEnded;
  }

  write(bytes: Buffer): void {
    if (!this.#gone) this.#socket.write(bytes);
  }

  /** Says that no more will be sent. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next answer; undefined where the connection ended without one. */
  answer(headOnly: boolean): Promise<WireAnswer | undefined> {
    return new Promise((settle) => {
      this.#waiting = { headOnly, settle };
      this.#read();
    });
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    this.#read();
  }

  #end(): void {
    this.#gone = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.settle(undefined);
  }

  #read(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    const read = this.#next(waiting.headOnly);
    if (read === 'more') return void (this.#gone && this.#end());
    if (read && read.status < 200) return this.#read();
    this.#waiting = undefined;
    if (read?.headers.get('connection') === 'close') this.#socket.end();
    waiting.settle(read);
  }

  /** Undefined where it is no HTTP. */
  #next(headOnly: boolean): WireAnswer | 'more' | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return 'more';
    const [line = '', ...fields] = this.#received.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
    const headers = headersOf(fields);
    if (!status || !headers) return this.#broken(line);
    const hasBody = !headOnly && status >= 200 && status !== 204 && status !== 304;
    const length = hasBody ? bodyLength(headers) : 0;
    if (length === undefined) return this.#broken(`${line} without a length`);
    if (this.#received.length < end + 4 + length) return 'more';
    const body = this.#received.subarray(end + 4, end + 4 + length);
    this.#received = this.#received.subarray(end + 4 + length);
    return { status, headers, body };
  }

  #broken(line: string): undefined {
    this.fault = `no HTTP came: ${JSON.stringify(line.slice(0, 200))}`;
    this.close();
    return undefined;
  }
}

function headersOf(fields: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const field of fields) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const key = name.toLowerCase();
    headers.set(key, headers.has(key) ? `${headers.get(key)}, ${value}` : value);
  }
  return headers;
}

/** Our service knows each answer's length before it sends it. */
function bodyLength(headers: ReadonlyMap<string, string>): number | undefined {
  const length = headers.get('content-length') ?? '';
  if (/^\d+$/.test(length)) return Number(length);
  return undefined;
}
