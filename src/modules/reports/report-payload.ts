import type { Period } from './phone-stats.js';
import type { RateUsed } from './report-currency.js';

/** What a report task keeps of its request. */
export interface ReportPayload {
  phones: number[];
  period: Period;
  /** Where the prices were asked for in another currency. */
  rate?: RateUsed;
  /** Where a queue message asked to be answered, beside `ready_report`. */
  replyTo?: { queue: string; correlationId?: string };
}

export const REPORT_TASK = 'aggregate_calls';

export function encodePayload(payload: ReportPayload): string {
  return JSON.stringify(payload);
}

export function decodePayload(text: string): ReportPayload {
  return JSON.parse(text) as ReportPayload;
}

/** What a report can be searched by in the ledger. */
export function phoneKeys(phones: readonly number[]): string[] {
  return phones.map((phone) => `phone:${phone}`);
}
