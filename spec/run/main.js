/**
 * npm test:      all checks, then the specs with their coverage.
 * npm run check: the checks.
 * npm run spec:  the specs alone; words narrow it to files of that name, options go to mocha.
 * The last line is always `N passed, N failed`; a check that fails counts as one.
 */
import { compile, runChecks } from './checks.js';
import { runSpecs } from './specs.js';

const [mode = 'all', ...args] = process.argv.slice(2);

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
