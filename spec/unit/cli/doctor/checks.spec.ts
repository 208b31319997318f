import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { expect } from 'chai';
import { allMigrations } from '../../../../src/app/migrations.js';
import { loadConfig } from '../../../../src/app/config.js';
import { judgeProbe, judgeVersion } from '../../../../src/cli/doctor/check-broker.js';
import { checkConfiguration } from '../../../../src/cli/doctor/check-configuration.js';
import { checkDataFile } from '../../../../src/cli/doctor/check-data-file.js';
import { judgeNode, judgeThreads } from '../../../../src/cli/doctor/check-machine.js';
import { checkService } from '../../../../src/cli/doctor/check-service.js';
import { checkSqlite } from '../../../../src/cli/doctor/check-sqlite.js';
import { checkStateFolder, judgeSpace } from '../../../../src/cli/doctor/check-state-folder.js';
import { checkTls } from '../../../../src/cli/doctor/check-tls.js';
import { judgeClock } from '../../../../src/cli/doctor/clock-finding.js';
import { ok } from '../../../../src/cli/doctor/finding.js';
import { judgeMigrations } from '../../../../src/cli/doctor/migration-findings.js';
import { runChecks } from '../../../../src/cli/doctor/run-checks.js';
import { writeSampleData } from '../../../../src/modules/reports/index.js';
import { examine, told } from '../../../support/doctor.js';
import { runCli } from '../../../support/run-cli.js';
import { tempFolder } from '../../../support/temp-folder.js';

const run = promisify(execFile);

describe('switchyard doctor', () => {
  it('says all is well where a first start would do, and ends with 0', async () => {
    const { code, stdout, stderr } = await runCli(['doctor'], {
      cwd: await tempFolder(),
      env: { PORT: '0' },
    });
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout.match(/^(ok|warn|fail) /gm)).to.deep.equal(Array(10).fill('ok '));
  });

  it('names all that is wrong on stderr, with what to do on stdout, and ends with 1', async () => {
    const env = { PORT: '0', DATA_FILE: 'none.json', STATE_DIR: '/dev/null' };
    const { code, stdout, stderr } = await runCli(['doctor', '--json'], { cwd: await tempFolder(), env });
    expect([code, stderr]).to.deep.equal([1, 'switchyard: wrong: state folder, data file, database\n']);
    const { status, checks } = JSON.parse(stdout) as {
      status: string;
      checks: { check: string; todo: string }[];
    };
    expect(status).to.equal('fail');
    expect(checks.find(({ check }) => check === 'data file')!.todo).to.match(/correct DATA_FILE/);
  });

  it('names each wrong key of the configuration, and ends with 78', async () => {
    const env = { PORT: 'x', AMQP_URL: 'http://me:hunter2@host' };
    const { code, stdout, stderr } = await runCli(['doctor'], { cwd: await tempFolder(), env });
    expect([code, stderr]).to.deep.equal([78, 'switchyard: wrong: configuration\n']);
    expect(stdout).to.match(/fail {2}configuration {2}PORT must be .*\n.*→ correct it/);
    expect(stdout)
      .to.match(/AMQP_URL must be/)
      .and.not.to.contain('hunter2');
  });

  it('warns of names in .env that are no key, and of AUTH=off', async () => {
    const cwd = await tempFolder();
    await writeFile(join(cwd, '.env'), 'PROT=1\nAUTH=off\n');
    const [first, ...others] = told(await examine(checkConfiguration, {}, cwd));
    expect(first).to.match(/^ok configuration: \d+ keys, 1 of them set$/);
    expect(others).to.deep.equal([
      'warn configuration: PROT in .env is not a known key; did you mean PORT?',
      'warn configuration: AUTH=off: whoever reaches the listener may do everything',
    ]);
  });

  it('gives up a check that does not end, and tells what fails without its password', async () => {
    const config = loadConfig({ env: { AMQP_URL: 'amqp://me:hunter%32@host' }, cwd: await tempFolder() });
    let wasTold = false;
    const hangs = {
      name: 'hangs',
      run: ({ signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => (wasTold = true));
        return new Promise<never>(() => undefined);
      },
    };
    const throws = {
      name: 'throws',
      run: () => Promise.reject(new Error('no hunter2, amqp://me:hunter2@host\u001b[2J')),
    };
    expect(told(await runChecks([hangs, throws], config, 20))).to.deep.equal([
      'fail hangs: no answer within 0.02 s',
      'fail throws: no [redacted], amqp://host?[2J',
    ]);
    expect(wasTold).to.equal(true);
  });

  it('asks for Node 20.19, and for no more threads than cores', () => {
    expect(judgeNode('20.18.9').status).to.equal('fail');
    expect(['20.19.0', '22.0.0'].map((version) => judgeNode(version).status)).to.deep.equal(['ok', 'ok']);
    expect([judgeThreads(2, 2), judgeThreads(3, 2)].map(({ status }) => status)).to.deep.equal([
      'ok',
      'warn',
    ]);
  });

  it('asks for room on the disk, and for a folder', async () => {
    const MB = 2 ** 20;
    const status = [99, 100, 1023, 1024].map((free) => judgeSpace('x', free * MB).status);
    expect(status).to.deep.equal(['fail', 'warn', 'warn', 'ok']);
    expect(told(await examine(checkStateFolder))[0]).to.match(
      /^ok state folder: .*state \(made at the start\): \d+ MB free/,
    );
    expect(told(await examine(checkStateFolder, { STATE_DIR: '/dev/null' }))).to.deep.equal([
      'fail state folder: /dev/null is no folder',
    ]);
  });

  it('compares clocks, and forgives the way and the grain of the answer', () => {
    const judge = (theirs: number, grainMs = 0): string => {
      const { status, found } = judgeClock('c', theirs, 10_000, 10_500, grainMs);
      return `${status} ${found}`;
    };
    expect(judge(10_200)).to.equal('ok equal to ours');
    expect(judge(9_100, 1_000)).to.equal('ok equal to ours');
    expect(judge(13_000)).to.equal('warn 2500 ms ahead of ours');
    expect(judge(7_000)).to.equal('warn 3000 ms behind ours');
    expect(judge(50_000)).to.equal('fail 39500 ms ahead of ours');
  });

  it('compares migrations with what this version knows', () => {
    const ids = allMigrations.map(({ id }) => id);
    expect(judgeMigrations(ids)).to.include({ status: 'ok' });
    expect(judgeMigrations(ids.slice(1))).to.include({
      status: 'warn',
      found: `1 of ${ids.length} are pending: ${ids[0]}`,
    });
    expect(judgeMigrations([...ids, 'zebra-0001'])).to.include({
      status: 'fail',
      found: 'made by another, newer version: zebra-0001',
    });
  });

  it('knows the broker by its greeting, and tells what differs in a queue', () => {
    const version = (text: string): string => judgeVersion({ product: 'RabbitMQ', version: text }).status;
    expect(['3.9.29', '3.10.8', '4.1.0'].map(version)).to.deep.equal(['warn', 'ok', 'ok']);
    expect(judgeVersion({ product: 'Other', version: '9.0' }).status).to.equal('warn');
    expect(judgeProbe('queue q', { kind: 'missing' })).to.include({ status: 'ok' });
    const locked = { kind: 'refused', code: 'RESOURCE_LOCKED', detail: 'cannot obtain' } as const;
    expect(judgeProbe('queue q', locked).todo).to.match(/belongs to one connection/);
  });
});

describe('switchyard doctor on a data file', () => {
  async function judged(text: string | Buffer, env: Record<string, string> = {}): Promise<string[]> {
    const cwd = await tempFolder();
    const file = join(cwd, 'data.json');
    await writeFile(file, text);
    await utimes(file, 1_700_000_000, 1_700_000_000);
    return told(await examine(checkDataFile, { DATA_FILE: file, ...env }, cwd));
  }
  const record = (extra = ''): string => `{"phone":1,"start_date":1,"end_date":2${extra}}`;

  it('that is well-formed at both ends says so', async () => {
    const cwd = await tempFolder();
    const file = join(cwd, 'data.json');
    await writeSampleData(file, { records: 5_000, phones: 10, seed: 1 });
    await utimes(file, 1_700_000_000, 1_700_000_000);
    expect(told(await examine(checkDataFile, { DATA_FILE: file }, cwd))[0]).to.match(
      /^ok data file: .*: \d{6} bytes, head and tail are well-formed, changed \d+ s ago$/,
    );
    expect((await judged('[]'))[0]).to.match(/^ok /);
  });

  it('that is damaged at its head or cut at its tail fails with the place', async () => {
    expect((await judged('no data'))[0]).to.match(/^fail .* is damaged at byte 0: expected "\["/);
    const long = Array.from({ length: 5_000 }, () => record()).join(',');
    expect((await judged(`[${long}`))[0]).to.match(/^fail .* the data ends before its array does/);
    expect((await judged(`[${long},{"phone":1}]`))[0]).to.match(/^fail .* is damaged at byte/);
    expect((await judged(''))[0]).to.match(/^fail .* at byte 0: the data ends/);
  });

  it('that has a record a line is read by its lines', async () => {
    const lines = `${record()}\n`.repeat(5_000);
    expect((await judged(lines))[0]).to.match(/^ok /);
    expect((await judged(`${lines}{"phone":1}`))[0]).to.match(/^fail .* is damaged at byte/);
    expect((await judged(lines.slice(0, -5)))[0]).to.match(
      /^fail .* the data ends before its last record does/,
    );
  });

  it('that is compressed is told as such', async () => {
    expect((await judged(gzipSync('[]')))[0]).to.match(/^ok .* bytes, gzip, not unpacked here/);
  });

  it('with broken records is all right where those are skipped', async () => {
    expect((await judged(`[{"phone":"x"}]`))[0]).to.match(/^fail/);
    expect((await judged(`[{"phone":"x"}]`, { DATA_INVALID_RECORDS: 'skip' }))[0]).to.match(/^ok/);
  });

  it('that has just been changed may still be written', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, 'data'));
    await writeFile(join(cwd, 'data/data.json'), `[${record()}]`);
    expect((await examine(checkDataFile, {}, cwd))[0]).to.include({ status: 'warn' });
  });

  it('that is missing fails where it is named', async () => {
    expect((await examine(checkDataFile))[0]).to.include({ status: 'ok' });
    expect(told(await examine(checkDataFile, { DATA_FILE: '/none.json' }))).to.deep.equal([
      'fail data file: /none.json is missing',
    ]);
    expect(told(await examine(checkDataFile, { DATA_FILE: '/dev' }))).to.deep.equal([
      'fail data file: /dev is not a regular file',
    ]);
  });
});

describe('switchyard doctor on the embedded database', () => {
  let cwd: string;
  let file: string;
  beforeEach(async () => {
    cwd = await tempFolder();
    await mkdir(join(cwd, 'data/state'), { recursive: true });
    file = join(cwd, 'data/state/switchyard.db');
  });

  it('says what it is and what is pending', async () => {
    await runCli(['migrate'], { cwd });
    const found = told(await examine(checkSqlite, {}, cwd));
    expect(found[0]).to.match(/^ok database: SQLite 3\.\d+\.\d+, .*switchyard\.db, \d+ bytes, whole$/);
    expect(found[1]).to.equal(`ok migrations: all ${allMigrations.length} are applied`);
    const db = new Sqlite(file);
    db.exec("delete from schema_migrations where id = 'tasks-0001-ledger'");
    db.close();
    expect(told(await examine(checkSqlite, {}, cwd))[1]).to.match(/^warn .* pending: tasks-0001-ledger$/);
  });

  it('fails where it is no database, or damaged', async () => {
    await writeFile(file, 'this is no database, and never was one'.repeat(100));
    expect(told(await examine(checkSqlite, {}, cwd))).to.deep.equal([
      `fail database: ${file}: file is not a database (SQLITE_NOTADB)`,
    ]);
  });

  it('that a writer has open is read all the same', async () => {
    await runCli(['migrate'], { cwd });
    const writer = new Sqlite(file);
    writer.exec('begin immediate; create table other (id)');
    expect((await examine(checkSqlite, {}, cwd)).map(({ status }) => status)).to.deep.equal(['ok', 'ok']);
    writer.close();
  });
});

describe('switchyard doctor on the listener', () => {
  let server: Server;
  let PORT: string;
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    PORT = String((server.address() as AddressInfo).port);
  });
  afterEach(() => close());

  async function close(): Promise<void> {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }

  it('finds the port free, or taken by another program', async () => {
    answer = (response) => response.destroy();
    expect(told(await examine(checkService, { PORT }))).to.deep.equal([
      `fail service: another program has 127.0.0.1:${PORT}`,
    ]);
    await close();
    expect(told(await examine(checkService, { PORT }))).to.deep.equal([
      `ok service: none runs; port ${PORT} is free`,
    ]);
    expect(await examine(checkService, { PORT: '0' })).to.deep.equal([
      ok('service', 'PORT=0: any free port is taken at the start'),
    ]);
  });

  it('knows another web server from Switchyard', async () => {
    answer = (response) => response.end('hi');
    expect(told(await examine(checkService, { PORT }))).to.deep.equal([
      `fail service: another program has http://127.0.0.1:${PORT}`,
    ]);
  });

  it('tells of a service that is degraded, part by part, and of its clock', async () => {
    const parts = { database: { status: 'ok' }, broker: { status: 'degraded', detail: 'connecting' } };
    answer = (response) => {
      response.setHeader('date', new Date(Date.now() + 10_000).toUTCString());
      response.end(
        JSON.stringify(response.req.url === '/livez' ? { status: 'ok' } : { status: 'degraded', parts }),
      );
    };
    const found = told(await examine(checkService, { PORT }));
    expect(found.slice(0, 2)).to.deep.equal([
      `warn service: one runs at http://127.0.0.1:${PORT}, readiness: degraded`,
      'warn service part broker: degraded: connecting',
    ]);
    expect(found[2]).to.match(/^warn service clock: \d{4,5} ms ahead of ours$/);
  });

  it('fails where the address is not of this machine', async () => {
    const [finding] = await examine(checkService, { HOST: '192.0.2.1', PORT: '8123' });
    expect(finding).to.include({ status: 'fail', todo: 'correct HOST and PORT' });
  });

  it('reads certificate and key', async () => {
    const cwd = await tempFolder();
    const make = async (name: string, days: string): Promise<void> => {
      const kind = [
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        days,
      ];
      const files = ['-keyout', join(cwd, `${name}.key`), '-out', join(cwd, `${name}.pem`)];
      await run('openssl', ['req', ...kind, '-subj', '/CN=localhost', ...files]);
    };
    await Promise.all([make('long', '90'), make('short', '3')]);
    const judge = async (cert: string, key: string): Promise<string> => {
      const env = { TLS_CERT_FILE: `${cert}.pem`, TLS_KEY_FILE: `${key}.key` };
      return told(await examine(checkTls, env, cwd))[0]!;
    };
    expect(await judge('long', 'long')).to.match(
      /^ok certificate: .*long\.pem, valid for (89|90) more days$/,
    );
    expect(await judge('short', 'short')).to.match(/^warn .* valid for [23] more days$/);
    expect(await judge('long', 'short')).to.match(/^fail .*short\.key is not the key of .*long\.pem$/);
    expect(await judge('none', 'none')).to.match(/^fail certificate: ENOENT/);
    expect(told(await examine(checkTls, { HOST: '0.0.0.0' }))[0]).to.match(/^warn certificate: plain HTTP/);
  });
});
