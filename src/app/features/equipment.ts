import { createEquipmentModule } from '../../modules/equipment/index.js';
import type { Foundation } from '../foundation.js';

/** CPE provisioning, with a configurator of our own where that is on. */
export function createEquipment(foundation: Foundation) {
  const { config, clock, db, events, outbox, seal, digest, tasks, metrics, owner, live } = foundation;
  const { provisioning, ...equipment } = config.equipment;
  const calls = metrics.histogram(
    'switchyard_provisioning_call_seconds',
    'Calls to the provisioning service, by what came of them',
    ['outcome'],
    [0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 120, 300, 900],
  );
  const told = metrics.counter(
    'switchyard_equipment_configured_total',
    'Messages of configurators, by code and what became of them',
    ['fate', 'code'],
  );
  const module = createEquipmentModule({
    ...{ db, clock, events, outbox, seal, digest, owner, random: Math.random, tasks: tasks.api },
    log: foundation.log.child({ module: 'equipment' }),
    config: {
      ...equipment,
      provisioning: { ...provisioning, ca: foundation.provisioningCa },
      mostMessageBytes: config.broker.messageMaxBytes,
      prefetch: config.broker.prefetch,
      idempotencyTtlMs: config.tasks.idempotencyTtlMs,
      keepMs: config.tasks.keepMs,
    },
    onCall: (seconds, outcome) => calls.observe(seconds, { outcome }),
    isWatched: live.isWatched,
    tell: live.tell,
    onFate: (fate, code) => told.inc({ fate, code: code ?? 'none' }),
  });
  metrics.gauge('switchyard_provisioning_in_flight', 'Devices that are being configured', module.inFlight);
  const waiting = 'Devices of open batches that wait for their turn';
  metrics.gauge('switchyard_equipment_batch_devices_waiting', waiting, module.waitingInBatches);
  return module;
}
