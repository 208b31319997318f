import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { ensureProgram } from './debian-package.js';
import { openingForAll } from './open-resources.js';
import { shared, type Stoppable } from './shared-server.js';
import { waitFor } from './wait-for.js';

const run = promisify(execFile);
const LIB = '/usr/lib/postgresql';

/** Ends the server when the pipe to the test process closes; where that process is gone, its folder goes too. */
const RUN_UNTIL_PIPE_CLOSES = `parent=$1 folder=$2; shift 2
"$@" & cat >/dev/null; kill -QUIT $!; wait $!
sleep 0.1; kill -0 "$parent" 2>/dev/null || rm -rf "$folder"`;

export interface PostgresServer extends Stoppable {
  /** False where the server is not ours (SPEC_DATABASE_URL): it cannot be stopped and started. */
  readonly controllable: boolean;
  url(database?: string): string;
  /** The URL of a fresh database. */
  createDatabase(): Promise<string>;
  /** Hangs up on all clients. */
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  restart(): Promise<void>;
}

/** The PostgreSQL that all specs share: the one that SPEC_DATABASE_URL names, else a private one. */
export const postgres = shared<PostgresServer>(() => openingForAll(startPostgres));

async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.SPEC_DATABASE_URL;
  return given ? new GivenServer(given) : PrivateServer.start();
}

let databases = 0;

async function createDatabaseAt(server: PostgresServer): Promise<string> {
  const name = `spec_${process.pid}_${Date.now().toString(36)}_${++databases}`;
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`create database ${name} template template0`);
  await client.end();
  return server.url(name);
}

class GivenServer implements PostgresServer {
  readonly controllable = false;
  readonly #made: string[] = [];

  constructor(private readonly given: string) {}

  url(database?: string): string {
    const url = new URL(this.given);
    if (database !== undefined) url.pathname = `/${database}`;
    return url.href;
  }

  async createDatabase(): Promise<string> {
    const url = await createDatabaseAt(this);
    this.#made.push(new URL(url).pathname.slice(1));
    return url;
  }

  stopServer = (): Promise<void> =>
    Promise.reject(new Error('SPEC_DATABASE_URL names a server that is not ours'));
  startServer = this.stopServer;
  restart = this.stopServer;

  async stop(): Promise<void> {
    const client = new pg.Client({ connectionString: this.given });
    await client.connect();
    for (const name of this.#made) await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  }
}

/** Everything in a temporary folder, on a free port of the loopback, without care for power cuts. */
class PrivateServer implements PostgresServer {
  readonly controllable = true;
  #process: ChildProcess | undefined;

  private constructor(
    private readonly bin: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly user: User | undefined,
  ) {}

  static async start(): Promise<PrivateServer> {
    const bin = dirname(await ensureProgram(['postgresql'], programs));
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-postgres-'));
    const user = process.getuid?.() === 0 ? await ordinaryUser() : undefined;
    if (user) {
      await chown(folder, user.uid, user.gid);
      await chmod(folder, 0o700);
    }
    const server = new PrivateServer(bin, folder, await freePort(), user);
    const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
    await run(...server.#command('initdb', '-D', server.#data, ...options), { cwd: folder });
    await server.startServer();
    return server;
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  createDatabase(): Promise<string> {
    return createDatabaseAt(this);
  }

  async startServer(): Promise<void> {
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${this.port}`, 'max_connections=200'];
    const sockets = `unix_socket_directories=${this.folder}`;
    const options = [...settings, sockets].flatMap((setting) => ['-c', setting]);
    const [file, args] = this.#command('postgres', '-D', this.#data, ...options);
    await openingForAll(async () => {
      const shell = ['-c', RUN_UNTIL_PIPE_CLOSES, 'postgres', `${process.pid}`, this.folder, file, ...args];
      const child = spawn('/bin/sh', shell, {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      child.unref();
      (child.stdin as unknown as { unref(): void }).unref();
      this.#process = child;
      await waitFor('PostgreSQL to answer', () => this.#answers(), { timeoutMs: 30_000, everyMs: 50 });
    });
  }

  async stopServer(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    child.ref();
    const ended = once(child, 'exit');
    child.stdin?.end();
    await ended;
  }

  async restart(): Promise<void> {
    await this.stopServer();
    await this.startServer();
  }

  async stop(): Promise<void> {
    await this.stopServer();
    await rm(this.folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  /** PostgreSQL refuses to run as root. */
  #command(program: string, ...args: string[]): [file: string, args: string[]] {
    const file = join(this.bin, program);
    if (!this.user) return [file, args];
    const { uid, gid } = this.user;
    return ['setpriv', [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', file, ...args]];
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url(), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

interface User {
  uid: number;
  gid: number;
}

async function programs(): Promise<string[]> {
  const versions = await readdir(LIB).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(LIB, version, 'bin', 'postgres'));
}

async function ordinaryUser(): Promise<User> {
  const id = async (flag: string): Promise<number> => {
    const { stdout } = await run('id', [flag, 'postgres']).catch(() => run('id', [flag, 'nobody']));
    return Number(stdout);
  };
  return { uid: await id('-u'), gid: await id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
