import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

export interface ListenOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** One of them must have signed; none: nothing is verified. */
  secrets: readonly string[];
  /** What requests that verify are answered with. */
  status: number;
  /** After so many it ends. */
  count: number;
  onListening: (url: string) => void;
  onRequest: (received: ReceivedWebhook) => void;
  signal: AbortSignal;
}

export interface ReceivedWebhook {
  id: string;
  /** Null: there was no secret to verify with. */
  isVerified: boolean | null;
  /** Why it does not verify. */
  problem: string | undefined;
  body: string;
}

const MOST_BYTES = 1024 * 1024;
const UNAUTHORIZED = 401;
const TOO_LARGE = 413;

/** Receives webhooks until it is interrupted or has had `count`: verifies each, answers, and says what came. */
export async function listen(options: ListenOptions): Promise<void> {
  const verifiers = options.secrets.map(verifierOf);
  let left = options.count;
  let done: () => void = () => undefined;
  const server = createServer(
    (request, response) => void take(request, response).catch(() => request.destroy()),
  );

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return void response.writeHead(TOO_LARGE).end();
    const problem = verifiers.length === 0 ? undefined : verify(verifiers, request, body);
    response.writeHead(problem === undefined ? options.status : UNAUTHORIZED).end();
    const isVerified = verifiers.length === 0 ? null : problem === undefined;
    const id = String(request.headers['webhook-id'] ?? '');
    options.onRequest({ id, isVerified, problem, body });
    if (--left <= 0) done();
  }

  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CliError(`cannot listen on ${options.host}:${options.port} (${code})`, EXIT.failed);
  });
  const { port } = server.address() as AddressInfo;
  options.onListening(`http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`);
  await new Promise<void>((resolve) => {
    done = resolve;
    options.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  setImmediate(() => server.closeAllConnections());
  await closed;
}

function verifierOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new CliError('--secret: whsec_ and base64 is expected', EXIT.usage);
  }
}

function verify(
  verifiers: readonly Webhook[],
  { headers }: IncomingMessage,
  body: string,
): string | undefined {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? '')]));
  let problem: string | undefined;
  for (const verifier of verifiers) {
    try {
      verifier.verify(body, signed, { jsonParse: false });
      return undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : 'it cannot be verified';
    }
  }
  return problem;
}

/** Undefined where it is larger than any of ours. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}
