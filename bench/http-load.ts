import { connect, type Socket } from 'node:net';
import type { LoadResult } from './load-result.js';
import { summaryOf } from './load-result.js';

export interface HttpJob {
  kind: 'http';
  host: string;
  port: number;
  method: 'GET' | 'POST';
  /** Asked for in turn. */
  paths: readonly string[];
  headers: Readonly<Record<string, string>>;
  /** `$N` stands for a number that no other request of this job has; always 13 digits, so that lengths stay. */
  body?: string;
  firstNumber?: number;
  connections: number;
  seconds: number;
  /** Another status ends the run. */
  status: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('\r\nContent-Length: ');
const DIGIT_0 = 48;
const RETURN = 13;

/**
 * A closed loop over kept connections: each sends its next request when its answer is there. Bytes over bare
 * sockets, so that the generator stays far from its own limit and costs every server the same.
 */
export async function runHttpLoad(job: HttpJob): Promise<LoadResult> {
  const times: number[] = [];
  const request = requestsOf(job);
  const startedAt = performance.now();
  const endsAt = startedAt + job.seconds * 1_000;
  await Promise.all(
    Array.from({ length: job.connections }, () =>
      oneConnection(job, request, endsAt, (ms) => times.push(ms)),
    ),
  );
  return summaryOf(times, (performance.now() - startedAt) / 1_000);
}

/** Request texts, in turn. */
function requestsOf({ method, paths, headers, body, host, firstNumber = 1 }: HttpJob): () => string {
  let sent = 0;
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const numbered = (n: number): string => body?.replaceAll('$N', String(n).padStart(13, '0')) ?? '';
  const length = body === undefined ? '' : `content-length: ${Buffer.byteLength(numbered(1))}\r\n`;
  const heads = paths.map((path) => `${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n`);
  return () => {
    const n = sent++;
    const head = heads[n % heads.length]!;
    return body === undefined ? head : head + numbered(firstNumber + n);
  };
}

function oneConnection(
  job: HttpJob,
  request: () => string,
  endsAt: number,
  onAnswer: (ms: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(job.port, job.host);
    socket.setNoDelay(true);
    let sentAt = 0;
    let read: Buffer | undefined;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(request());
    };
    socket.on('connect', send).on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
    socket.on('data', (chunk) => {
      read = read ? Buffer.concat([read, chunk]) : chunk;
      const rest = restOf(read, job, fail);
      if (rest === undefined) return;
      read = undefined;
      const now = performance.now();
      onAnswer(now - sentAt);
      if (now < endsAt) send();
      else end(socket, resolve);
    });
    function fail(text: string): void {
      socket.destroy();
      reject(new Error(text));
    }
  });
}

function end(socket: Socket, resolve: () => void): void {
  socket.removeAllListeners('close').end();
  resolve();
}

/** 0 where exactly one whole answer has come, undefined where some of it is still to come. */
function restOf(read: Buffer, { status }: HttpJob, fail: (text: string) => void): 0 | undefined {
  const headEnd = read.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const got = Number(read.toString('latin1', 9, 12));
  if (got !== status) return void fail(`expected ${status}, got ${read.toString('utf8')}`);
  const from = read.indexOf(LENGTH);
  if (from < 0 || from > headEnd) return void fail(`an answer without its length: ${read.toString('utf8')}`);
  let length = 0;
  for (let at = from + LENGTH.length; read[at] !== RETURN; at++) length = length * 10 + (read[at]! - DIGIT_0);
  return read.length >= headEnd + HEAD_END.length + length ? 0 : undefined;
}
