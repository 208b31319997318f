import type { LiveTopic } from '../../../kernel/live-topic.js';
import { sensorView } from './sensor-view.js';
import type { SensorOut } from './sensor-view.js';
import type { SensorsApi } from './sensors-api.js';

const FIRST = 100;

/** `sensors`: the first 100, and changes of all; `sensors.<id>`: one, also for the client that it belongs to. */
export function sensorTopic(api: Pick<SensorsApi, 'require' | 'list'>): LiveTopic {
  return {
    name: 'sensors',
    async snapshot(): Promise<{ items: SensorOut[] }> {
      return { items: (await api.list({}, { limit: FIRST })).map(sensorView) };
    },
    snapshotOf: async (id) => sensorView(await api.require(id)),
    async maySee({ role, clientId }, id) {
      if (role !== 'client') return true;
      if (id === undefined || clientId === undefined) return false;
      return api.require(id, clientId).then(
        () => true,
        () => false,
      );
    },
  };
}
