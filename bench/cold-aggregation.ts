import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSampleData } from '../src/modules/reports/sample-data.js';
import type { BenchContext } from './bench-context.js';
import { CONTENDERS } from './cold-contenders.js';
import type { ColdRun } from './cold.process.js';
import { type ColdResult, growthOf, printCold, resultOf } from './cold-results.js';
import { versionOf, writeJson } from './harness.js';

const PHONES = 200;
const PROCESS = fileURLToPath(new URL('./cold.process.js', import.meta.url));

interface Size {
  records: number;
  rounds: number;
  warmPasses: number;
  /** What takes too long at this size, or cannot do it at all, and why. */
  without: Record<string, string>;
}

const LONG = 'left out for its time';
const STRING = 'the text is longer than the longest string';

/** The middle size is the one that `--records` says. */
function sizesOf({ records, rounds }: BenchContext): Size[] {
  return [
    { records: records / 10, rounds, warmPasses: 5, without: {} },
    { records, rounds, warmPasses: 5, without: { 'stream-json': 'measured once' } },
    {
      records: records * 5,
      rounds: Math.min(rounds, 2),
      warmPasses: 1,
      without: {
        'JSON.parse of the whole': STRING,
        'stream-json': LONG,
        'DuckDB, array, 1 thread': LONG,
        'DuckDB, NDJSON, 1 thread': LONG,
      },
    },
  ];
}

/** One report when nothing is cached: the whole file is read, and every phone summed. */
export async function runColdAggregation(context: BenchContext): Promise<void> {
  const versions = await versionsOf();
  const bySize: { records: number; megabytes: number; results: ColdResult[] }[] = [];
  for (const size of sizesOf(context)) {
    const files = await filesOf(context.folder, size.records);
    const megabytes = Math.round((await stat(files.array)).size / 1e6);
    const results = await measureSize(size, files, versions);
    printCold(`${size.records} call attempts over ${PHONES} phones, ${megabytes} MB`, size.rounds, results);
    bySize.push({ records: size.records, megabytes, results });
    await Promise.all([files.array, files.lines].map((file) => rm(file)));
  }
  const growth = growthOf(bySize[1]!.results, bySize[2]!.results);
  console.log(`\nfrom ${bySize[1]!.records} to ${bySize[2]!.records} records`);
  console.table(growth);
  console.log(`written to ${await writeJson('cold-aggregation', { sizes: bySize, growth })}`);
}

interface Files {
  array: string;
  lines: string;
}

/** In turn, round by round, so that a machine that grows warm or busy meets all alike. */
async function measureSize(
  size: Size,
  files: Files,
  versions: Record<string, string>,
): Promise<ColdResult[]> {
  const runs = new Map<string, ColdRun[]>();
  let agreed: string | undefined;
  for (let round = 0; round < size.rounds; round++) {
    for (const name of Object.keys(CONTENDERS)) {
      const why = size.without[name];
      if (why !== undefined && (why !== 'measured once' || round > 0)) continue;
      const run = await runApart(name, name.includes('NDJSON') ? files.lines : files.array, size.warmPasses);
      const told = JSON.stringify(run.result);
      agreed ??= told;
      if (told !== agreed) throw new Error(`${name} computes something else: ${told} for ${agreed}`);
      runs.set(name, [...(runs.get(name) ?? []), run]);
    }
  }
  const ours = runs.get('switchyard')!;
  return [...runs].map(([name, some]) => resultOf(name, versions[name.split(',')[0]!] ?? '', some, ours));
}

async function runApart(name: string, file: string, warmPasses: number): Promise<ColdRun> {
  const passes = /stream|parse|general/.test(name) ? 0 : warmPasses;
  const args = ['--max-old-space-size=8192', PROCESS, name, file, String(passes)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as ColdRun;
}

async function filesOf(folder: string, records: number): Promise<Files> {
  const array = join(folder, `${records}.json`);
  const lines = join(folder, `${records}.ndjson`);
  await writeSampleData(array, { records, phones: PHONES, seed: 1 });
  await pipeline(createReadStream(array), toLines(), createWriteStream(lines));
  return { array, lines };
}

/** Of an array as the sample data are written: there is a blank behind each comma between records, and nowhere a brace else. */
function toLines(): Transform {
  let held = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = (held + chunk.toString('latin1').replace('[', '')).replaceAll('}, {', '}\n{');
      held = text.slice(-3);
      done(null, text.slice(0, -3));
    },
    flush: (done) => done(null, held.replace(']', '')),
  });
}

async function versionsOf(): Promise<Record<string, string>> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  return {
    switchyard: version,
    DuckDB: await versionOf('@duckdb/node-api'),
    'JSON.parse of the whole': `in Node ${process.version}`,
    'stream-json': await versionOf('stream-json'),
  };
}
