import { type Clock, sleep } from '../../../kernel/clock.js';
import type { ApiAnswer } from './bot-api.js';
import type { Outage } from './outage.js';

/** Calls until it is answered; undefined where the signal came first. Never rejects. */
export async function untilAnswered<T>(
  { clock, outage }: { clock: Clock; outage: Outage },
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<ApiAnswer<T>>,
): Promise<T | undefined> {
  while (!signal.aborted) {
    const answer = await call(signal);
    if (signal.aborted) return undefined;
    if (answer.kind === 'ok') {
      outage.over();
      return answer.value;
    }
    await sleep(clock, outage.met(answer), signal);
  }
  return undefined;
}
