import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AmqpJob } from './amqp-load.js';
import type { HttpJob } from './http-load.js';
import type { LoadResult } from './load-result.js';

/** The process that makes load; the same one for every server that is measured. */
export interface LoadGenerator {
  run(job: HttpJob | AmqpJob): Promise<LoadResult>;
  stop(): Promise<void>;
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(new URL('./load.process.js', import.meta.url)));
  return {
    async run(job) {
      child.send(job);
      const [answer] = (await once(child, 'message')) as [{ result: LoadResult } | { failed: string }];
      if ('failed' in answer) throw new Error(answer.failed);
      return answer.result;
    },
    stop: () => stopChild(child),
  };
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill('SIGTERM');
  await exited;
}
