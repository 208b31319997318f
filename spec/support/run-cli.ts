import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** Less than a spec may take, so that no client outlives its spec. */
const LONGEST_RUN_MS = 18_000;

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliRun {
  child: ChildProcess;
  result: Promise<CliResult>;
}

export interface CliOptions {
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts the compiled command line client in an environment that has nothing but what is given. */
export function startCli(args: readonly string[], { env = {}, cwd }: CliOptions = {}): CliRun {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, result: outputOf(child) };
}

export function runCli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  return startCli(args, options).result;
}

async function outputOf(child: ChildProcess): Promise<CliResult> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => out.push(piece));
  child.stderr?.on('data', (piece: Buffer) => err.push(piece));
  const lastResort = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(lastResort);
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
