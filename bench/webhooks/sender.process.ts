/** Switchyard's notifications over SQLite on the disk, or bare undici, posting to the same receivers. */
import { join } from 'node:path';
import { Pool } from 'undici';
import { systemClock } from '../../src/kernel/clock.js';
import { createNotificationsModule, notificationMigrations } from '../../src/modules/notifications/index.js';
import type { EndpointFields } from '../../src/modules/notifications/endpoints/endpoint-input.js';
import { createSqliteDatabase } from '../../src/platform/db/sqlite-database.js';
import { eventMigrations } from '../../src/platform/events/events.migrations.js';
import { createEventLog } from '../../src/platform/events/sql-event-log.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';
import { answer } from '../live/ask-process.js';
import { quietLog as log } from '../quiet-log.js';

const [folder = '.', port = '0'] = process.argv.slice(2);
const STATUS_CHANGED = 'sensor.status-changed';
const CONCURRENCY = 10;
const DATA = { sensor_id: '0'.repeat(36), external_id: 'meter-17', client_id: 'c', from: 'up', to: 'down' };

const ENDPOINT: Omit<EndpointFields, 'url' | 'eventTypes'> = {
  ...{ clientId: null, channel: 'webhook', chatId: null, description: null, filter: null, enabled: true },
  ...{ retryScheduleS: null, ratePerS: null, concurrency: null },
};

const clock = systemClock;
const db = createSqliteDatabase({ file: join(folder, 'webhooks.db'), clock, log });
await db.start();
await db.migrate([...eventMigrations, ...notificationMigrations]);
const events = createEventLog({ db, clock, log });
const notifications = createNotificationsModule({
  ...{ db, clock, log, events, metrics: createMetrics(), random: Math.random },
  live: { isWatched: () => false, tell: () => undefined },
  eventTypes: () => ['task.completed', STATUS_CHANGED],
  clientExists: () => Promise.resolve(true),
  seal: { seal: (plain) => plain, open: (sealed) => sealed },
  digest: { of: (hash) => hash, isOf: (stored, hash) => stored === hash },
  userAgent: 'Switchyard/bench',
  config: {
    allowedNetworks: ['127.0.0.0/8'],
    timeoutMs: 15_000,
    concurrency: CONCURRENCY,
    mostInFlight: 1_000,
    mostEndpoints: 1_000,
    disableAfterMs: 5 * 86_400_000,
    keepMs: 30 * 86_400_000,
    idempotencyTtlMs: 86_400_000,
  },
});
await notifications.start();

const urlOf = (receiver: number): string => `http://127.0.0.1:${port}/${receiver}`;

async function emit(type: string, count: number, from: number, subjects: number): Promise<void> {
  const tx = db.begin();
  for (let i = from; i < from + count; i++) {
    const time = Date.now();
    const data = JSON.stringify({ ...DATA, at: time });
    events.append(tx, { type, subject: `sensors/${i % subjects}`, time, data });
  }
  await db.commit(tx);
}

/** As many posts to each receiver as there are events, with the same number at once. */
async function post(receivers: readonly number[], each: number): Promise<void> {
  const body = JSON.stringify({ specversion: '1.0', type: 'task.completed', data: DATA }).padEnd(420);
  const headers = { 'content-type': 'application/json', 'webhook-id': '0'.repeat(36) };
  await Promise.all(
    receivers.map(async (receiver) => {
      const pool = new Pool(`http://127.0.0.1:${port}`);
      let left = each;
      const poster = async (): Promise<void> => {
        while (left-- > 0) {
          const { body: answered } = await pool.request({
            path: `/${receiver}`,
            method: 'POST',
            headers,
            body,
          });
          await answered.dump();
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, poster));
      await pool.close();
    }),
  );
}

answer(
  {
    /** Makes the endpoints 0 to `count` − 1. */
    async endpoints({ count, type }: { count: number; type: string }) {
      for (let i = 0; i < count; i++) {
        const fields: EndpointFields = { ...ENDPOINT, url: urlOf(i), eventTypes: [type] };
        await notifications.api.webhooks.create(fields, { name: 'bench', role: 'admin' });
      }
    },
    emit: ({ count, from, type }: { count: number; from: number; type: string }) =>
      emit(type, count, from, count),
    /** Status changes at an even rate, with a check every second. */
    async changes({ perS, seconds }: { perS: number; seconds: number }) {
      const begun = performance.now();
      let sent = 0;
      let checkedAt = begun;
      while (sent < perS * seconds) {
        const due = Math.min(perS * seconds, Math.floor(((performance.now() - begun) / 1000) * perS));
        if (due > sent) await emit(STATUS_CHANGED, due - sent, sent, 1_000);
        sent = Math.max(sent, due);
        if (performance.now() - checkedAt >= 1_000) {
          checkedAt += 1_000;
          void notifications.api.announce(STATUS_CHANGED);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await notifications.api.announce(STATUS_CHANGED);
    },
    post: ({ receivers, each }: { receivers: number[]; each: number }) => post(receivers, each),
  },
  async () => {
    await notifications.stop();
    await db.stop();
  },
);
