import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { tempFolder } from './temp-folder.js';
import { waitFor } from './wait-for.js';

export interface ServiceOptions {
  /** On top of PORT=0 and RATES_ENABLED=off, as there is no network outside; nothing of the environment of the specs but what Node needs reaches the service. */
  env?: Readonly<Record<string, string>>;
  /** Where it runs and keeps its state; default a new temporary folder. Give it again to start a second time. */
  cwd?: string;
  /** For the address to be printed. Default 60 s: the first start writes the sample data. */
  timeoutMs?: number;
}

export interface Service {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly cwd: string;
  readonly pid: number;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, as a crash or a loss of power does it. */
  kill(): Promise<void>;
  /** What it printed so far, on both streams. */
  output(): string;
}

/** A process that was started and may not listen yet. */
export interface LaunchedService {
  readonly cwd: string;
  readonly pid: number;
  /** Resolves when it says where it listens. Rejects when it ends before, or takes longer than `timeoutMs`. */
  ready(timeoutMs?: number): Promise<Service>;
  /** Sends a signal and waits for the end; resolves to the exit code, null where a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves when the process is gone, whoever ended it. */
  readonly gone: Promise<void>;
  output(): string;
}

/** The line for people; log lines may name other addresses. */
const ADDRESS = /^\s*API\s+(https?:\/\/[\w.[\]:-]+:\d+)/m;
const KEPT_OF_ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG'];
const READY_WITHIN_MS = 60_000;

/** Starts the product as a process of its own and waits until it says where it listens. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const launched = launchService({ ...options, cwd: options.cwd ?? (await tempFolder()) });
  return launched.ready(options.timeoutMs);
}

/** Starts the product as a process of its own, and does not wait. */
export function launchService({ cwd, env }: ServiceOptions & { cwd: string }): LaunchedService {
  const child = spawn(process.execPath, [resolve('.build/src/main.js')], {
    cwd,
    env: { ...keptEnvironment(), PORT: '0', RATES_ENABLED: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit').then(() => undefined);
  const printed = { stdout: '', all: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
    printed.all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.all += text));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await gone;
    return child.exitCode;
  };
  const base = { cwd, pid: child.pid!, output: () => printed.all };
  return {
    ...base,
    end,
    gone,
    async ready(timeoutMs = READY_WITHIN_MS) {
      const url = await addressOf(child, printed, timeoutMs);
      return { ...base, url, stop: () => end('SIGTERM'), kill: async () => void (await end('SIGKILL')) };
    },
  };
}

async function addressOf(
  child: ChildProcess,
  printed: Readonly<{ stdout: string; all: string }>,
  timeoutMs: number,
): Promise<string> {
  try {
    return await waitFor(
      'the address of the service',
      () => {
        if (child.exitCode !== null) throw new Error(`the service ended with exit code ${child.exitCode}`);
        if (child.signalCode !== null) throw new Error(`the service was ended by ${child.signalCode}`);
        return ADDRESS.exec(printed.stdout)?.[1];
      },
      { timeoutMs },
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}; it printed:\n${printed.all}`, { cause: error });
  }
}

function keptEnvironment(): Record<string, string> {
  const kept = KEPT_OF_ENVIRONMENT.flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(kept);
}
