import { expect } from 'chai';
import fc from 'fast-check';
import type { PhoneStats } from '../../../src/modules/reports/phone-stats.js';
import {
  queueTime,
  renderData,
  renderPhone,
  renderQueueError,
  renderQueueReport,
  renderRestReport,
} from '../../../src/modules/reports/render-report.js';
import { reportToCsv } from '../../../src/modules/reports/report-csv.js';

const STATS: PhoneStats = {
  phone: 17,
  attempts: 4,
  upTo10s: 1,
  from10To30s: 2,
  over30s: 1,
  minMs: 9_990,
  maxMs: 60_000,
  sumMs: 110_001n,
  sumOver15sMs: 90_001n,
};
const PHONE =
  '{"phone":17,"cnt_all_attempts":4,"cnt_att_dur":{"10_sec":1,"10_30_sec":2,"30_sec":1},' +
  '"min_price_att":99.9,"max_price_att":600,"avg_dur_att":27.50025,"sum_price_att_over_15":900.01}';
const PARTS = { data: `[${PHONE}]`, notFound: [], skippedRecords: 0, totalDurationS: 0.25 };
const HUGE = '9223372036854775807';

interface Shown {
  avg_dur_att: number;
  sum_price_att_over_15: number;
}

describe('A rendered report', () => {
  it('shows a phone as the contract writes it: prices of 10 a second, the mean in seconds', () => {
    expect(renderPhone(STATS)).to.equal(PHONE);
    expect(renderData([STATS, STATS])).to.equal(`[${PHONE},${PHONE}]`);
    expect(renderData([])).to.equal('[]');
  });

  it('gives means and sums as near as a number can be', () => {
    const sum = fc.bigInt({ min: 0n, max: 2n ** 53n });
    fc.assert(
      fc.property(sum, fc.integer({ min: 1, max: 2_000_000 }), (sumMs, attempts) => {
        const phone = renderPhone({ ...STATS, attempts, sumMs, sumOver15sMs: sumMs });
        const { avg_dur_att, sum_price_att_over_15 } = JSON.parse(phone) as Shown;
        expect(avg_dur_att).to.equal(Number(sumMs) / (attempts * 1_000));
        expect(sum_price_att_over_15).to.equal(Number(sumMs) / 100);
      }),
    );
  });

  it('is the body of GET /api/v1/report to the letter', () => {
    const meta = { received: '2023-05-09T02:27:03.049Z', taskFrom: 'client_api', correlationId: HUGE };
    expect(renderRestReport(PARTS, meta)).to.equal(
      `{"data":[${PHONE}],"total_duration":0.25,"received":"2023-05-09T02:27:03.049Z",` +
        `"task_from":"client_api","task_to":"client","correlation_id":${HUGE}}`,
    );
    expect(renderRestReport({ ...PARTS, notFound: [5, 3], skippedRecords: 2 }, meta)).to.contain(
      `],"not_found":[5,3],"skipped_records":2,"total_duration":`,
    );
  });

  it('is the message in ready_report to the letter', () => {
    const meta = { taskReceived: queueTime(Date.UTC(2023, 4, 9, 2, 27, 3, 49)), correlationId: HUGE };
    expect(renderQueueReport({ ...PARTS, notFound: [5] }, meta)).to.equal(
      `{"correlation_id":${HUGE},"status":"Complete","task_received":"2023-05-09 02:27:03.049000",` +
        `"from":"report_service","to":"client","data":[${PHONE}],"not_found":[5],"total_duration":0.25}`,
    );
    const error = 'No attempts found for phones "7"';
    expect(renderQueueError({ ...meta, correlationId: '"\\u0041"', error })).to.equal(
      `{"correlation_id":"\\u0041","status":"Error","task_received":"2023-05-09 02:27:03.049000",` +
        `"from":"report_service","to":"client","error":"No attempts found for phones \\"7\\""}`,
    );
  });

  it('as CSV has a header and a line a phone, ended by CRLF', () => {
    const meta = { received: '', taskFrom: 'client_api', correlationId: '"a,b"' };
    const body = renderRestReport({ ...PARTS, data: renderData([STATS, STATS]), notFound: [5] }, meta);
    const header =
      'phone,cnt_all_attempts,cnt_att_dur.10_sec,cnt_att_dur.10_30_sec,cnt_att_dur.30_sec,' +
      'min_price_att,max_price_att,avg_dur_att,sum_price_att_over_15';
    const line = '17,4,1,2,1,99.9,600,27.50025,900.01';
    expect(reportToCsv(body)).to.equal(`${header}\r\n${line}\r\n${line}\r\n`);
  });
});
