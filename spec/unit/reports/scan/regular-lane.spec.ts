import { expect } from 'chai';
import type { DataFormat } from '../../../../src/modules/reports/scan/data-format.js';
import { STRIDE } from '../../../../src/modules/reports/scan/phone-table.js';
import { createRegularLane } from '../../../../src/modules/reports/scan/regular-lane.js';
import { reference } from '../../../support/attempts-reference.js';
import { scanBytes } from '../../../support/scan-bytes.js';

const EVER = { fromMs: null, toMs: null };
const RECORD = '{"phone": 17, "start_date": 1682632740000, "end_date": 1682632800000}';

describe('the fast lane', () => {
  const lane = createRegularLane();

  /** How much of the text, behind which another record stands, it reads. */
  function readOf(text: string, format: DataFormat = 'array'): number {
    const bytes = Buffer.from(`${text}${RECORD}`);
    lane.bytes.set(bytes);
    lane.bytes[bytes.length] = 0;
    lane.start(EVER);
    return lane.read(0, bytes.length, format);
  }

  it('reads regular records to the last that it can see behind', () => {
    for (const record of [
      RECORD,
      '{"phone":0,"start_date":0,"end_date":0}',
      '{"end_date":8640000000000000,"phone":9007199254740991,"start_date":8639999999999999}',
      '{ "start_date"\t:\r\n1 , "end_date" : 2 , "phone" : 123456 }',
    ]) {
      const array = `${record}, `.repeat(50);
      expect(readOf(array)).to.equal(array.length);
      expect([...lane.takeRows()].slice(1, 4).reduce((sum, count) => sum + count)).to.equal(50);
      const lines = `${record.replace('\n', '')}\n`.repeat(50);
      expect(readOf(lines, 'lines')).to.equal(lines.length);
    }
  });

  it('stops before a record that is another, whichever it is', () => {
    for (const odd of [
      '{"phone": 17, "start_date": 1682632740000}',
      '{"phone": 17, "phone": 17, "end_date": 1682632800000}',
      '{"phone": 17, "start_date": 1682632740000, "end_date": 1682632800000, "x": 1}',
      '{"phone": 017, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone": -1, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone": 1.5, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone": 17, "start_date": 16826327400e2, "end_date": 1682632800000}',
      '{"phone": 17, "start_date": 1682632740000, "end_date": 1682632739999}',
      '{"phone": 17, "start_date": 0000000000001, "end_date": 1682632800000}',
      '{"phone": 9007199254740992, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone": 17, "start_date": 1, "end_date": 8640000000000001}',
      '{"phone": 17, "start_date": 1, "end_date": 8640000000000000}',
      '{"phone": 12345678901234567, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"Phone": 17, "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone": , "start_date": 1682632740000, "end_date": 1682632800000}',
      '{"phone" 17, "start_date": 1682632740000, "end_date": 1682632800000}',
      '["phone"]',
    ]) {
      for (const before of ['', `${RECORD}, `, `${RECORD}, `.repeat(9)]) {
        expect(readOf(`${before}${odd}, ${RECORD}, `), odd).to.equal(before.length);
      }
    }
    expect(readOf(`${RECORD} ${RECORD}, `)).to.equal(0);
    expect(readOf(`${RECORD}\n${RECORD}, `, 'lines')).to.equal(RECORD.length + 1);
    expect(readOf(`${RECORD.replace(',', ',\n')}\n`, 'lines')).to.equal(0);
  });

  it('stops for want of room, and goes on when its rows are taken', async () => {
    const records = Array.from(
      { length: 70_000 },
      (_, phone) => `{"phone":${phone * 131},"start_date":1,"end_date":9}`,
    );
    const bytes = Buffer.from(`[${records.join()}]`);
    expect(await scanBytes(bytes)).to.deep.equal(reference(bytes));
    lane.start(EVER);
    for (let from = 0; !lane.full; from += 2_000) {
      const block = Buffer.from(`${records.slice(from, from + 2_000).join()},${RECORD}`);
      lane.bytes.set(block);
      lane.bytes[block.length] = 0;
      const read = lane.read(0, block.length, 'array');
      if (!lane.full) continue;
      expect(lane.takeRows().length).to.equal(65_535 * STRIDE);
      expect(lane.full).to.equal(false);
      expect(lane.read(read, block.length, 'array')).to.equal(block.length - RECORD.length);
      break;
    }
  });

  it('has memory that never grows, and refuses a larger block', () => {
    expect(lane.bytes.buffer.byteLength).to.be.below(8 * 2 ** 20);
    expect(() => createRegularLane(1 << 20)).to.throw(RangeError, 'a block has at most 262144 bytes');
  });
});
