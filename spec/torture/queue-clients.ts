import type { Job } from './job.js';
import type { QueuePort } from './queue-port.js';

const AT_ONCE = 20;
const PAUSE_MS = 50;

/** A client that publishes jobs with message ids, and again while it does not know that they arrived. */
export class QueueClients {
  /** Keys of messages that are known to have arrived. */
  readonly arrived = new Set<string>();
  /** Messages that were published again. */
  repeated = 0;
  #waiting: Job[] = [];
  #sending = false;

  constructor(
    private readonly port: QueuePort,
    private readonly queue: string,
    /** Called for each job that arrived. */
    private readonly onArrived: (job: Job) => void,
  ) {}

  get open(): number {
    return this.#waiting.length;
  }

  send(jobs: readonly Job[]): void {
    this.#waiting.push(...jobs);
    if (!this.#sending) void this.#run();
  }

  /** Whether it is to be sent once more. */
  #arrives(job: Job): boolean {
    if (this.arrived.has(job.key)) return false;
    this.arrived.add(job.key);
    this.onArrived(job);
    return job.askedTwice;
  }

  async #run(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, AT_ONCE);
      const keys = new Set(await this.port.send(this.queue, batch));
      const failed = batch.filter(({ key }) => !keys.has(key));
      const again = batch.filter((job) => keys.has(job.key) && this.#arrives(job));
      this.#waiting = [...failed, ...this.#waiting.slice(batch.length), ...again];
      this.repeated += failed.length;
      if (failed.length > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#sending = false;
  }
}
