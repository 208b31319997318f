// Takes the pictures of docs/screenshots from a service of its own, with made-up work of an hour. Run by `npm run screenshots`.
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemMigrations } from '../.build/src/modules/system/index.js';
import { commandLine } from '../.build/spec/support/command-line.js';
import { createSamplesRepository } from '../.build/src/modules/system/samples.repository.js';
import { systemClock } from '../.build/src/kernel/clock.js';
import { createSqliteDatabase } from '../.build/src/platform/db/sqlite-database.js';
import { amqpClient } from '../.build/spec/support/amqp-client.js';
import { attemptsFile, putEnd, takeEnd } from '../.build/spec/support/attempts-file.js';
import { BinanceServer } from '../.build/spec/support/binance-server.js';
import { OperatorPage, arrived, goTo } from '../.build/spec/support/operator-page.js';
import { rabbitmq } from '../.build/spec/support/rabbitmq.js';
import { RestClient } from '../.build/spec/support/rest-client.js';
import { startService } from '../.build/spec/support/service.js';
import { stopSharedServers } from '../.build/spec/support/shared-server.js';
import { silentLog } from '../.build/spec/support/silent-log.js';
import { endTempFolders, tempFolder } from '../.build/spec/support/temp-folder.js';
import { waitFor } from '../.build/spec/support/wait-for.js';
import { WebhookReceiver } from '../.build/spec/support/webhook-receiver.js';

commandLine({
  call: 'npm run screenshots',
  does: 'Takes the pictures of docs/screenshots anew, from a service of its own.',
  options: {},
});

const FOLDER = 'docs/screenshots';
const RECORDS = 2_000_000;
const WIDE = { viewport: { width: 1280, height: 800 } };
const NARROW = { viewport: { width: 360, height: 740 } };

const file = await attemptsFile(RECORDS, 1, 200);
const url = await (await rabbitmq()).vhostUrl();
const cwd = await tempFolder();
await mkdir(FOLDER, { recursive: true });
await makeUpAnHour(join(cwd, 'data', 'state', 'switchyard.db'));
const binance = await BinanceServer.start();
const receiver = await WebhookReceiver.start();
const env = {
  RATES_ENABLED: 'on',
  RATES_BINANCE_URL: binance.url,
  RATES_COINGECKO_URL: 'http://127.0.0.1:1',
  WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.0/8',
  DATA_FILE: file,
  AMQP_URL: url,
  DATA_SETTLE_S: '60',
  REPORTS_MAX_PHONES: '100',
  CACHE_TTL_S: '900',
};
const service = await startService({ cwd, env });
const rest = new RestClient(service.url);
const operator = new OperatorPage();

try {
  const report = await doSomeWork();
  const others = await useOtherModules();
  for (const colorScheme of ['light', 'dark']) {
    const page = await operator.open(service.url, '/', { ...WIDE, colorScheme });
    await shoot(page, `/report/${report}`, `report-${colorScheme}`);
    await shoot(page, '/tasks', `tasks-${colorScheme}`);
    await shoot(page, `/tasks/${report}`, `task-${colorScheme}`);
  }
  const page = await operator.open(service.url, '/', WIDE);
  await shoot(page, '/dead-letters', 'dead-letters');
  const letter = await page.locator('table.letters a').first().getAttribute('href');
  await shoot(page, letter.slice(1), 'dead-letter');
  await shoot(page, '/settings', 'settings');
  for (const [address, name] of others) await shoot(page, address, name);
  const phone = await operator.open(service.url, '/', { ...NARROW, colorScheme: 'dark', locale: 'ru-RU' });
  await shoot(phone, '/tasks', 'tasks-narrow-ru');
  await whileWorkRuns(async () => {
    for (const colorScheme of ['light', 'dark']) {
      const overview = await operator.open(service.url, '/', { ...WIDE, colorScheme });
      await overview.locator('.running-task progress[value]').first().waitFor();
      await shoot(overview, '/', `overview-${colorScheme}`);
    }
  });
} finally {
  await operator.close().finally(async () => {
    await service.kill();
    await Promise.all([binance.stop(), receiver.stop()]);
    await stopSharedServers();
    await endTempFolders(false);
  });
}

async function shoot(page, address, name) {
  await goTo(page, address);
  await arrived(page, address);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
  console.log(`${FOLDER}/${name}.png`);
}

/** Reports of all outcomes, and dead letters; the id of one that is ready. */
async function doSomeWork() {
  const numbers = Array.from({ length: 40 }, (_, n) => n + 1);
  for (let n = 0; n < 8; n++) await rest.report({ numbers: [n + 1, n + 2], correlation_id: n });
  await rest.report({ numbers: [7_000_001], correlation_id: 'unknown' });
  const client = await amqpClient(url, ['task_report']);
  const tooMany = { correlation_id: 17, phones: Array.from({ length: 101 }, (_, n) => n) };
  await client.send('task_report', [JSON.stringify(tooMany), '{"correlation_id": 18}', 'no job at all']);
  await waitFor('the dead letters', async () => {
    const { body } = await rest.get('/api/v1/dead-letters');
    return body.items.length === 3;
  });
  await client.close();
  return rest.accepted({ numbers, correlation_id: 'shown' }).then(async (id) => {
    await waitFor('the report', async () => (await rest.task(id)).task_status === 'completed');
    return id;
  });
}

/** Devices, rates, sensors and webhooks with something to see; the addresses and names of their pages. */
async function useOtherModules() {
  const made = async (path, body) => {
    const answer = (await rest.post(`/api/v1/${path}`, { body })).body;
    return answer.id ?? answer.batch_id;
  };
  const webhook = await made('webhooks', {
    url: receiver.url('/hook'),
    event_types: ['sensor.*', 'task.failed'],
  });
  const devices = Array.from({ length: 24 }, (_, n) => `cpe${String(n).padStart(5, '0')}`);
  const parameters = { username: 'admin', password: 'made up', interfaces: [1, 2] };
  const batch = await made('equipment/batches', { name: 'Night', canary: 2, parameters, devices });
  const client_id = await made('clients', { name: 'Acme' });
  await made('alarm-rules', {
    name: 'Left open',
    severity: 'major',
    condition: 'status',
    statuses: ['open'],
  });
  const sensors = [];
  for (const [n, name] of ['Front door', 'Back door', 'Gate', 'Lamp'].entries())
    sensors.push(
      await made('sensors', { client_id, external_id: `s-${n}`, name, kind: name.split(' ').at(-1) }),
    );
  for (const status of ['closed', 'open', 'closed', 'ajar', 'closed', 'open'])
    for (const id of sensors.slice(0, 2))
      await rest.post(`/api/v1/sensors/${id}/events`, { body: { status } });
  await waitFor('the feed', () => binance.hears('BTCUSDT') && binance.hears('ETHUSDT'), {
    timeoutMs: 30_000,
  });
  for (let n = 0; n < 40; n++) {
    binance.trade('BTCUSDT', String(54_000 + Math.round(300 * Math.sin(n / 5))));
    binance.trade('ETHUSDT', String(2_900 + Math.round(20 * Math.cos(n / 4))));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await made('alerts', { pair: 'BTC-USDT', op: 'above', value: '70000', channels: ['live'] });
  return [
    ['/devices', 'devices'],
    ['/devices/cpe00001', 'device'],
    ['/batches', 'batches'],
    [`/batches/${batch}`, 'batch'],
    ['/rates', 'rates'],
    ['/rates/BTC-USDT', 'rate'],
    ['/alerts', 'alerts'],
    ['/sensors', 'sensors'],
    [`/sensors/${sensors[0]}`, 'sensor'],
    ['/alarms', 'alarms'],
    ['/webhooks', 'webhooks'],
    [`/webhooks/${webhook}`, 'webhook'],
  ];
}

/** Three reports that go on for as long as the file grows without an end. */
async function whileWorkRuns(look) {
  await takeEnd(file);
  for (let n = 0; n < 3; n++) await rest.accepted({ numbers: [n], correlation_id: `running ${n}` });
  let growing = true;
  const growth = (async () => {
    while (growing) {
      await appendFile(file, ' ');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  await look();
  growing = false;
  await growth;
  await putEnd(file);
}

/** What the minutes before would have left in the database. */
async function makeUpAnHour(database) {
  const db = createSqliteDatabase({ file: database, clock: systemClock, log: silentLog });
  await db.start();
  await db.migrate(systemMigrations);
  const repository = createSamplesRepository(db);
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  for (let ago = 59; ago > 0; ago--) await repository.put(madeUpMinute(now - ago * 60_000, 60 - ago), 0);
  await db.stop();
}

function madeUpMinute(minute, n) {
  const wave = 1 + Math.sin(n / 6) / 2 + Math.sin(n * 1.7) / 6;
  const completed = Math.round(90 * wave);
  const failed = n % 13 === 0 ? 4 : n % 7 === 0 ? 1 : 0;
  const middle = Math.round(54 + 6 * Math.sin(n / 9));
  return {
    minute,
    replica: 'made-up',
    completed,
    failed,
    cancelled: n === 31 ? 6 : 0,
    latency: new Map([
      [middle, Math.ceil(completed * 0.8)],
      [middle + 16, Math.floor(completed * 0.2) + failed],
    ]),
    waiting: Math.max(0, Math.round(14 * (wave - 1))),
    running: 2,
    queues: { task_report: n > 25 && n < 34 ? (34 - n) * 6 : 0, ready_report: n % 9, outbox: n % 4 },
    loopDelayMs: 2 + 3 * Math.abs(Math.sin(n * 2.3)),
  };
}
