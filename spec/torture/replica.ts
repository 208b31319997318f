import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type LaunchedService, launchService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const UP_WITHIN_MS = 120_000;

/** One process of the service, which is started again whenever it ends, as whoever runs it would do. */
export class Replica {
  /** What it did that nobody asked it for. */
  readonly faults: string[] = [];
  readonly #cwd: string;
  #process: LaunchedService | undefined;
  #url: string | undefined;
  #stopped = false;
  #starts = 0;

  constructor(
    readonly name: string,
    folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.#cwd = join(folder, name);
  }

  /** Where it answers; undefined while it does not. */
  get url(): string | undefined {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get starts(): number {
    return this.#starts;
  }

  async start(): Promise<void> {
    await mkdir(this.#cwd, { recursive: true });
    this.#launch();
    await this.whenUp();
  }

  whenUp(): Promise<string> {
    return waitFor(`${this.name} to be ready`, () => this.#url, { timeoutMs: UP_WITHIN_MS, everyMs: 5 });
  }

  /** SIGKILL, as a crash or a loss of power; it is started again at once. */
  async kill(): Promise<void> {
    this.#url = undefined;
    const killed = this.#process!;
    // In its place, so that its end is no surprise.
    this.#process = undefined;
    await killed.end('SIGKILL');
    await this.#keepOutput(killed);
    this.#launch();
  }

  /** SIGSTOP for a while: to others it is as if it were dead, and then it goes on where it was. */
  async freeze(forMs: number): Promise<void> {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, forMs));
    process.kill(pid, 'SIGCONT');
  }

  /** SIGTERM; anything but exit code 0 is a fault of its own. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#url = undefined;
    const stopping = this.#process!;
    const code = await stopping.end('SIGTERM');
    if (code !== 0) this.faults.push(`${this.name} ended with ${code} when it was told to stop`);
    await this.#keepOutput(stopping);
  }

  /** Whatever happened before. */
  async abandon(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#url = undefined;
    await this.#process?.end('SIGKILL');
    if (this.#process) await this.#keepOutput(this.#process);
  }

  #launch(): void {
    this.#starts++;
    const launched = launchService({ cwd: this.#cwd, env: this.env });
    this.#process = launched;
    launched.ready(UP_WITHIN_MS).then(
      ({ url }) => {
        if (this.#process === launched) this.#url = url;
      },
      () => undefined,
    );
    void launched.gone.then(() => this.#onGone(launched));
  }

  async #onGone(launched: LaunchedService): Promise<void> {
    if (this.#process !== launched || this.#stopped) return;
    this.#url = undefined;
    this.#process = undefined;
    this.faults.push(`${this.name} ended by itself: ${launched.output().slice(-1_000)}`);
    await this.#keepOutput(launched);
    this.#launch();
  }

  async #keepOutput(ended: LaunchedService): Promise<void> {
    const text = `--- start ${this.#starts}, process ${ended.pid}\n${ended.output()}`;
    await appendFile(join(this.#cwd, 'output.log'), text);
  }
}
