/**
 * npm run torture -- [--set NAME|all] [--jobs N] [--kills N] [--broker-faults N] [--seed N] [--short]
 * Breaks the service while it works, and compares what was handed in with what became of it. The same seed gives the same
 * jobs and the same faults. Exits with 1 on any difference, and names the folder with the evidence.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopSharedServers } from '../support/shared-server.js';
import { FULL, type Plan, SHORT, SITE_NAMES, type SiteName } from './plan.js';
import { runTorture } from './run-torture.js';
import { showOutcome, wrongCount } from './show-outcome.js';

const MOST = 1_000_000;
const EXIT_INTERRUPTED = 130;

function plansOf(args: readonly string[]): Plan[] {
  const { values } = parseArgs({
    args: [...args],
    options: {
      set: { type: 'string', default: 'all' },
      jobs: { type: 'string' },
      kills: { type: 'string' },
      'broker-faults': { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % MOST) },
      short: { type: 'boolean', default: false },
    },
  });
  const base = values.short ? SHORT : FULL;
  const brokerFaults = numberOf('broker-faults', values['broker-faults'], base.brokerFaults, 0);
  const plan = {
    ...base,
    seed: numberOf('seed', values.seed, 0, 0),
    jobs: numberOf('jobs', values.jobs, base.jobs, 1),
    kills: numberOf('kills', values.kills, base.kills, 0),
    brokerFaults,
    brokerRestarts: Math.min(base.brokerRestarts, Math.ceil(brokerFaults / 10)),
  };
  return sitesOf(values.set).map((site) => ({ ...plan, site }));
}

function sitesOf(name: string): readonly SiteName[] {
  if (name === 'all') return SITE_NAMES;
  const site = SITE_NAMES.find((known) => known === name);
  if (!site) throw new Error(`--set must be all or one of ${SITE_NAMES.join(', ')}, got "${name}"`);
  return [site];
}

function numberOf(name: string, text: string | undefined, otherwise: number, least: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= least && value <= MOST) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${MOST}, got "${text}"`);
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
  for (const plan of plansOf(process.argv.slice(2))) {
    if (!(await run(plan))) process.exitCode = 1;
  }
} finally {
  await stopSharedServers();
}
