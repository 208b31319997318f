import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { postgres } from '../support/postgres.js';
import { RedisServer } from '../support/redis.js';
import { startTcpProxy, throughProxy } from '../support/tcp-proxy.js';
import { prepareBroker } from './broker-site.js';
import { type DatabaseTruth, postgresTruth } from './database-truth.js';
import { Replica } from './replica.js';
import { settings, type Site } from './site.js';

const REPLICAS = ['replica-1', 'replica-2'];
const TABLES = ['tasks', 'task_history', 'task_results', 'events', 'broker_outbox', 'broker_inbox'];

/** Two processes that share RabbitMQ, PostgreSQL and Redis. */
export async function prepareSharedSite(folder: string, dataFile: string): Promise<Site> {
  const url = await (await postgres()).createDatabase();
  const { hostname: host, port } = new URL(url);
  const truth = postgresTruth(url);
  const broker = await prepareBroker();
  const redis = await RedisServer.start();
  const proxies = await Promise.all(REPLICAS.map(() => startTcpProxy({ host, port: Number(port) })));
  const dataFiles = REPLICAS.map((name) => join(folder, `data-${name}.json`));
  await Promise.all(dataFiles.map((file) => copyFile(dataFile, file)));
  const replicas = proxies.map((proxy, i) => {
    const DATABASE_URL = throughProxy(url, proxy);
    const env = { ...settings(dataFiles[i]!), ...broker.env, DATABASE_URL, CACHE_URL: redis.url };
    return new Replica(REPLICAS[i]!, folder, env);
  });
  return {
    replicas,
    dataFiles,
    truth,
    queues: broker.queues,
    brokerProxy: broker.proxy,
    databaseProxies: proxies,
    redis,
    async leader() {
      const ports = new Set(await leaderPorts(truth));
      return replicas.find((_, i) => proxies[i]!.upstreamPorts().some((own) => ports.has(own)));
    },
    async keepEvidence() {
      for (const table of TABLES) {
        const rows = await truth.rows(`select * from ${table}`);
        await writeFile(join(folder, `${table}.json`), rows.map((row) => JSON.stringify(row)).join('\n'));
      }
    },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.abandon()));
      await Promise.all([broker.stop(), redis.stop(), ...proxies.map((proxy) => proxy.stop())]);
    },
  };
}

/** Of whoever holds a leader's lock, as the server sees its connection. */
async function leaderPorts(truth: DatabaseTruth): Promise<number[]> {
  const rows = await truth.rows<{ client_port: number }>(
    `select a.client_port from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and a.application_name = 'switchyard session'
       and a.datname = current_database()`,
  );
  return rows.map((row) => row.client_port);
}
