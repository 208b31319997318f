import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { postgresTruth, sqliteTruth } from '../torture/database-truth.js';
import type { DatabaseTruth } from '../torture/database-truth.js';
import { SeededRandom } from '../support/seeded-random.js';
import { EquipmentChaos, orderFault } from '../support/equipment-chaos.js';
import { PASSWORD } from '../support/equipment-client.js';
import { postgres } from '../support/postgres.js';
import { provisioningService } from '../support/provisioning-service.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { tempFolder } from '../support/temp-folder.js';

/** `EQUIPMENT_CHAOS=full`: 1,000 tasks over 50 devices, the service killed 10 times. */
const FULL = { tasks: 1_000, devices: 50, kills: 10 };
const SHORT = { tasks: 120, devices: 12, kills: 3 };
const SIZE = process.env['EQUIPMENT_CHAOS'] === 'full' ? FULL : SHORT;
const SEED = Number(process.env['EQUIPMENT_CHAOS_SEED'] ?? 1);

const FAULTS = { 400: 0.04, 404: 0.04, 500: 0.04, hang: 0.04, reset: 0.04 };
const ENDINGS = `select subject, count(*) as endings from events
  where type in ('task.completed', 'task.failed', 'task.cancelled') group by subject`;

describe('configurations while the service is killed again and again', function () {
  this.timeout(600_000);

  it(`end once each, in order and one at a time of a device; what expired is never sent (seed ${SEED})`, async () => {
    const cwd = await tempFolder();
    const { env: site, truth } = await siteIn(cwd);
    const numbers = new SeededRandom(SEED);
    const random = (): number => numbers.next();
    const provisioning = await provisioningService({ random, latencyMs: [5, 150], faults: FAULTS });
    const env = {
      ...{
        PROVISIONING_URL: provisioning.url,
        PROVISIONING_CONCURRENCY: '16',
        PROVISIONING_MARGIN_MS: '100',
      },
      ...site,
    };
    const chaos = new EquipmentChaos({ ...SIZE, seed: SEED, cwd, env });
    try {
      const { asked, codes, kills } = await chaos.run();
      await chaos.stop();
      expect(kills).to.equal(SIZE.kills);
      expect(asked.length).to.be.at.least(SIZE.tasks);
      expect(provisioning.counts().twoAtOnce, 'two at once on a device').to.equal(0);
      expect(orderFault(provisioning.seen)).to.equal(undefined);
      const { endings, expired } = await ledgerOf(truth);
      expect(endings.size).to.equal(asked.length);
      expect([...endings.values()].filter((count) => count !== 1)).to.deep.equal([]);
      const sent = new Set(provisioning.seen.map(({ id, body }) => `${id}-${turnOf(body)}`));
      const wrong = asked.filter(({ id, device, turn }) => expired.has(id) && sent.has(`${device}-${turn}`));
      expect(wrong, 'expired and sent').to.deep.equal([]);
      const unsent = asked.filter(({ device, turn }) => !sent.has(`${device}-${turn}`));
      for (const { id } of unsent) expect(codes.get(id)).to.equal(500);
      for (const file of await readdir(join(cwd, 'data/state'))) {
        expect((await readFile(join(cwd, 'data/state', file))).includes(PASSWORD), file).to.equal(false);
      }
      console.log(
        `      ${summary([...codes.values()], expired.size, kills, provisioning.counts().outcomes)}`,
      );
    } finally {
      await chaos.stop();
      await provisioning.stop();
    }
  });
});

async function ledgerOf(
  truth: DatabaseTruth,
): Promise<{ endings: Map<string, number>; expired: Set<string> }> {
  const rows = await truth.rows<{ subject: string; endings: number | string }>(ENDINGS);
  const expired = await truth.rows<{ id: string }>(`select id from tasks where error_code like '%expired'`);
  return {
    endings: new Map(rows.map(({ subject, endings }) => [subject, Number(endings)])),
    expired: new Set(expired.map(({ id }) => id)),
  };
}

/** `EQUIPMENT_CHAOS_SITE=shared`: RabbitMQ and PostgreSQL; else everything is embedded. */
async function siteIn(cwd: string): Promise<{ env: Record<string, string>; truth: DatabaseTruth }> {
  if (process.env['EQUIPMENT_CHAOS_SITE'] !== 'shared') {
    return { env: {}, truth: sqliteTruth(join(cwd, 'data/state/switchyard.db')) };
  }
  const [broker, database] = await Promise.all([rabbitmq(), postgres()]);
  const url = await database.createDatabase();
  return { env: { AMQP_URL: await broker.vhostUrl(), DATABASE_URL: url }, truth: postgresTruth(url) };
}

function turnOf(body: unknown): number {
  return (body as { parameters: { interfaces: number[] } }).parameters.interfaces[0]!;
}

function summary(codes: number[], expired: number, kills: number, outcomes: Record<string, number>): string {
  const of = (code: number): number => codes.filter((one) => one === code).length;
  const all = `${codes.length} tasks: ${of(200)} done, ${of(404)} not found, ${of(500)} failed (${expired} expired)`;
  return `${all}; ${kills} kills; the service answered ${JSON.stringify(outcomes)}`;
}
