import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client.js';

export interface ApiBatch {
  batch_id: string;
  state: 'running' | 'paused' | 'stopped' | 'cancelling' | 'completed' | 'cancelled';
  reason: string | null;
  devices: number;
  counts: { waiting: number; running: number; completed: number; failed: number; cancelled: number };
}

export interface ApiDevice {
  equipment_id: string;
  last_seen_at: string;
  last_task_id: string;
  last_result: string;
  last_message: string;
  tasks: number;
  failures: number;
  note: string | null;
}

export interface ApiDeviceTask {
  task_id: string;
  task_status: string;
  received: string;
  completed: string | null;
  error_message: string | null;
  created_by: string;
}

export type EquipmentClient = ReturnType<typeof createEquipmentClient>;

const PATH = '/api/v1/equipment';
const NEWEST = 20;

/** The calls about devices and batches of them. */
export function createEquipmentClient(client: ApiClient) {
  const get = async <T>(path: string): Promise<T> => (await client.page<T>(`${PATH}${path}`)).body;
  const of = (id: string): string => `/devices/${encodeURIComponent(id)}`;
  return {
    /** The id of the task. */
    async configure(id: string, body: unknown): Promise<string> {
      const headers = { 'idempotency-key': randomUUID() };
      const path = `${PATH}/cpe/${encodeURIComponent(id)}`;
      return (await client.page<{ taskId: string }>(path, { method: 'POST', headers, body })).body.taskId;
    },
    /** A CSV as it is; `options` by their names in the API. */
    async createBatch(csv: Buffer, options: Readonly<Record<string, string>>): Promise<ApiBatch> {
      const headers = { 'content-type': 'text/csv', 'idempotency-key': randomUUID() };
      const query = new URLSearchParams(options).toString();
      const path = `${PATH}/batches${query && `?${query}`}`;
      return (await client.page<ApiBatch>(path, { method: 'POST', headers, body: csv })).body;
    },
    batch: (id: string): Promise<ApiBatch> => get(`/batches/${encodeURIComponent(id)}`),
    device: (id: string): Promise<ApiDevice> => get(of(id)),
    /** The newest. */
    deviceTasks: async (id: string): Promise<ApiDeviceTask[]> =>
      (await get<{ items: ApiDeviceTask[] }>(`${of(id)}/history?limit=${NEWEST}`)).items,
  };
}
