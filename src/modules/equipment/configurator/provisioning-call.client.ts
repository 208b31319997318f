import type { Dispatcher } from 'undici';
import type { Clock } from '../../../kernel/clock.js';
import { brokenOff, judgeAnswer, timedOut } from './provisioning-answer.js';
import type { CallOutcome } from './provisioning-answer.js';

export interface CallOptions {
  clock: Clock;
  path: string;
  body: string;
  timeoutInSeconds: number;
  /** From now to the whole answer. */
  timeoutMs: number;
}

const MOST_ANSWER_BYTES = 64 * 1024;

/**
 * One POST. What the outcome turns on is whether the request was begun to be written to a connection (`onRequestStart`): before,
 * nothing has reached the service; after, anything may have. Never rejects.
 */
export function createCall(pool: Dispatcher, options: CallOptions): Promise<CallOutcome> {
  return new Promise((resolve) => {
    const handler = new CallHandler(options.timeoutInSeconds, (outcome) => {
      timer.cancel();
      resolve(outcome);
    });
    const timer = options.clock.after(options.timeoutMs, () => handler.timeOut());
    pool.dispatch(
      {
        method: 'POST',
        path: options.path,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: options.body,
      },
      handler,
    );
  });
}

class CallHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #length = 0;
  readonly #chunks: Buffer[] = [];
  #settled = false;

  constructor(
    private readonly timeoutInSeconds: number,
    private readonly onOutcome: (outcome: CallOutcome) => void,
  ) {}

  timeOut(): void {
    const isSent = this.#controller !== undefined;
    this.#settle(
      isSent ? timedOut(this.timeoutInSeconds) : { kind: 'unreached', detail: 'no connection in time' },
    );
    this.#controller?.abort(new Error('timed out'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: nothing of it is written.
    if (this.#settled) controller.abort(new Error('given up'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length <= MOST_ANSWER_BYTES) {
      this.#chunks.push(chunk);
      return;
    }
    this.#settle(judgeAnswer({ status: this.#status, body: '', isTooLarge: true }));
    controller.abort(new Error('too large'));
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.#settle(judgeAnswer({ status: this.#status, body, isTooLarge: false }));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle(this.#controller ? brokenOff() : { kind: 'unreached', detail: codeOf(error) });
  }

  #settle(outcome: CallOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.onOutcome(outcome);
  }
}

/** The code of an error or of its first cause that has one. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) return code;
    const [first] = at instanceof AggregateError ? (at.errors as unknown[]) : [];
    if (first instanceof Error) return codeOf(first);
  }
  return 'unknown';
}
