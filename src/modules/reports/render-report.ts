import type { PhoneStats } from './phone-stats.js';
import { priceIn, renderRate } from './report-currency.js';
import type { RateUsed } from './report-currency.js';

/** Prices are 10 a second, so a hundredth of a millisecond sum; means are seconds. All from whole milliseconds. */
const MS_PER_PRICE_UNIT = 100;
const MS_PER_SECOND = 1_000;

/** One phone of a report, as JSON text; its prices in another currency too where there is a rate. */
export function renderPhone(stats: PhoneStats, rate?: RateUsed): string {
  return (
    `{"phone":${stats.phone},"cnt_all_attempts":${stats.attempts},` +
    `"cnt_att_dur":{"10_sec":${stats.upTo10s},"10_30_sec":${stats.from10To30s},"30_sec":${stats.over30s}},` +
    `"min_price_att":${stats.minMs / MS_PER_PRICE_UNIT},"max_price_att":${stats.maxMs / MS_PER_PRICE_UNIT},` +
    `"avg_dur_att":${Number(stats.sumMs) / (stats.attempts * MS_PER_SECOND)},` +
    `"sum_price_att_over_15":${Number(stats.sumOver15sMs) / MS_PER_PRICE_UNIT}${rate ? inCurrency(stats, rate) : ''}}`
  );
}

function inCurrency({ minMs, maxMs, sumOver15sMs }: PhoneStats, rate: RateUsed): string {
  return (
    `,"in_currency":{"min_price_att":${priceIn(minMs, rate)},"max_price_att":${priceIn(maxMs, rate)},` +
    `"sum_price_att_over_15":${priceIn(sumOver15sMs, rate)}}`
  );
}

/** The `data` array of a report, as JSON text. */
export function renderData(stats: readonly PhoneStats[], rate?: RateUsed): string {
  return `[${stats.map((one) => renderPhone(one, rate)).join(',')}]`;
}

export interface ReportBodyParts {
  /** From `renderData`. */
  data: string;
  notFound: readonly number[];
  skippedRecords: number;
  totalDurationS: number;
  /** There where the prices were asked for in another currency. */
  rate?: RateUsed;
}

/** What both answers share: the data, and what is there only when there is something to say. */
function renderCore(parts: ReportBodyParts): string {
  const notFound = parts.notFound.length > 0 ? `,"not_found":[${parts.notFound.join(',')}]` : '';
  const skipped = parts.skippedRecords > 0 ? `,"skipped_records":${parts.skippedRecords}` : '';
  const currency = parts.rate ? `,"currency":${renderRate(parts.rate)}` : '';
  return `"data":${parts.data}${notFound}${skipped}${currency},"total_duration":${parts.totalDurationS}`;
}

/**
 * The body of `GET /api/v1/report/{task_id}`.
 * @param correlationId raw JSON token, spliced in as it came
 */
export function renderRestReport(
  parts: ReportBodyParts,
  meta: { received: string; taskFrom: string; correlationId: string },
): string {
  return (
    `{${renderCore(parts)},"received":"${meta.received}","task_from":"${meta.taskFrom}",` +
    `"task_to":"client","correlation_id":${meta.correlationId}}`
  );
}

/** The message in `ready_report`. */
export function renderQueueReport(
  parts: ReportBodyParts,
  meta: { taskReceived: string; correlationId: string },
): string {
  return (
    `{"correlation_id":${meta.correlationId},"status":"Complete","task_received":"${meta.taskReceived}",` +
    `"from":"report_service","to":"client",${renderCore(parts)}}`
  );
}

/** The message for a job that failed. */
export function renderQueueError(meta: {
  taskReceived: string;
  correlationId: string;
  error: string;
}): string {
  return (
    `{"correlation_id":${meta.correlationId},"status":"Error","task_received":"${meta.taskReceived}",` +
    `"from":"report_service","to":"client","error":${JSON.stringify(meta.error)}}`
  );
}

/** `2023-05-09 02:27:03.049772`, in UTC: the form that the readers of the queue know. */
export function queueTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1).replace('T', ' ')}000`;
}
