import type { Clock, Timer } from '../../../kernel/clock.js';

/** What an exchange asks of a request under way: undici's controller. */
interface Controller {
  abort: (reason: Error) => void;
}

export interface ExchangeEnd {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  excerpt: string;
}

export interface ExchangeOptions {
  clock: Clock;
  /** From the request to the status. */
  timeoutMs: number;
  /** From the status to the end of what is kept of the body. */
  excerptMs: number;
}

/** No answer came within the time. */
export class NoAnswerError extends Error {
  constructor() {
    super('no answer came in time');
    this.name = 'NoAnswerError';
  }
}

const MOST_BYTES = 4 * 1024;
/** Neither belongs in a text of a database or of a page. */
const UNSHOWN = /[^\P{Cc}\n\t]|\p{Cs}/gu;

/**
 * One request and its answer, as a handler of undici: its status, and the first 4 KiB of its body. An answer that is
 * longer or slower than that is cut off with its connection, and is an answer all the same.
 */
export class Exchange {
  /** Rejects where no status came. */
  readonly ended: Promise<ExchangeEnd>;
  #resolve!: (end: ExchangeEnd) => void;
  #reject!: (error: unknown) => void;
  #controller: Controller | undefined;
  #timer: Timer;
  #answer: Omit<ExchangeEnd, 'excerpt'> | undefined;
  #chunks: Buffer[] | undefined;
  #bytes = 0;
  #isOver = false;

  constructor(private readonly options: ExchangeOptions) {
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = options.clock.after(options.timeoutMs, () => this.#fail(new NoAnswerError()));
  }

  /** Ends it from our side. */
  cutOff(): void {
    this.#fail(new NoAnswerError());
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new NoAnswerError());
  }

  onResponseStart(_: Controller, status: number, headers: ExchangeEnd['headers']): void {
    // 1xx come before the answer.
    if (status < 200) return;
    this.#answer = { status, headers };
    this.#timer.cancel();
    this.#timer = this.options.clock.after(this.options.excerptMs, () => this.#cut());
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    (this.#chunks ??= []).push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= MOST_BYTES) this.#cut();
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_: Controller, error: Error): void {
    if (this.#answer) this.#finish();
    else this.#fail(error);
  }

  #cut(): void {
    this.#finish();
    this.#controller?.abort(new NoAnswerError());
  }

  #finish(): void {
    if (this.#isOver || !this.#answer) return;
    this.#over();
    this.#resolve({ ...this.#answer, excerpt: this.#excerpt() });
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.#over();
    this.#reject(error);
    this.#controller?.abort(error);
  }

  #over(): void {
    this.#isOver = true;
    this.#timer.cancel();
  }

  #excerpt(): string {
    if (!this.#chunks) return '';
    const text = Buffer.concat(this.#chunks).subarray(0, MOST_BYTES).toString('utf8');
    return text.replace(UNSHOWN, '\u{fffd}');
  }
}
