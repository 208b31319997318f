import type { Operation } from '../support/open-api.js';
import type { KnownValues } from './known-values.js';

/** How the length of a body is told. The last four lie about it or are no HTTP: they may stay unanswered. */
export type Framing = 'length' | 'chunked' | 'too-short' | 'too-long' | 'both' | 'bad-chunk';

export interface RequestCase {
  method: string;
  /** As it stands in the request line; one byte a character. */
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer | undefined;
  framing: Framing;
  /** Bytes to send instead of all that. */
  raw?: Buffer;
}

/** A case that is complete once it is known what is there, and who sends it. */
export interface Blueprint {
  /** The call that it aims at; it may hit another one. */
  aim: Operation | undefined;
  /** Which of the run's senders. */
  sender: number;
  build: (known: KnownValues) => RequestCase;
}

/** Whether the service may close the connection instead of answering, and cannot be asked on it again. */
export function endsConnection({ raw, framing }: RequestCase): boolean {
  return raw !== undefined || (framing !== 'length' && framing !== 'chunked');
}

/** What goes over the wire. */
export function bytesOf({ method, target, headers, body, framing, raw }: RequestCase): Buffer {
  if (raw) return raw;
  const framed = body === undefined ? { fields: [], bytes: Buffer.alloc(0) } : FRAMINGS[framing](body);
  const fields = [...headers, ...framed.fields].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${fields}\r\n`, 'latin1'),
    framed.bytes,
  ]);
}

interface Framed {
  fields: (readonly [string, string])[];
  bytes: Buffer;
}

const lengthOf = (length: number): readonly [string, string] => ['Content-Length', String(length)];
const CHUNKED = ['Transfer-Encoding', 'chunked'] as const;

const FRAMINGS: Readonly<Record<Framing, (body: Buffer) => Framed>> = {
  length: (body) => ({ fields: [lengthOf(body.length)], bytes: body }),
  chunked: (body) => ({ fields: [CHUNKED], bytes: chunksOf(body) }),
  'too-short': (body) => ({ fields: [lengthOf(Math.floor(body.length / 2))], bytes: body }),
  'too-long': (body) => ({ fields: [lengthOf(body.length + 10)], bytes: body }),
  both: (body) => ({ fields: [lengthOf(body.length), CHUNKED], bytes: chunksOf(body) }),
  'bad-chunk': (body) => ({ fields: [CHUNKED], bytes: Buffer.concat([Buffer.from('zz\r\n'), body]) }),
};

/** In three chunks, the last one with an extension and a trailer behind it. */
function chunksOf(body: Buffer): Buffer {
  const third = Math.ceil(body.length / 3);
  const parts = [0, 1, 2]
    .map((i) => body.subarray(i * third, (i + 1) * third))
    .filter(({ length }) => length > 0);
  const chunks = parts.map((part) => [
    Buffer.from(`${part.length.toString(16)};a=b\r\n`),
    part,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks.flat(), Buffer.from('0\r\nX-Trailer: t\r\n\r\n')]);
}
