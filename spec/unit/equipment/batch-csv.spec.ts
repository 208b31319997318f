import { expect } from 'chai';
import fc from 'fast-check';
import { systemClock } from '../../../src/kernel/clock.js';
import type { AppError } from '../../../src/kernel/errors.js';
import { checkBatch } from '../../../src/modules/equipment/batches/check-batch.js';
import { readBatchCsv } from '../../../src/modules/equipment/batches/read-batch-csv.js';
import { appErrorOf } from '../../support/failure-of.js';

interface Device {
  id: string;
  username: string;
  password: string;
  vlan: number | null;
  interfaces: number[];
}

const HEADER = 'id,username,password,vlan,interfaces';

const read = async (text: string) => checkBatch(systemClock, await readBatchCsv(Buffer.from(text), {}));
const faultsOf = async (text: string): Promise<string[]> => {
  const error: AppError = await appErrorOf(read(text));
  return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
};

/** Any text that a cell keeps: quoted, it may hold separators, quotes and line ends. */
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => one.trim() === one);
const device: fc.Arbitrary<Device> = fc.record({
  id: fc.stringMatching(/^[a-zA-Z0-9]{6,12}$/),
  username: text,
  password: text,
  vlan: fc.option(fc.integer({ min: 1, max: 4094 })),
  interfaces: fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 }),
});

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

function csvOf(
  devices: readonly Device[],
  { delimiter, end, bom }: { delimiter: string; end: string; bom: boolean },
) {
  const rows = devices.map(({ id, username, password, vlan, interfaces }) =>
    [id, quoted(username), quoted(password), vlan ?? '', quoted(interfaces.join(' '))].join(delimiter),
  );
  return `${bom ? '\ufeff' : ''}${[HEADER.replaceAll(',', delimiter), ...rows].join(end)}${end}`;
}

describe('a batch as CSV', () => {
  it('holds what was written, whatever the separator, the line ends and what cells contain', async () => {
    const forms = fc.record({
      delimiter: fc.constantFrom(',', ';'),
      end: fc.constantFrom('\n', '\r\n'),
      bom: fc.boolean(),
    });
    const devices = fc.uniqueArray(device, { minLength: 1, maxLength: 20, selector: ({ id }) => id });
    await fc.assert(
      fc.asyncProperty(devices, forms, async (wanted, form) => {
        const { devices: found } = await read(csvOf(wanted, form));
        expect(found.map(({ id, parameters }) => ({ id, ...parameters }))).to.deep.equal(wanted);
      }),
      { numRuns: 100 },
    );
  });

  it('is read or refused as invalid, whatever bytes come', async () => {
    const pieces = fc.constantFrom(
      'id',
      ',',
      ';',
      '"',
      '\n',
      '\r',
      '*',
      'cpe001',
      'vlan',
      '5',
      '\ufeff',
      ' ',
      'x'.repeat(300),
    );
    const soup = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(soup, async (input) => {
        const error = await read(input).then(
          () => undefined,
          (failure: unknown) => failure as AppError,
        );
        if (error) expect(error.kind, String(error.stack)).to.equal('invalid');
      }),
      { numRuns: 300 },
    );
  });

  it('gives the row * to all others where their own cell is empty, and - for none', async () => {
    const { devices, shared } = await read(
      `${HEADER}\n*,admin,secret,534,1;2\ncpe00001,,,,\ncpe00002,root,,-,7\ncpe00003,,other,,\n`.replace(
        '1;2',
        '1|2',
      ),
    );
    const base = { username: 'admin', password: 'secret', vlan: 534, interfaces: [1, 2] };
    expect(shared).to.deep.equal(base);
    expect(devices).to.deep.equal([
      { id: 'cpe00001', parameters: null },
      { id: 'cpe00002', parameters: { ...base, username: 'root', vlan: null, interfaces: [7] } },
      { id: 'cpe00003', parameters: { ...base, password: 'other' } },
    ]);
  });

  it('names every line that is wrong, and shows no password', async () => {
    const long = 'p'.repeat(300);
    const faults = await faultsOf(
      `${HEADER}\n*,admin,secret,1,1\nbad,,,,\ncpe00001,,,5000,\ncpe00002,,,x,0\ncpe00001,,,,\n\ncpe00003,,${long},,,,\n`,
    );
    expect(faults).to.deep.equal([
      '/lines/8: must have 5 cells as the header has, got 7',
      '/lines/3: the id must be 6 to 255 letters and digits, got "bad"',
      '/lines/4/vlan: must be a whole number from 1 to 4094, got 5000',
      '/lines/5/vlan: must be a whole number from 1 to 4094, got "x"',
      '/lines/5/interfaces/0: must be a whole number ≥ 1, got 0',
      '/lines/6: cpe00001 stands at /lines/4 already',
      '/lines/8/password: must be a string of 1 to 256 characters, got something that is not shown here',
    ]);
  });

  it('says once what is wrong with what all share, and counts what it does not name', async () => {
    const rows = Array.from({ length: 500 }, (_, n) => `cpe${String(n).padStart(5, '0')},`);
    expect(await faultsOf(`id,username\n*,admin\n${rows.join('\n')}`)).to.deep.equal([
      '/parameters/password: must be a string of 1 to 256 characters, got nothing',
      '/parameters/interfaces: must be an array of at most 1000 whole numbers ≥ 1, got nothing',
    ]);
    const error = await appErrorOf(read(`${HEADER}\n${rows.map((_, n) => `${n},a,b,,1`).join('\n')}`));
    expect(error.errors.length).to.equal(100);
    expect(error.message).to.equal('The batch has 500 faults; the first 100 are named. Nothing was started');
  });

  it('says where it cannot be read, which columns there are, and how many devices it takes', async () => {
    expect(await faultsOf('')).to.deep.equal([
      '/lines/1: must name the columns: id, username, password, vlan, interfaces',
    ]);
    expect(await faultsOf('name,id\nx,cpe00001\n')).to.deep.equal(['/lines/1: "name" is not a known column']);
    expect((await faultsOf(`${HEADER}\ncpe00001,"a,b,1,1\n`))[0]).to.match(
      /^\/lines\/\d+: cannot be read from here on: a quote is not closed$/,
    );
    const many = Array.from({ length: 10_001 }, (_, n) => `cpe${String(n).padStart(6, '0')},a,b,,1`);
    expect(await faultsOf(`${HEADER}\n${many.join('\n')}`)).to.deep.equal([
      '/lines: must be at most 10000 devices',
    ]);
    expect((await read(`${HEADER}\n${many.slice(1).join('\n')}`)).devices.length).to.equal(10_000);
  });
});
