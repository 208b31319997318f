import { subscribe } from 'node:diagnostics_channel';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';

/** What a spec file may leave open: by name, for the message, and by identity, for the comparison. */
interface Open {
  name: string;
  handle: object;
}

const made = new Map<object, Open>();
const known = new WeakSet<object>();
let knownTimers = 0;

/** The first line of the specs or the product in the stack of whoever calls. */
function caller(): string {
  const lines = (new Error().stack ?? '').split('\n');
  const line = lines.find((l) => /[/\\](src|spec)[/\\]/.test(l) && !l.includes('open-resources'));
  return line?.trim() ?? 'at an unknown place';
}

/** Follows threads and child processes, also those that do not keep this process alive. */
export function followThreadsAndProcesses(): void {
  subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker };
    made.set(worker, { name: `thread started ${caller()}`, handle: worker });
    worker.once('exit', () => made.delete(worker));
  });
  subscribe('child_process', (message) => {
    const { process: child } = message as { process: ChildProcess };
    made.set(child, { name: `process started ${caller()}`, handle: child });
    child.once('exit', () => made.delete(child));
    child.once('error', () => child.pid === undefined && made.delete(child));
  });
}

function nameOf(handle: object): string {
  const socket = handle as Partial<Socket>;
  const ends = [socket.localPort, socket.remotePort].filter((port) => port !== undefined);
  const file = (handle as { spawnfile?: string }).spawnfile;
  return [handle.constructor.name, ...(ends.length > 0 ? [ends.join(' -> ')] : []), file ?? '']
    .join(' ')
    .trim();
}

/** Sockets, servers, pipes, watchers and ports that keep this process alive, and all threads and processes. */
function openNow(): Open[] {
  // The only view that tells one open handle from another; getActiveResourcesInfo() has their kinds alone.
  const node = process as unknown as { _getActiveHandles(): object[] };
  const handles = node._getActiveHandles().filter((handle) => !made.has(handle));
  return [...made.values(), ...handles.map((handle) => ({ name: nameOf(handle), handle }))];
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

/** From now on, what is open at this moment is no leak. */
export function acceptOpenResources(): void {
  for (const { handle } of openNow()) known.add(handle);
  knownTimers = activeTimers();
}

/** What `start` opens belongs to a server that all specs share, and is no leak. */
export async function openingForAll<T>(start: () => Promise<T>): Promise<T> {
  const before = new Set(openNow().map(({ handle }) => handle));
  const result = await start();
  for (const { handle } of openNow()) if (!before.has(handle)) known.add(handle);
  return result;
}

/** Names of what was opened and is still there. */
export function leakedResources(): string[] {
  const leaked = openNow().filter(({ handle }) => !known.has(handle));
  const timers = activeTimers() - knownTimers;
  return [...leaked.map(({ name }) => name), ...(timers > 0 ? [`${timers} timers`] : [])];
}
