import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureProgram } from './debian-package.js';
import { waitFor } from './wait-for.js';

const run = promisify(execFile);
const LIB = '/usr/lib/rabbitmq/lib';

/** The process group of the node as it runs now; another one after each restart. */
const GROUP_FILE = 'node-group';
/** Ends the node when the pipe to the test process closes, whichever way that process ended. */
const WATCHDOG = `cat >/dev/null; kill -9 "-$1" "-$(cat "$2/${GROUP_FILE}")" 2>/dev/null; sleep 0.2; rm -rf "$2"`;

/** The programs themselves: the wrappers on the PATH switch to another user. */
async function programs(): Promise<string[]> {
  const versions = await readdir(LIB).catch(() => []);
  return versions.map((version) => join(LIB, version, 'sbin', 'rabbitmq-server'));
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

function inOwnGroup(file: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(file, args, { env, detached: true, stdio: 'ignore' });
  child.unref();
  return child;
}

function guard(epmd: ChildProcess, folder: string): ChildProcess {
  const args = ['-c', WATCHDOG, 'watchdog', String(epmd.pid), folder];
  const child = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}

/** A node of its own: own home, ports and epmd, everything in a temporary folder, gone with this process. */
export class RabbitMqNode {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly server: string,
    private readonly watchdog: ChildProcess,
  ) {}

  /** Takes about 9 s. */
  static async start(): Promise<RabbitMqNode> {
    const server = await ensureProgram(['rabbitmq-server'], programs);
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-rabbitmq-'));
    const [port, distPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: folder,
      RABBITMQ_NODENAME: `spec${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distPort),
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_CRASH_DUMP: '/dev/null',
      ERL_CRASH_DUMP_SECONDS: '0',
      RABBITMQ_CTL_ERL_ARGS: '-start_epmd false',
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    };
    await mkdir(join(folder, 'log'), { recursive: true });
    await writeFile(join(folder, 'enabled_plugins'), '[].\n');
    await writeFile(
      join(folder, 'rabbitmq.conf'),
      'disk_free_limit.absolute = 10MB\nlog.file.level = warning\n',
    );
    const epmd = inOwnGroup('epmd', ['-port', String(epmdPort)], env);
    const node = new RabbitMqNode(port, folder, env, server, guard(epmd, folder));
    await node.#run();
    return node;
  }

  /**
   * Ends the whole node, in good order or as a loss of power does it, and starts it again: queues and messages that
   * are durable are there again. Takes about 10 s.
   */
  async restart(how: 'in good order' | 'at once'): Promise<void> {
    const node = this.#process!;
    const ended = new Promise((resolve) => node.once('exit', resolve));
    node.ref();
    if (how === 'at once') process.kill(-node.pid!, 'SIGKILL');
    else await this.ctl('stop');
    await ended;
    await this.#run();
  }

  async #run(): Promise<void> {
    this.#process = inOwnGroup(this.server, [], this.env);
    await writeFile(join(this.folder, GROUP_FILE), String(this.#process.pid));
    await waitFor('RabbitMQ to listen', () => accepts(this.port), { timeoutMs: 120_000, everyMs: 100 });
  }

  async ctl(...args: string[]): Promise<string> {
    const { stdout } = await run(join(dirname(this.server), 'rabbitmqctl'), ['--quiet', ...args], {
      env: this.env,
    });
    return stdout;
  }

  /** Without ceremony: what it held is thrown away. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.watchdog.once('exit', resolve));
    this.watchdog.ref();
    this.watchdog.stdin?.end();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
