import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ensureProgram } from './debian-package.js';
import { waitFor } from './wait-for.js';

/** A Redis of its own: on a free port of the loopback, in memory alone. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly program: string,
    readonly port: number,
  ) {}

  static async start(): Promise<RedisServer> {
    const paths = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'];
    const program = await ensureProgram(['redis-server'], () => Promise.resolve(paths));
    const server = new RedisServer(program, await freePort());
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, empty. */
  async resume(): Promise<void> {
    const options = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#process = spawn(this.program, options, { stdio: 'ignore' });
    await waitFor('redis-server', () => answers(this.port));
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
    socket.write('PING\r\n');
  });
}
