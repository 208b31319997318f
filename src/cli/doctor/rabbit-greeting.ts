import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What an AMQP server says of itself before it asks who we are. */
export interface Greeting {
  product: string;
  version: string;
}

const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
/** Frame type, channel, size; then class, method, protocol version; then the table of properties. */
const FRAME_HEADER = 7;
const TABLE_AT = FRAME_HEADER + 2 + 2 + 2;
const MOST_BYTES = 64 * 1024;
const METHOD_FRAME = 1;
const CONNECTION_START = 0x000a000a;

/**
 * Begins an AMQP connection as far as the server's greeting, and ends it: the client library keeps no server properties.
 * Rejects with system errors, and where the other side speaks no AMQP 0-9-1.
 */
export async function readGreeting(url: string, signal: AbortSignal): Promise<Greeting> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'amqps:';
  const target = { host, port: Number(port) || (isTls ? 5671 : 5672) };
  const socket = isTls ? connectTls({ ...target, servername: host }) : connectPlain(target);
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect');
    socket.write(PROTOCOL_HEADER);
    return greetingIn(await firstFrame(socket));
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function firstFrame(socket: Socket): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of socket) {
    bytes = Buffer.concat([bytes, piece as Buffer]);
    if (bytes.length >= FRAME_HEADER && bytes.length >= FRAME_HEADER + bytes.readUInt32BE(3)) return bytes;
    if (bytes.length > MOST_BYTES) break;
  }
  throw noAmqp();
}

function greetingIn(frame: Buffer): Greeting {
  if (frame.length < TABLE_AT + 4 || frame[0] !== METHOD_FRAME) throw noAmqp();
  if (frame.readUInt32BE(FRAME_HEADER) !== CONNECTION_START) throw noAmqp();
  const properties = stringsIn(frame, TABLE_AT);
  return {
    product: properties.get('product') ?? 'an unknown server',
    version: properties.get('version') ?? 'unknown',
  };
}

/** The texts of a table; its other values are only stepped over. */
function stringsIn(bytes: Buffer, start: number): Map<string, string> {
  const strings = new Map<string, string>();
  let at = start + 4;
  const end = Math.min(at + bytes.readUInt32BE(start), bytes.length);
  while (at < end) {
    const keyEnd = at + 1 + bytes[at]!;
    const key = bytes.toString('utf8', at + 1, keyEnd);
    const type = String.fromCharCode(bytes[keyEnd]!);
    at = keyEnd + 1;
    if (type === 't') {
      at += 1;
      continue;
    }
    // Texts and tables; a greeting holds nothing else.
    if (type !== 'S' && type !== 'F') break;
    const length = bytes.readUInt32BE(at);
    if (type === 'S') strings.set(key, bytes.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return strings;
}

function noAmqp(): Error {
  return new Error('what answers there speaks no AMQP 0-9-1');
}
