/** `npm test`, `npm run check` and `npm run spec`: the last line is always `N passed, N failed`; a failed check counts as one. */
import { compile, runChecks } from './checks.js';
import { runSpecs } from './specs.js';

const USAGE = `Usage: npm run spec -- [WORD …] [MOCHA OPTION …]

  npm test       all checks, then the specs with their coverage
  npm run check  the checks: types, lint, format, generated files, architecture
  npm run spec   the specs alone; words narrow it to files with one of them in their path, options go to mocha (--grep=…)

Only npm run spec takes arguments.`;
const EXIT_USAGE = 2;

const given = process.argv.slice(2);
const mode = given[0] === 'check' || given[0] === 'spec' ? given[0] : 'all';
const args = mode === 'all' ? given : given.slice(1);
if (args.includes('--help') || args.includes('-h')) {
  console.log(USAGE);
  process.exit(0);
}
if (mode !== 'spec' && args.length > 0) {
  const call = mode === 'check' ? 'npm run check' : 'npm test';
  console.error(`${call}: no argument is expected, got "${args[0]}"; --help tells more`);
  process.exit(EXIT_USAGE);
}

/** @returns {Promise<import('./specs.js').Summary>} */
async function run() {
  if (mode === 'spec') {
    const { ok, output } = await compile();
    if (!ok) console.log(output);
    return ok ? runSpecs(args, { coverage: false }) : { passed: 0, failed: 1, skipped: 0 };
  }
  const failed = await runChecks();
  if (failed.length > 0)
    console.log(`\nfailed: ${failed.join(', ')}${mode === 'all' ? '; no spec was run' : ''}`);
  if (failed.length > 0 || mode === 'check') return { passed: 0, failed: failed.length, skipped: 0 };
  return runSpecs(args, { coverage: true });
}

const { passed, failed, skipped } = await run();
process.exitCode = failed === 0 ? 0 : 1;
if (mode !== 'check') {
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}
