import { isMainThread } from 'node:worker_threads';
import { warmUp } from './prime.js';

/** The jobs that run on threads, by name. A job returns its failures as values: what an error carries does not cross. */
export { hashExtent } from './hash-extent.js';
export { cutShards, mergeTables, packShards, splitTables, unpackShards } from './merge-tables.js';
export { prime } from './prime.js';
export { scanPacked } from './scan-packed.js';
export { scanRange } from './scan-range.js';
export { readJobCorrelationId } from '../modules/reports/job-correlation-id.js';
export { renderReportData } from '../modules/reports/render-report-data.js';
export { reportToCsv } from '../modules/reports/report-csv.js';

if (!isMainThread) warmUp();
