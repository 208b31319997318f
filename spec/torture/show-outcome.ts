import Table from 'cli-table3';
import type { Outcome } from './run-torture.js';

const SHOWN = 5;

/** A table for people: what was survived, and what was compared. */
export function showOutcome({ plan, faults, checks, figures, seconds }: Outcome): string {
  const survived = new Table({ head: ['fault', 'times'], style: { head: [], border: [] } });
  survived.push(...[...faults].sort(([a], [b]) => (a < b ? -1 : 1)));
  const compared = new Table({ head: ['check', 'looked at', 'wrong'], style: { head: [], border: [] } });
  compared.push(...checks.map(({ check, looked, wrong }) => [check, looked, wrong.length]));
  const more = Object.entries(figures).map(([name, count]) => `${count} ${name}`);
  const details = checks.flatMap(({ check, wrong }) => [
    ...wrong.slice(0, SHOWN).map((line) => `  ${check}: ${line}`),
    ...(wrong.length > SHOWN ? [`  ${check}: and ${wrong.length - SHOWN} more`] : []),
  ]);
  const title = `${plan.site}, seed ${plan.seed}: ${plan.jobs} jobs in ${seconds.toFixed(0)} s`;
  return [title, survived.toString(), compared.toString(), `  ${more.join(', ')}`, ...details].join('\n');
}

export function wrongCount({ checks }: Outcome): number {
  return checks.reduce((sum, { wrong }) => sum + wrong.length, 0);
}
