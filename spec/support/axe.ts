import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

const SERIOUS = new Set(['serious', 'critical']);
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds serious or worse in a page as it is now, in words. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // By the browser's debugger, which the Content-Security-Policy does not bind.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const findings = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
  const nodesOf = ({ nodes }: Finding): string =>
    nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ');
  return findings
    .filter(({ impact }) => SERIOUS.has(impact))
    .map((finding) => `${finding.id}: ${nodesOf(finding)}`);
}
