import type { PhoneStats } from './phone-stats.js';
import { renderData } from './render-report.js';
import type { RateUsed } from './report-currency.js';

export interface DataToRender {
  stats: readonly PhoneStats[];
  rate: RateUsed | undefined;
}

/** `renderData` as a job of a thread, which takes one value. */
export function renderReportData({ stats, rate }: DataToRender): string {
  return renderData(stats, rate);
}
