import { availableParallelism } from 'node:os';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';

/** As `engines` in package.json has it. */
const LEAST_NODE = [20, 19] as const;

export const checkNode: Check = {
  name: 'node',
  run: () => [judgeNode(process.versions.node)],
};

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (enough) return ok('node', `version ${version}`);
  return fail('node', `version ${version}`, `use Node ${LEAST_NODE.join('.')} or newer`);
}

export const checkThreads: Check = {
  name: 'worker threads',
  run: ({ config }) => [judgeThreads(config.workers.threads, availableParallelism())],
};

export function judgeThreads(threads: number, cores: number): Finding {
  const found = `${threads} for ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  if (threads <= cores) return ok('worker threads', found);
  return warn('worker threads', found, 'set WORKER_THREADS to 0, one for each core; more only take turns');
}
