import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions } from '../../../kernel/tx.js';
import { isEquipmentId } from '../equipment-id.js';
import type { Device } from './device.js';
import type { DevicesRepository } from './devices.repository.js';

export interface NoteDeviceDeps {
  db: Transactions;
  clock: Clock;
  devices: DevicesRepository;
}

/** Rejects with `equipment.device-not-found`. */
export async function requireDevice(
  { devices }: Pick<NoteDeviceDeps, 'devices'>,
  id: string,
): Promise<Device> {
  const device = isEquipmentId(id) ? await devices.get(id) : undefined;
  if (device) return device;
  throw new AppError('The requested equipment is not found', {
    code: 'equipment.device-not-found',
    kind: 'not-found',
  });
}

/**
 * Writes a note about a device; null takes it away. `expected` throws where the caller did not mean this version. Rejects like
 * `requireDevice`.
 */
export async function noteDevice(
  deps: NoteDeviceDeps,
  id: string,
  { text, by }: { text: string | null; by: string },
  expected: (device: Device) => void,
): Promise<Device> {
  for (let tries = 0; tries < 10; tries++) {
    const device = await requireDevice(deps, id);
    expected(device);
    const at = deps.clock.now();
    const tx = deps.db.begin();
    deps.devices.note(tx, id, device.version, { text, at, by });
    try {
      await deps.db.commit(tx);
      return { ...device, note: text, notedAt: at, notedBy: by, version: device.version + 1 };
    } catch (error) {
      if (!(error instanceof TxConflict)) throw error; // else a task has ended meanwhile
    }
  }
  throw new AppError('The device changes too fast; try again', {
    ...{ code: 'equipment.device-busy', kind: 'unavailable', retryAfterS: 1 },
  });
}
