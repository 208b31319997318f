import { expect } from 'chai';
import fc from 'fast-check';
import { DecimalReader } from '../../../../src/modules/reports/scan/decimal-reader.js';
import { NumberReader } from '../../../../src/modules/reports/scan/number-reader.js';
import { PackedReader, PackedWriter } from '../../../../src/modules/reports/scan/packed-numbers.js';
import {
  PHONE,
  PhoneTable,
  STRIDE,
  SUM_HIGH,
  SUM_LOW,
  SUM_UNIT,
} from '../../../../src/modules/reports/scan/phone-table.js';
import { packedShard, rowOf, shardOf, unpackShard } from '../../../../src/modules/reports/scan/shards.js';
import { shardsOfRows, unpackedShards } from '../../../support/packed-shards.js';
import { scanBytes } from '../../../support/scan-bytes.js';

function readNumber(text: string): number {
  const reader = new NumberReader();
  const bytes = Buffer.from(`${text} `);
  reader.start();
  for (let at = 0; !reader.ended;) at = reader.read(bytes, at, Math.min(at + 1, bytes.length), 0);
  return reader.value();
}

describe('numbers and sums', () => {
  it('are the doubles that JSON.parse gives', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        expect(readNumber(text) + 0).to.equal((JSON.parse(text) as number) + 0);
      }),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumber(JSON.stringify(value)) + 0).to.equal(value + 0);
      }),
    );
  });

  it('are right for numbers that are longer than any memory should be', () => {
    const zeros = '0'.repeat(100_000);
    expect(readNumber(`17${zeros}e-100000`)).to.equal(17);
    expect(readNumber(`0.${zeros}17e100002`)).to.equal(17);
    expect(readNumber(`17.${zeros}1`)).to.equal(17);
    expect(readNumber(`9007199254740991.5${zeros}`)).to.equal(9007199254740992);
    expect(readNumber(`9007199254740993.${zeros}`)).to.equal(9007199254740992);
    expect(readNumber(`9007199254740993.${zeros}1`)).to.equal(9007199254740994);
    expect(readNumber(`1e${'9'.repeat(1_000)}`)).to.equal(Infinity);
    expect(Object.is(new DecimalReader().value(), 0)).to.equal(true);
  });

  it('stay exact beyond 2^53', async () => {
    const longest = '{"phone":1,"start_date":-8639999999999999,"end_date":8640000000000000}';
    const scanned = await scanBytes(Buffer.from(`[${Array<string>(1_001).fill(longest).join()}]`), {
      ranges: 5,
    });
    const stats = (scanned as { stats: Map<number, { sumMs: bigint; sumOver15sMs: bigint }> }).stats.get(1)!;
    expect(stats.sumMs).to.equal(17_279_999_999_999_999n * 1_001n);
    expect(stats.sumOver15sMs).to.equal(stats.sumMs);
  });

  it('do not depend on how tables are merged', () => {
    const attempt = fc.tuple(fc.nat(20), fc.integer({ min: -8.64e15, max: 0 }), fc.nat(8.64e15));
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 60 }), fc.nat(60), (attempts, at) => {
        const tables = [new PhoneTable(), new PhoneTable(), new PhoneTable()] as const;
        attempts.forEach(([phone, start, end], index) => {
          tables[0].add(phone, start, end);
          tables[index < at ? 1 : 2].add(phone, start, end);
        });
        const given = PhoneTable.of(tables[2].give());
        given.merge(tables[1].rows);
        const sorted = (table: PhoneTable): number[][] =>
          Array.from({ length: table.count }, (_, row) => [
            ...table.rows.slice(row * STRIDE, (row + 1) * STRIDE),
          ]).sort((a, b) => a[PHONE]! - b[PHONE]!);
        expect(sorted(given)).to.deep.equal(sorted(tables[0]));
      }),
    );
  });

  it('are kept for a hundred thousand phones of any size', () => {
    const table = new PhoneTable();
    const phones = Array.from({ length: 100_000 }, (_, index) =>
      index % 2 ? index : Number.MAX_SAFE_INTEGER - index * 4096,
    );
    for (const phone of [...phones, ...phones]) table.add(phone, 0, phone % 1000);
    expect(table.count).to.equal(100_000);
    const shards = shardsOfRows(table.rows, 1_000);
    expect(shards.count).to.equal(100);
    const unpacked = unpackedShards(shards);
    for (const phone of phones) {
      const rows = unpacked.get(shardOf(phone, 100))!;
      const at = rowOf(rows, phone);
      expect(rows[at + SUM_LOW]! + rows[at + SUM_HIGH]! * SUM_UNIT).to.equal((phone % 1000) * 2);
    }
    expect(rowOf(unpacked.get(shardOf(2, 100))!, 2)).to.equal(-1);
    expect(shards.parts[0]!.bytes.length / 100_000).to.be.below(25);
  });

  it('are packed without loss, and packed bytes that are cut are refused', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.maxSafeNat(), fc.nat(300))), (values) => {
        const writer = new PackedWriter();
        values.forEach((value) => writer.put(value));
        const reader = new PackedReader(writer.bytes());
        expect(values.map(() => reader.take())).to.deep.equal(values);
        expect(() => reader.take()).to.throw('end too soon');
      }),
    );
    expect(() => unpackShard(Buffer.of(0x7f, 1, 2))).to.throw('shorter');
    expect(unpackShard(packedShard(shardsOfRows(new Float64Array(0), 10), 0))).to.have.length(0);
  });
});
