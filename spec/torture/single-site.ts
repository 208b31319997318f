import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { mountSmallDisk } from '../support/small-disk.js';
import { prepareBroker } from './broker-site.js';
import { sqliteTruth } from './database-truth.js';
import { EmbeddedPort } from './queue-port.js';
import { Replica } from './replica.js';
import { settings, type Site } from './site.js';

/** One process with SQLite, its state on a small disk; queues in the database, or in RabbitMQ. */
export async function prepareSingleSite(
  folder: string,
  dataFile: string,
  queues: 'embedded' | 'rabbitmq',
): Promise<Site> {
  const stateDir = join(folder, 'state');
  const disk = await mountSmallDisk(stateDir);
  if (!disk) console.log('  no disk may be mounted here: it will not be full in this run');
  const file = join(stateDir, 'switchyard.db');
  const truth = sqliteTruth(file);
  const broker = queues === 'rabbitmq' ? await prepareBroker() : undefined;
  const env = { ...settings(dataFile), STATE_DIR: stateDir, ...broker?.env };
  const replica = new Replica('replica-1', folder, env);
  return {
    replicas: [replica],
    dataFiles: [dataFile],
    truth,
    queues: broker?.queues ?? new EmbeddedPort(file, truth),
    ...(broker && { brokerProxy: broker.proxy }),
    ...(disk && { disk }),
    leader: () => Promise.resolve(replica),
    async keepEvidence() {
      if (disk) await cp(stateDir, join(folder, 'kept-state'), { recursive: true });
    },
    async stop() {
      await replica.abandon();
      await broker?.stop();
      await disk?.unmount();
    },
  };
}
