import type { Answer, RestClient } from './rest-client.js';
import { waitFor } from './wait-for.js';

/** A password that stands nowhere else. */
export const PASSWORD = 'Xq7-correct-horse-battery';

export const PARAMETERS = { username: 'admin', password: PASSWORD, vlan: 534, interfaces: [1, 2, 3, 4] };

export interface CpeState {
  code: number;
  message: string;
}

/** Service B as its clients see it. */
export class EquipmentClient {
  constructor(readonly rest: RestClient) {}

  post(
    id: string,
    body: object | string = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const whole = typeof body === 'string' ? body : { timeoutInSeconds: 5, parameters: PARAMETERS, ...body };
    return this.rest.post(`/api/v1/equipment/cpe/${id}`, { body: whole, headers });
  }

  /** Has a device configured and gives the task's id. */
  async accepted(id: string, body: object = {}): Promise<string> {
    const answer = await this.post(id, body);
    const { code, taskId } = answer.body as { code?: number; taskId?: string };
    if (answer.status !== 200 || code !== 200 || !taskId) throw new Error(`not accepted: ${answer.text}`);
    return taskId;
  }

  state(id: string, taskId: string): Promise<Answer> {
    return this.rest.get(`/api/v1/equipment/cpe/${id}/task/${taskId}`);
  }

  /** The answer for a task once it says something else than that it runs. */
  async ended(id: string, taskId: string, timeoutMs = 30_000): Promise<{ status: number; body: CpeState }> {
    return waitFor(
      `the end of ${id}`,
      async () => {
        const { status, body } = await this.state(id, taskId);
        return (body as CpeState).code === 204 ? undefined : { status, body: body as CpeState };
      },
      { timeoutMs },
    );
  }
}
