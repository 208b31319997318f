import { parentPort, workerData } from 'node:worker_threads';
import { openConnection } from './sqlite-connection.js';
import { toWireError } from './sqlite-errors.js';
import { SqliteExecutor } from './sqlite-executor.js';
import type { ThreadCommand, ThreadMessage, ThreadOptions } from './sqlite-wire.js';

const port = parentPort!;
const options = workerData as ThreadOptions;
const send = (message: ThreadMessage): void => port.postMessage(message);

// Timers do not keep a thread alive, and one may be all there is while it waits for the lock.
port.ref();

try {
  const connection = await openConnection(options);
  const executor = new SqliteExecutor(connection.db, options.role);
  port.on('message', (command: ThreadCommand) => {
    if (command === 'reset') return executor.reset();
    if (command === 'close') {
      connection.close();
      return port.close();
    }
    send({ id: command.id, results: executor.run(command) });
  });
  send({ opened: true });
} catch (error) {
  send({ failed: toWireError(error) });
  port.close();
}
