import fc from 'fast-check';
import type { Blueprint } from './request-case.js';

const GET = 'GET /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const POST = 'POST /api/v1/report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';

/** What a careless or hostile client sends instead of a request. */
const SENT: readonly string[] = [
  '\r\n',
  'HELLO\r\n\r\n',
  'GET /\r\n\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET /api/v1/tasks HTTP/1.1\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x00\xa5\x01\x00',
  'get /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  'GET /api/v1/tasks HTTP/1.1\nHost: 127.0.0.1\n\n',
  'GET  /api/v1/tasks  HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  'GET http://127.0.0.1/api/v1/tasks HTTP/1.1\r\nHost: other\r\n\r\n',
  'GET https://[::1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
  'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET // HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET //api//v1/tasks HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET ?x HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET api HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET /${'a'.repeat(15_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /api/v1/tasks?${'a=b&'.repeat(3_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
  `${GET}Host: evil.example\r\n\r\n`,
  `${GET}X\r\n\r\n`,
  `${GET}X : y\r\n\r\n`,
  `${GET}X: a\r\n b\r\n\r\n`,
  `${GET}X: a\0b\r\n\r\n`,
  `${GET}X: a\rb\r\n\r\n`,
  `${GET}${'X: y\r\n'.repeat(2_100)}X-Forwarded-For: 1.2.3.4\r\n\r\n`,
  `${GET}X: ${'y'.repeat(20_000)}\r\n\r\n`,
  `${GET}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`,
  `${GET}Content-Length: 99999999999999999999\r\n\r\n`,
  `${GET}Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n`,
  `${POST}Content-Length: -1\r\n\r\n{}`,
  `${POST}Content-Length: +2\r\n\r\n{}`,
  `${POST}Content-Length: 2, 2\r\n\r\n{}`,
  `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: gzip\r\n\r\n{}`,
  `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n{}`,
  `${POST}Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${'T: t\r\n'.repeat(5_000)}\r\n`,
  `${POST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
  `${POST}Expect: the-unexpected\r\nContent-Length: 2\r\n\r\n{}`,
  `${POST}Content-Length: 5000000\r\n\r\n${'x'.repeat(100_000)}`,
  `${GET}\r\n${GET}\r\n${POST}Content-Length: 2\r\n\r\n{}`,
];

const noise = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** One to three bytes of it are others. */
const flipped = fc
  .tuple(
    fc.constantFrom(...SENT, `${GET}\r\n`, `${POST}Content-Length: 2\r\n\r\n{}`),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
  )
  .map(([text, flips]) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
    return bytes;
  });

/** Bytes that are hardly HTTP, on a connection of their own. */
export const wireInputs: fc.Arbitrary<Blueprint> = fc
  .oneof(
    { weight: 6, arbitrary: fc.constantFrom(...SENT).map((text) => Buffer.from(text, 'latin1')) },
    { weight: 3, arbitrary: flipped },
    { weight: 1, arbitrary: noise },
  )
  .map((raw) => ({
    aim: undefined,
    sender: 0,
    build: () => ({ method: 'GET', target: '', headers: [], body: undefined, framing: 'length', raw }),
  }));

const PATHS = [
  '/',
  '/livez',
  '/readyz',
  '/metrics',
  '/docs',
  '/openapi.json',
  '/nothing',
  '/api',
  '/api/v1',
  '/docs/../x',
  '/favicon.ico',
  '/%E0%A4%A',
];

/** Everything that is no call of the document: probes, files, nothing. */
export const otherPaths: fc.Arbitrary<Blueprint> = fc
  .tuple(
    fc.constantFrom(...PATHS),
    fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PATCH'),
    fc.constantFrom('', '?', '?a=b', '?%ff', '/', '/..'),
    fc.nat(1_000),
  )
  .map(([path, method, end, sender]) => ({
    aim: undefined,
    sender,
    build: () => ({
      method,
      target: `${path}${end}`,
      headers: [['Host', '127.0.0.1']],
      body: undefined,
      framing: 'length',
    }),
  }));
