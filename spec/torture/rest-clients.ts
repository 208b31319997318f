import { type Answer, RestClient, type TaskView } from '../support/rest-client.js';
import type { Job } from './job.js';

export interface RestClientsOptions {
  /** Where replicas answer at the moment. */
  urls(): string[];
  /** Calls under way at once. */
  atOnce: number;
}

const ANSWER_WITHIN_MS = 8_000;
const PAUSE_MS = 150;
/** A client comes back on these; any other answer but 200 and 202 is a fault of the service. */
const COMES_BACK = new Set([409, 429, 503]);
const LOOKS_FOR_TASK = 20;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Clients that ask with an Idempotency-Key until they know that they were heard. */
export class RestClients {
  /** Task ids by key: one each, or something was doubled. */
  readonly accepted = new Map<string, Set<string>>();
  readonly faults: string[] = [];
  /** Calls that were repeated, as no answer came or none that said what is. */
  repeated = 0;
  cancelled = 0;
  readonly #waiting: Job[] = [];
  readonly #busy = new Set<Promise<void>>();
  #turn = 0;

  constructor(private readonly options: RestClientsOptions) {}

  /** Jobs that were not accepted yet, and cancels under way. */
  get open(): number {
    return this.#waiting.length + this.#busy.size;
  }

  send(jobs: readonly Job[]): void {
    this.#waiting.push(...jobs);
    while (this.#busy.size < this.options.atOnce && this.#waiting.length > 0) this.#next();
  }

  /** As somebody who sees the job in a list does it. */
  async cancelQueued(job: Job): Promise<void> {
    await this.#track(this.#cancelQueued(job));
  }

  #next(): void {
    const job = this.#waiting.shift();
    if (!job) return;
    void this.#track(this.#hand(job)).then(() => this.#next());
  }

  async #track(work: Promise<void>): Promise<void> {
    this.#busy.add(work);
    await work
      .catch((error: unknown) => this.faults.push(String(error)))
      .finally(() => this.#busy.delete(work));
  }

  async #hand(job: Job): Promise<void> {
    const id = await this.#ask(job);
    if (job.askedTwice) await this.#ask(job);
    if (job.kind === 'unwanted') await this.#cancel(job, id);
  }

  /** Asks until the answer names a task. */
  async #ask(job: Job): Promise<string> {
    const prefer: Record<string, string> = job.waitS === undefined ? {} : { prefer: `wait=${job.waitS}` };
    const headers = { 'idempotency-key': job.key, ...prefer };
    const isHeard = ({ headers: got }: Answer): boolean => got.has('location');
    const answer = await this.#insist('POST', '/api/v1/report', { body: job.body, headers }, isHeard);
    const id = answer.headers.get('location')!.split('/').at(-1)!;
    const ids = this.accepted.get(job.key) ?? new Set();
    this.accepted.set(job.key, ids.add(id));
    return id;
  }

  async #cancel(job: Job, id: string): Promise<void> {
    await pause(job.cancelAfterMs);
    const answer = await this.#insist(
      'POST',
      `/api/v1/tasks/${id}/cancel`,
      {},
      ({ status }) => status === 409,
    );
    if (answer.status !== 409) this.cancelled++;
  }

  async #cancelQueued(job: Job): Promise<void> {
    await pause(job.cancelAfterMs);
    const query = `correlation_id=${encodeURIComponent(searchedBy(job.correlationId!))}`;
    for (let look = 0; look < LOOKS_FOR_TASK; look++) {
      const { body } = await this.#insist('GET', `/api/v1/tasks?${query}`, {}, () => false);
      const [task] = (body as { statuses: TaskView[] }).statuses;
      if (task) return this.#cancel(job, task.task_id);
      await pause(PAUSE_MS);
    }
  }

  /** Calls again and again, at one replica after the other, until an answer is good or `enough`. */
  async #insist(
    method: string,
    path: string,
    call: { body?: string; headers?: Record<string, string> },
    enough: (answer: Answer) => boolean,
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.#call(method, path, call);
      if (answer && (answer.status < 300 || enough(answer))) return answer;
      if (answer && !COMES_BACK.has(answer.status)) {
        const fault = `${method} ${path} ${call.body ?? ''} was answered ${answer.status}: ${answer.text}`;
        this.faults.push(fault);
        if (answer.status < 500) throw new Error(fault);
      }
      this.repeated++;
      await pause(PAUSE_MS);
    }
  }

  async #call(
    method: string,
    path: string,
    call: { body?: string; headers?: Record<string, string> },
  ): Promise<Answer | undefined> {
    const urls = this.options.urls();
    const url = urls[this.#turn++ % Math.max(1, urls.length)];
    if (url === undefined) return undefined;
    return new RestClient(url, {}, undefined, ANSWER_WITHIN_MS)
      .send(method, path, call)
      .catch(() => undefined);
  }
}

/** The text of a string, the digits of a number as they stand. */
function searchedBy(token: string): string {
  return token.startsWith('"') ? (JSON.parse(token) as string) : token;
}
