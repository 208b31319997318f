import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../spec/support/rabbitmq-node.js';

export interface BenchServiceOptions {
  /** Gets a folder of its own in here: state, and its log. */
  folder: string;
  name: string;
  env: Readonly<Record<string, string>>;
  /** For Node itself: `--cpu-prof`. */
  nodeOptions?: readonly string[];
}

/** The service as it runs in production: a process of its own, tokens asked for, its log written to a file. */
export interface BenchService {
  name: string;
  port: number;
  pid: number;
  /** From the start of the process to its first 200 of `/readyz`. */
  readyMs: number;
  /** Headers of a request with the token of an operator. */
  headers: Readonly<Record<string, string>>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The value of a metric without labels. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;

export async function startBenchService(options: BenchServiceOptions): Promise<BenchService> {
  const { folder, name, env, nodeOptions = [] } = options;
  const cwd = join(folder, name);
  await mkdir(cwd, { recursive: true });
  const logFile = join(cwd, 'log');
  const log = await open(logFile, 'a');
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, resolve('.build/src/main.js')], {
    cwd,
    env: { PATH: process.env.PATH, PORT: String(port), RATES_ENABLED: 'off', ...env },
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, () => child.exitCode === null);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${name} did not start: ${await readFile(logFile, 'utf8')}`, { cause: error });
  }
  const readyMs = performance.now() - began;
  const headers = { authorization: `Bearer ${await newToken(url)}` };
  const fetchFrom = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, { ...init, headers: { ...headers, ...(init.headers as object) } });
  return {
    name,
    port,
    pid: child.pid!,
    readyMs,
    headers,
    fetch: fetchFrom,
    metric: async (metric) => metricOf(await (await fetchFrom('/metrics')).text(), metric),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await log.close();
    },
  };
}

async function untilReady(url: string, isAlive: () => boolean): Promise<void> {
  const lookUntil = performance.now() + READY_WITHIN_MS;
  while (performance.now() < lookUntil && isAlive()) {
    const status = await fetch(`${url}/readyz`).then(
      async (answer) => (await answer.arrayBuffer(), answer.status),
      () => 0,
    );
    if (status === 200) return;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error('it ended, or was not ready in time');
}

async function newToken(url: string): Promise<string> {
  const body = JSON.stringify({ name: 'bench', role: 'admin' });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/tokens`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}

function metricOf(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`there is no metric ${name}`);
  return Number(line.slice(name.length + 1));
}
