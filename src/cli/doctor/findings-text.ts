import type { Finding, FindingStatus } from './finding.js';

const COLORS: Record<FindingStatus, number> = { ok: 32, warn: 33, fail: 31 };

/** For people: a line for each finding, and what to do below it. */
export function findingLines(findings: readonly Finding[], { color }: { color: boolean }): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.flatMap(({ check, status, found, todo }) => {
    const mark = color ? `\u001b[${COLORS[status]}m${status.padEnd(4)}\u001b[0m` : status.padEnd(4);
    const line = `${mark}  ${check.padEnd(width)}  ${found}`;
    return todo === null ? [line] : [line, `${' '.repeat(6 + width)}  → ${todo}`];
  });
}

/** The worst of all. */
export function overall(findings: readonly Finding[]): FindingStatus {
  if (findings.some(({ status }) => status === 'fail')) return 'fail';
  return findings.some(({ status }) => status === 'warn') ? 'warn' : 'ok';
}
