import type { ApiClient } from './api-client.js';

export interface ApiLineFault {
  line: number;
  pointer: string;
  detail: string;
}

export interface ApiImport {
  lines: number;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  errors: ApiLineFault[];
}

export interface ApiClientRow {
  id: string;
  name: string;
}

export interface ApiSensor {
  id: string;
  external_id: string;
}

export interface ApiAccounting {
  came_in: number;
  logged: number;
  late: number;
  duplicate: number;
  refused: number;
  dead_lettered: number;
  balanced: boolean;
}

const NDJSON = { 'content-type': 'application/x-ndjson' };
const PAGE = 1_000;

/** The calls about clients and their sensors. */
export function createSensorsClient(client: ApiClient) {
  async function post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
    return (await client.page<T>(path, { method: 'POST', body, ...(headers ? { headers } : {}) })).body;
  }

  return {
    /** Lines of NDJSON, at once. */
    importLines(lines: string, query: Readonly<Record<string, string>>): Promise<ApiImport> {
      const path = `/api/v1/sensors/import?${new URLSearchParams(query).toString()}`;
      return post(path, lines, NDJSON);
    },
    submitEvents: (lines: string): Promise<{ came_in: number }> =>
      post('/api/v1/sensors/events', lines, NDJSON),
    accounting: async (): Promise<ApiAccounting> =>
      (await client.page<ApiAccounting>('/api/v1/sensors/accounting')).body,
    /** The client of that name; made where there is none. */
    async clientNamed(name: string): Promise<ApiClientRow> {
      const query = new URLSearchParams({ name }).toString();
      const { body } = await client.page<{ items: ApiClientRow[] }>(`/api/v1/clients?${query}`);
      return body.items[0] ?? post('/api/v1/clients', { name });
    },
    /** The first `count` sensors of a client. */
    async sensorsOf(clientId: string, count: number): Promise<ApiSensor[]> {
      const found: ApiSensor[] = [];
      const query = new URLSearchParams({ client_id: clientId, limit: String(Math.min(count, PAGE)) });
      for (
        let path: string | undefined = `/api/v1/sensors?${query.toString()}`;
        path && found.length < count;
      ) {
        const { body, next }: { body: { items: ApiSensor[] }; next: string | undefined } =
          await client.page(path);
        found.push(...body.items);
        path = next;
      }
      return found.slice(0, count);
    },
  };
}

export type SensorsClient = ReturnType<typeof createSensorsClient>;
