import { isUuid } from '../../../kernel/ids.js';
import type { Uuid } from '../../../kernel/ids.js';
import { invalidInput } from '../../../kernel/errors.js';
import { equipmentKey } from '../../tasks/index.js';
import type { TasksApi } from '../../tasks/index.js';
import { isEquipmentId } from '../equipment-id.js';
import type { Device } from './device.js';
import type { HistoryTask } from './device-history.js';
import type { DeviceFilter } from './devices.repository.js';
import { noteDevice, requireDevice } from './note-device.js';
import type { NoteDeviceDeps } from './note-device.js';

export type InventoryApi = ReturnType<typeof createInventoryApi>;

export interface InventoryApiDeps extends NoteDeviceDeps {
  tasks: Pick<TasksApi, 'list'>;
}

/** What is known of devices. */
export function createInventoryApi(deps: InventoryApiDeps) {
  return {
    /** By id. */
    list: (filter: DeviceFilter, limit: number): Promise<Device[]> => deps.devices.list(filter, limit),
    /** Rejects with `equipment.device-not-found`. */
    require: (id: string): Promise<Device> => requireDevice(deps, id),
    /** Rejects like `noteDevice`. */
    note: (
      id: string,
      note: { text: string | null; by: string },
      expected: (device: Device) => void,
    ): Promise<Device> => noteDevice(deps, id, note, expected),
    /** Its tasks, newest first, also before the first has ended. Rejects like `require` where there are none at all. */
    async history(
      id: string,
      before: string | undefined,
      limit: number,
    ): Promise<{ items: HistoryTask[]; next: Uuid | null }> {
      if (before !== undefined && !isUuid(before)) throw invalidCursor();
      if (!isEquipmentId(id)) await requireDevice(deps, id);
      const filter = { keys: [equipmentKey(id)], ...(before !== undefined && { before }) };
      const page = await deps.tasks.list(filter, limit);
      if (page.items.length === 0 && before === undefined) await requireDevice(deps, id);
      return page;
    },
  };
}

function invalidCursor() {
  return invalidInput([{ pointer: '/query/cursor', detail: 'must be a cursor that an earlier page gave' }]);
}
