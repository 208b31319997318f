/** An answer, read to its end. */
export interface Answer {
  method: string;
  /** Without its query. */
  path: string;
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where it is no JSON. */
  body: unknown;
}

export interface Call {
  /** Sent as JSON, unless it is text: that goes out as it is. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** A task as REST shows it. */
export interface TaskView {
  task_id: string;
  task_status: 'pending' | 'in_work' | 'completed' | 'error' | 'cancelled';
  received: string;
  completed: string | null;
  error_message: string | null;
}

export interface HistoryView {
  at: string;
  from: string | null;
  to: string;
  reason: string;
  attempt: number;
  actor: string;
}

/** Calls a service; `check` sees every answer before the spec does. */
export class RestClient {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    private readonly check: (answer: Answer) => void = () => undefined,
    private readonly timeoutMs = 60_000,
  ) {}

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, { headers });
  }

  post(path: string, call: Call = {}): Promise<Answer> {
    return this.send('POST', path, call);
  }

  async send(method: string, path: string, { body, headers }: Call): Promise<Answer> {
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const type = sent === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...type, ...this.headers, ...headers },
      ...(sent === undefined ? {} : { body: sent }),
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    const text = await response.text();
    const answer = {
      method,
      path: path.split('?')[0]!,
      status: response.status,
      headers: response.headers,
      text,
      body: parsed(text),
    };
    this.check(answer);
    return answer;
  }

  /** Asks for a report and gives the task's id. */
  async accepted(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await this.post('/api/v1/report', { body, headers });
    if (answer.status !== 202) throw new Error(`expected 202, got ${answer.status}: ${answer.text}`);
    return (answer.body as TaskView).task_id;
  }

  /** A report that is waited for in the call. */
  report(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.post('/api/v1/report', { body, headers: { prefer: 'wait=60', ...headers } });
  }

  async task(id: string): Promise<TaskView> {
    return (await this.found(`/api/v1/tasks/${id}`)) as TaskView;
  }

  /** The 1,000 newest. */
  async tasks(query = ''): Promise<TaskView[]> {
    const body = await this.found(`/api/v1/tasks?limit=1000${query}`);
    return (body as { statuses: TaskView[] }).statuses;
  }

  async history(id: string): Promise<HistoryView[]> {
    return ((await this.found(`/api/v1/tasks/${id}/history`)) as { items: HistoryView[] }).items;
  }

  /** The value of a metric without labels. */
  async metric(name: string): Promise<number> {
    const { text } = await this.get('/metrics');
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    if (line === undefined) throw new Error(`there is no metric ${name}`);
    return Number(line.slice(name.length + 1));
  }

  private async found(path: string): Promise<unknown> {
    const { status, text, body } = await this.get(path);
    if (status !== 200) throw new Error(`${path}: expected 200, got ${status}: ${text}`);
    return body;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
