import { loadConfig } from '../../src/app/config.js';
import type { Check, Finding } from '../../src/cli/doctor/finding.js';
import { runChecks } from '../../src/cli/doctor/run-checks.js';
import { tempFolder } from './temp-folder.js';

/** What one check finds with a configuration of these keys, in a folder of its own. */
export async function examine(
  check: Check,
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Finding[]> {
  return runChecks([check], loadConfig({ env, cwd: cwd ?? (await tempFolder()) }));
}

/** `status check: found`, to be compared by pattern. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ check, status, found }) => `${status} ${check}: ${found}`);
}
