import { Connection } from 'rabbitmq-client';
import { messageOf } from '../kernel/errors.js';
import { CliError, interrupted } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { printable } from './terminal-text.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Connects once; rejects with one clear line where that fails. Credentials are never shown. */
export async function connectToRabbit(
  url: string,
  signal: AbortSignal,
  connectionName = 'switchyard produce',
): Promise<Connection> {
  const connection = new Connection({
    url,
    connectionName,
    connectionTimeout: CONNECT_TIMEOUT_MS,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connection', resolve);
      connection.once('error', reject);
      signal.addEventListener('abort', reject, { once: true });
    });
    return connection;
  } catch (error) {
    connection.on('error', () => undefined);
    connection.unsafeDestroy();
    throw signal.aborted ? interrupted() : connectError(error, url);
  }
}

function connectError(error: unknown, url: string): CliError {
  const where = new URL(url).host;
  const code = (error as { code?: unknown }).code;
  if (code === 'ACCESS_REFUSED' || code === 'NOT_ALLOWED') {
    return new CliError(`RabbitMQ at ${where} does not let this user in`, EXIT.notAllowed);
  }
  const reason = code === 'ECONNREFUSED' ? 'connection refused' : printable(messageOf(error));
  return new CliError(`cannot reach RabbitMQ at ${where}: ${reason}`, EXIT.unreachable);
}
