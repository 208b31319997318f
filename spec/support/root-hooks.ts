import './setup.js';
import type { RootHookObject, Suite } from 'mocha';
import { messageOf } from '../../src/kernel/errors.js';
import { acceptOpenResources, followThreadsAndProcesses, leakedResources } from './open-resources.js';
import { stopSharedServers } from './shared-server.js';
import { endTempFolders } from './temp-folder.js';
import { waitFor } from './wait-for.js';

const GRACE_MS = 3_000;
/** Of Node's warnings those that tell of a fault. */
const FAULTS = new Set(['MaxListenersExceededWarning', 'TimeoutOverflowWarning', 'UnsupportedWarning']);
const faults: Error[] = [];

function hasFailed(suite: Suite): boolean {
  return suite.tests.some((test) => test.isFailed()) || suite.suites.some(hasFailed);
}

/** Mocha starts a hook's own timer once it has returned its promise; with this, each look counts it. */
const ownTimer = (): Promise<void> => Promise.resolve();

async function nothingIsLeftOpen(this: Mocha.Context): Promise<void> {
  this.timeout(GRACE_MS + 10_000);
  throwFault();
  await ownTimer();
  const gone = await waitFor('all to be closed', () => leakedResources().length === 0, {
    timeoutMs: GRACE_MS,
  }).catch(() => false);
  if (gone) return;
  const leaked = leakedResources();
  acceptOpenResources();
  throw new Error(`left open:\n  ${leaked.join('\n  ')}`);
}

function throwFault(): void {
  const fault = faults.splice(0)[0];
  if (fault) throw fault;
}

async function evidenceIsKept(suite: Suite): Promise<void> {
  const kept = await endTempFolders(hasFailed(suite));
  if (kept.length > 0) console.log(`    kept for a look: ${kept.join(' ')}`);
}

export const mochaHooks: RootHookObject = {
  async beforeAll(this: Mocha.Context) {
    process.on('warning', (warning) => FAULTS.has(warning.name) && faults.push(warning));
    process.on('unhandledRejection', (reason) => {
      faults.push(new Error(`unhandled rejection: ${messageOf(reason)}`, { cause: reason }));
    });
    followThreadsAndProcesses();
    await ownTimer();
    acceptOpenResources();
    for (const suite of this.test!.parent!.suites) {
      suite.afterAll('nothing is left open', nothingIsLeftOpen);
      suite.afterAll('temporary folders', () => evidenceIsKept(suite));
    }
  },
  afterEach: throwFault,
};

export async function mochaGlobalTeardown(): Promise<void> {
  await stopSharedServers();
  // Tells the process that started this one that it must end by itself now.
  process.send?.('ended');
}
