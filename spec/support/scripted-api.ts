import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

type Script = (request: SeenRequest) => ScriptedAnswer | 'hang' | undefined;

interface ScriptedTask {
  id: string;
  numbers: number[];
  looks: number;
}

const problem = { 'content-type': 'application/problem+json' };

/** Speaks the reports' part of the API: a task is pending, then in work, then completed. */
export class ScriptedApi {
  readonly requests: SeenRequest[] = [];
  readonly #tasks = new Map<string, ScriptedTask>();
  /** Asked first for every request; `undefined` leaves the answer to the contract. */
  script: Script = () => undefined;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ScriptedApi> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedApi(server);
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  seen(method: string): SeenRequest[] {
    return this.requests.filter((request) => request.method === method);
  }

  breakConnections(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url: path = '', headers } = request;
    const seen = { method, path, headers, body: Buffer.concat(pieces).toString() };
    this.requests.push(seen);
    const answer = this.script(seen) ?? this.#answer(seen);
    if (answer === 'hang') return;
    const { status, headers: more = {}, body } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...more });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #answer(request: SeenRequest): ScriptedAnswer {
    if (request.method === 'POST' && request.path === '/api/v1/report') return this.#create(request);
    const [, kind, id = ''] = /^\/api\/v1\/(tasks|report)\/([0-9a-f-]{36})$/.exec(request.path) ?? [];
    const task = this.#tasks.get(id);
    if (!task)
      return { status: 404, headers: problem, body: { detail: 'Task not found', code: 'tasks.not-found' } };
    if (kind === 'tasks') return { status: 200, body: taskView(task) };
    return request.headers.accept === 'text/csv'
      ? { status: 200, headers: { 'content-type': 'text/csv' }, body: csvOf(task) }
      : { status: 200, body: reportOf(task) };
  }

  #create({ headers, body }: SeenRequest): ScriptedAnswer {
    const { numbers } = JSON.parse(body) as { numbers: number[] };
    const task = { id: randomUUID(), numbers, looks: 0 };
    if (headers.prefer) return { status: 200, body: reportOf(task) };
    this.#tasks.set(task.id, task);
    const location = { location: `/api/v1/tasks/${task.id}` };
    return { status: 202, headers: location, body: { ...taskView(task), task_status: 'pending' } };
  }
}

function taskView(task: ScriptedTask): object {
  const task_status = ['pending', 'pending', 'in_work'][task.looks++] ?? 'completed';
  const received = '2026-01-01T00:00:00.000Z';
  return {
    task_status,
    task_id: task.id,
    task_name: 'aggregate_calls',
    received,
    completed: null,
    error_message: null,
  };
}

/** Phones over 999 are not in the data. The correlation id is beyond 2^53. */
function reportOf(task: ScriptedTask): string {
  const data = task.numbers
    .filter((phone) => phone < 1000)
    .map(
      (phone) =>
        `{"phone":${phone},"cnt_all_attempts":10,"cnt_att_dur":{"10_sec":1,"10_30_sec":2,"30_sec":7},` +
        `"min_price_att":0,"max_price_att":1200,"avg_dur_att":61.23456,"sum_price_att_over_15":5999.5}`,
    );
  const missing = task.numbers.filter((phone) => phone >= 1000);
  const notFound = missing.length > 0 ? `"not_found":${JSON.stringify(missing)},` : '';
  return (
    `{"data":[${data.join(',')}],${notFound}"total_duration":0.25,"received":"2026-01-01T00:00:00.000Z",` +
    `"task_from":"client_api","task_to":"client","correlation_id":9223372036854775807}`
  );
}

function csvOf(task: ScriptedTask): string {
  return `phone,cnt_all_attempts\r\n${task.numbers.map((phone) => `${phone},10\r\n`).join('')}`;
}
