import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { ApiRefusal, problemOf, unreachable } from './api-error.js';
import type { ApiReport, ApiTask, ReportRequest } from './api-types.js';
import { CliError, interrupted } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { withRetries } from './retry.js';

export interface ApiClientOptions {
  url: URL;
  token?: string | undefined;
  /** Connections kept open. Default 1. */
  connections?: number;
  /** Longest wait for the beginning of an answer, and for each further piece. Default 30,000. */
  timeoutMs?: number;
  /** Ends every call in flight with the error of an interrupt. */
  signal: AbortSignal;
}

interface Answer {
  status: number;
  text: string;
  /** The `Link` header, empty where there is none. */
  link: string;
}

interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  /** Sent as JSON; text and bytes as they are, of the type that `headers` name. */
  body?: unknown;
  /** True: not made again where it may have had its effect. Default false. */
  once?: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;
const LONGEST_ANSWER_BYTES = 512 * 1024 * 1024;

/** The calls that the command line client makes. Rejects with `CliError` alone: `ApiRefusal` where the service says no. */
export class ApiClient {
  readonly #pool: Pool;
  readonly #base: string;
  readonly #where: string;
  readonly #headers: Record<string, string>;
  readonly #signal: AbortSignal;
  #wasReached = false;

  constructor({ url, token, connections = 1, timeoutMs = 30_000, signal }: ApiClientOptions) {
    this.#pool = new Pool(url.origin, {
      connections,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: LONGEST_ANSWER_BYTES,
    });
    this.#base = url.pathname.replace(/\/+$/, '');
    this.#where = url.origin + this.#base;
    this.#headers = token ? { authorization: `Bearer ${token}` } : {};
    this.#signal = signal;
  }

  /** Asks for a report; returns the id of its task. Equal keys make one task. */
  async createReport(request: ReportRequest, key: string): Promise<string> {
    const { text } = await this.#postReport(request, { 'idempotency-key': key });
    return this.#parse(text, isTask).task_id;
  }

  /** The same, with the report itself where it ends within `waitS` (1 to 60). */
  async createReportAndWait(
    request: ReportRequest,
    key: string,
    waitS: number,
  ): Promise<{ taskId: string } | { report: ApiReport }> {
    const headers = { 'idempotency-key': key, prefer: `wait=${waitS}` };
    const { status, text } = await this.#postReport(request, headers);
    if (status === 200) return { report: this.#parse(text, isReport) };
    return { taskId: this.#parse(text, isTask).task_id };
  }

  #postReport(body: ReportRequest, headers: Record<string, string>): Promise<Answer> {
    return this.#call('/api/v1/report', { method: 'POST', headers, body });
  }

  async task(id: string): Promise<ApiTask> {
    return this.#parse((await this.#call(`/api/v1/tasks/${encodeURIComponent(id)}`)).text, isTask);
  }

  async report(id: string): Promise<ApiReport> {
    return this.#parse(await this.reportText(id, 'application/json'), isReport);
  }

  /** The report's bytes as they come. */
  async reportText(id: string, accept: 'application/json' | 'text/csv'): Promise<string> {
    return (await this.#call(`/api/v1/report/${encodeURIComponent(id)}`, { headers: { accept } })).text;
  }

  /** Any other call; the answer's JSON as it came. */
  async json(path: string, options: CallOptions = {}): Promise<{ text: string; value: unknown }> {
    const { text } = await this.#call(path, options);
    return { text, value: this.#parse(text, (value): value is unknown => value !== undefined) };
  }

  /** The same; the answer's JSON, and the path of the next page where it has one. */
  async page<T>(path: string, options: CallOptions = {}): Promise<{ body: T; next: string | undefined }> {
    const { text, link } = await this.#call(path, options);
    const isObject = (value: unknown): value is T => typeof value === 'object' && value !== null;
    return { body: this.#parse(text, isObject), next: /<(\/[^>]*)>; rel="next"/.exec(link)?.[1] };
  }

  /** Any other call whose answer is text as it came, empty where there is none. */
  async text(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.#call(path, options)).text;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** A call may be made again where it reads, carries an Idempotency-Key, or surely had no effect. */
  #call(path: string, options: CallOptions = {}): Promise<Answer> {
    return withRetries(() => this.#callOnce(path, options), {
      mayRetry: (error) => (options.once ? wasPutOff(error) : this.#mayWorkLater(error)),
      signal: this.#signal,
    });
  }

  /** A service that was never reached is said so at once; one that was may only be restarting. */
  #mayWorkLater(error: unknown): boolean {
    const code = error instanceof CliError ? error.exitCode : undefined;
    return code === EXIT.temporary || (code === EXIT.unreachable && this.#wasReached);
  }

  async #callOnce(path: string, { method = 'GET', headers, body }: CallOptions): Promise<Answer> {
    const { statusCode, text, link, retryAfterS } = await this.#send({
      path: this.#base + path,
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.#headers,
        ...headers,
      },
      body: sent(body),
      signal: this.#signal,
    });
    if (statusCode < 300) return { status: statusCode, text, link };
    throw new ApiRefusal(statusCode, problemOf(text), retryAfterS);
  }

  async #send(options: Dispatcher.RequestOptions) {
    try {
      const { statusCode, headers, body } = await this.#pool.request(options);
      const retryAfter = Number(headers['retry-after']);
      const text = await body.text();
      this.#wasReached = true;
      return {
        statusCode,
        text,
        link: String(headers['link'] ?? ''),
        retryAfterS: retryAfter > 0 ? retryAfter : undefined,
      };
    } catch (error) {
      throw this.#signal.aborted ? interrupted() : unreachable(error, this.#where);
    }
  }

  #parse<T>(text: string, isExpected: (value: unknown) => value is T): T {
    try {
      const value: unknown = JSON.parse(text);
      if (isExpected(value)) return value;
    } catch {
      // said below: what is no JSON is no answer of the service either
    }
    throw new CliError(`what answers at ${this.#where} is not Switchyard`, EXIT.failed);
  }
}

function wasPutOff(error: unknown): boolean {
  return error instanceof ApiRefusal && (error.status === 429 || error.status === 503);
}

function isTask(value: unknown): value is ApiTask {
  const task = value as Partial<ApiTask> | null;
  return typeof task?.task_id === 'string' && typeof task.task_status === 'string';
}

function isReport(value: unknown): value is ApiReport {
  const report = value as Partial<ApiReport> | null;
  return Array.isArray(report?.data) && typeof report.total_duration === 'number';
}

function sent(body: unknown): string | Buffer | null {
  if (body === undefined) return null;
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}
