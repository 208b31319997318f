import { lateOutcome } from './late-outcome.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import type { Fault, FaultKind } from './schedule.js';
import type { Replica } from './replica.js';
import type { Site } from './site.js';

/** What a fault happens to: two at once would undo each other. */
export type Subject = Replica | 'broker' | 'database' | 'cache' | 'disk' | 'data';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Injection = (site: Site, fault: Fault, replica: Replica) => Promise<void>;

const KILL: Injection = (_site, _fault, replica) => replica.kill();
const FREEZE: Injection = (_site, { forMs }, replica) => replica.freeze(forMs);

const INJECTIONS: Readonly<Record<FaultKind, Injection>> = {
  kill: KILL,
  async 'kill while starting'(_site, { forMs }, replica) {
    await replica.kill();
    await pause(forMs);
    await replica.kill();
  },
  'kill leader': KILL,
  async 'kill in outage'(site, { forMs }, replica) {
    const end = await beginOutage(site, replica);
    try {
      await pause(forMs);
      await replica.kill();
      await pause(forMs / 2);
    } finally {
      await end();
    }
  },
  freeze: FREEZE,
  'freeze past lease': FREEZE,
  'late outcome': lateOutcome,
  async 'cut broker'({ brokerProxy }, { forMs }) {
    brokerProxy!.close();
    await pause(forMs);
    brokerProxy!.open();
  },
  async 'stop broker'(_site, { forMs }) {
    const broker = await rabbitmq();
    await broker.stopApp();
    await pause(forMs);
    await broker.startApp();
  },
  async 'restart broker'(_site, { target }) {
    await (await rabbitmq()).restart(target < 0.5 ? 'in good order' : 'at once');
  },
  async 'cut database'({ databaseProxies, replicas }, { forMs }, replica) {
    const proxy = databaseProxies![replicas.indexOf(replica)]!;
    proxy.close();
    await pause(forMs);
    proxy.open();
  },
  async 'stop database'(_site, { forMs }) {
    const server = await postgres();
    await server.stopServer();
    await pause(forMs);
    await server.startServer();
  },
  async 'empty cache'({ redis }, { forMs }) {
    await redis!.stop();
    await pause(forMs);
    await redis!.resume();
  },
  async 'fill disk'({ disk }, { forMs }) {
    await disk!.fill();
    try {
      await pause(forMs);
    } finally {
      await disk!.free();
    }
  },
};

/** Keeps a replica from writing; returns what ends that. */
async function beginOutage(site: Site, replica: Replica): Promise<() => Promise<void>> {
  const { disk } = site;
  if (disk) {
    await disk.fill();
    return () => disk.free();
  }
  const proxy = site.databaseProxies![site.replicas.indexOf(replica)]!;
  proxy.close();
  return async () => proxy.open();
}

const SUBJECTS: Readonly<Record<FaultKind, readonly ('replica' | Exclude<Subject, Replica>)[]>> = {
  kill: ['replica'],
  'kill while starting': ['replica'],
  'kill leader': ['replica'],
  'kill in outage': ['replica', 'database', 'disk'],
  freeze: ['replica'],
  'freeze past lease': ['replica'],
  'late outcome': ['replica', 'database', 'data'],
  'cut broker': ['broker'],
  'stop broker': ['broker'],
  'restart broker': ['broker'],
  'cut database': ['database'],
  'stop database': ['database'],
  'empty cache': ['cache'],
  'fill disk': ['disk'],
};

export function subjectsOf(kind: FaultKind, replica: Replica): Subject[] {
  return SUBJECTS[kind].map((subject) => (subject === 'replica' ? replica : subject));
}

/** Whether this site, on this machine, can be broken in this way. */
export async function canInject(site: Site, kind: FaultKind): Promise<boolean> {
  if (kind === 'fill disk') return site.disk !== undefined;
  if (kind === 'kill in outage') return site.disk !== undefined || site.databaseProxies !== undefined;
  if (kind === 'stop broker' || kind === 'restart broker') return (await rabbitmq()).controllable;
  if (kind === 'stop database') return (await postgres()).controllable;
  return true;
}

/** Resolves when what was broken is whole again, but for a process: that starts by itself. */
export function injectFault(site: Site, fault: Fault, replica: Replica): Promise<void> {
  return INJECTIONS[fault.kind](site, fault, replica);
}
