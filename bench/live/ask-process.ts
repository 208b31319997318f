import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the benchmark that does what it is asked, one thing after the other. */
export interface AskedProcess {
  ask<T>(what: string, value?: unknown): Promise<T>;
  stop(): Promise<void>;
}

interface Message {
  result?: unknown;
  error?: string;
}

export async function startProcess(file: string, ...args: string[]): Promise<AskedProcess> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child: ChildProcess = fork(path, args, { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  await once(child, 'message');
  return {
    async ask<T>(what: string, value?: unknown): Promise<T> {
      child.send({ what, value });
      const [message] = (await once(child, 'message')) as [Message];
      if (message.error !== undefined) throw new Error(`${what}: ${message.error}`);
      return message.result as T;
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

type Answers = Readonly<Record<string, (value: never) => unknown>>;

/** In the process: answers by name until the other side goes. */
export function answer(answers: Answers, onEnd: () => Promise<void> | void = () => undefined): void {
  process.on('message', (message: { what: string; value: never }) => {
    void reply(answers, message).then((result) => process.send!(result));
  });
  process.once('disconnect', () => void Promise.resolve(onEnd()).finally(() => process.exit()));
  process.send!({ result: 'up' });
}

async function reply(answers: Answers, { what, value }: { what: string; value: never }): Promise<Message> {
  try {
    return { result: (await answers[what]!(value)) ?? null };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
