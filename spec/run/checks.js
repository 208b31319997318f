import { existsSync } from 'node:fs';
import { generatedIsFresh } from './generated.js';
import { pruneBuild } from './prune-build.js';
import { runTool } from './run-tool.js';

/** @typedef {{ name: string, run: () => Promise<import('./run-tool.js').Outcome> }} Check */

const WASM = 'src/modules/reports/scan/assembly/asconfig.json';

/** Compiles src, spec and bench, and the scanner in WebAssembly, into .build, where the specs run from. */
export async function compile() {
  await pruneBuild();
  const types = await runTool('typescript/bin/tsc', '-p', 'tsconfig.spec.json');
  return types.ok ? runTool('assemblyscript/bin/asc.js', '--config', WASM, '--target', 'specs') : types;
}

function architecture() {
  const roots = ['src', 'spec', 'bench', 'public'].filter((root) => existsSync(root));
  return runTool('dependency-cruiser/bin/dependency-cruise.mjs', '--config', '--', ...roots);
}

/** The slowest first, so that two at a time end together. */
const CHECKS = [
  { name: 'lint', run: () => runTool('eslint/bin/eslint.js', '--max-warnings', '0', '.') },
  { name: 'types', run: compile },
  { name: 'format', run: () => runTool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'generated', run: generatedIsFresh },
  { name: 'architecture', run: architecture },
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
  const { ok, output } = await run().catch((error) => ({ ok: false, output: String(error?.stack ?? error) }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (!ok) console.log(output.trimEnd());
  return ok;
}
