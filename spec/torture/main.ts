/** `npm run torture`: exits with 1 on any difference, and names the folder with the evidence. `-- --help` shows the options. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from '../support/command-line.js';
import { stopSharedServers } from '../support/shared-server.js';
import { FULL, type Plan, SHORT, SITE_NAMES } from './plan.js';
import { runTorture } from './run-torture.js';
import { showOutcome, wrongCount } from './show-outcome.js';

const MOST = 1_000_000;
const WHOLE = { kind: 'whole', least: 0, most: MOST } as const;
const EXIT_INTERRUPTED = 130;

const byDefault = (key: 'jobs' | 'kills' | 'brokerFaults'): string =>
  `(default ${FULL[key]}, with --short ${SHORT[key]})`;

function plansOf(): Plan[] {
  const { values } = commandLine({
    call: 'npm run torture',
    does: `Breaks the service while it works, and compares what was handed in with what became of it. The same seed gives the same
jobs and the same faults. Exits with 1 on any difference, and names the folder with the evidence.`,
    options: {
      set: { kind: 'word', means: 'what it runs on', of: [...SITE_NAMES, 'all'], default: 'all' },
      jobs: { ...WHOLE, means: `jobs that are handed in ${byDefault('jobs')}`, least: 1 },
      kills: { ...WHOLE, means: `kills of the service ${byDefault('kills')}` },
      'broker-faults': { ...WHOLE, means: `faults of the broker ${byDefault('brokerFaults')}` },
      seed: { ...WHOLE, means: 'makes the same jobs and faults again (default: by the time)' },
      short: { kind: 'flag', means: 'about a minute for each set' },
    },
  });
  const base = values.short ? SHORT : FULL;
  const { set, seed = Date.now() % MOST, jobs = base.jobs, kills = base.kills } = values;
  const brokerFaults = values['broker-faults'] ?? base.brokerFaults;
  const brokerRestarts = Math.min(base.brokerRestarts, Math.ceil(brokerFaults / 10));
  const sites = SITE_NAMES.filter((site) => set === site || set === 'all');
  return sites.map((site) => ({ ...base, ...{ seed, jobs, kills, brokerFaults, brokerRestarts, site } }));
}

let stopSite = (): Promise<void> => Promise.resolve();

/** Returns whether nothing was wrong. */
async function run(plan: Plan): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), `switchyard-torture-${plan.site}-`));
  console.log(`${plan.site}, seed ${plan.seed}: ${plan.jobs} jobs, ${plan.kills} kills; in ${folder}`);
  const outcome = await runTorture(plan, folder, (stop) => (stopSite = stop));
  console.log(showOutcome(outcome));
  if (wrongCount(outcome) === 0) {
    await rm(folder, { recursive: true, force: true });
    return true;
  }
  await writeFile(join(folder, 'checks.json'), JSON.stringify(outcome.checks, null, 2));
  console.log(`FAILED; the evidence is in ${folder}`);
  return false;
}

/** Processes, servers and mounts go with this one. */
async function interrupted(): Promise<never> {
  await stopSite().catch(() => undefined);
  await stopSharedServers();
  process.exit(EXIT_INTERRUPTED);
}

process.once('SIGINT', () => void interrupted());
process.once('SIGTERM', () => void interrupted());
try {
  for (const plan of plansOf()) {
    if (!(await run(plan))) process.exitCode = 1;
  }
} finally {
  await stopSharedServers();
}
