import { spawn } from 'node:child_process';
import { generatedIsFresh } from './generated.js';
import { pruneBuild } from './prune-build.js';

/** @typedef {{ ok: boolean, output: string }} Outcome */
/** @typedef {{ name: string, run: () => Promise<Outcome> }} Check */

/**
 * Runs a tool of node_modules and keeps what it prints.
 * @param {string} script path of its JavaScript entry
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
export function runTool(script, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`node_modules/${script}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}

/** Compiles src, spec and bench into .build, where the specs run from. */
export async function compile() {
  await pruneBuild();
  return runTool('typescript/bin/tsc', '-p', 'tsconfig.spec.json');
}

/** The slowest first, so that two at a time end together. */
const CHECKS = [
  { name: 'lint', run: () => runTool('eslint/bin/eslint.js', '--max-warnings', '0', '.') },
  { name: 'types', run: compile },
  { name: 'format', run: () => runTool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'generated', run: generatedIsFresh },
  {
    name: 'architecture',
    run: () =>
      runTool(
        'dependency-cruiser/bin/dependency-cruise.mjs',
        '--config',
        '--',
        'src',
        'spec',
        'bench',
        'public',
      ),
  },
];

/**
 * Runs all checks, two at a time, and prints one line for each and the output of those that fail.
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks() {
  /** @type {string[]} */
  const failed = [];
  const waiting = [...CHECKS];
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await report(check))) failed.push(check.name);
    }
  };
  await Promise.all([lane(), lane()]);
  return failed;
}

/** @param {Check} check */
async function report({ name, run }) {
  const startedAt = performance.now();
  const { ok, output } = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (!ok) console.log(output.trimEnd());
  return ok;
}
