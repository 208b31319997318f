import type { DueDelivery } from '../deliveries/deliveries.queries.js';
import type { Settled } from '../deliveries/deliveries.repository.js';
import { nextPauseMs } from './retry-schedule.js';
import type { Answer } from './webhook-client.js';

/** What an attempt meant. `gone`: nothing is to be sent there any more. */
export type Outcome = 'delivered' | 'retrying' | 'failed' | 'gone';

export interface Judgement {
  delivery: DueDelivery;
  settled: Settled;
  outcome: Outcome;
}

export interface Tried {
  delivery: DueDelivery;
  answer: Answer;
  /** Epoch ms. */
  at: number;
  durationMs: number;
}

const GONE = 410;

/** A 2xx is success, 410 the end of the endpoint; all else is tried again as long as the schedule has a next time. */
export function judgeAnswer(tried: Tried, scheduleS: readonly number[], random: number): Judgement {
  const { delivery, answer, at, durationMs } = tried;
  const outcome = outcomeOf(tried, scheduleS, random);
  const ended = outcome.is === 'delivered' ? 'delivered' : 'failed';
  const settled: Settled = {
    seq: delivery.seq,
    endpointId: delivery.endpointId,
    subject: delivery.subject,
    number: delivery.attempts + 1,
    tries: delivery.tries + 1,
    state: outcome.is === 'retrying' ? 'pending' : ended,
    dueAt: outcome.pauseMs === undefined ? at : at + durationMs + outcome.pauseMs,
    at,
    durationMs,
    status: answer.status ?? null,
    error: outcome.is === 'delivered' ? null : errorOf(answer),
    excerpt: answer.excerpt || null,
  };
  return { delivery, outcome: outcome.is, settled };
}

function outcomeOf(
  { delivery, answer }: Tried,
  scheduleS: readonly number[],
  random: number,
): { is: Outcome; pauseMs?: number } {
  if (isSuccess(answer)) return { is: 'delivered' };
  if (answer.status === GONE) return { is: 'gone' };
  const pauseMs = nextPauseMs(scheduleS, delivery.tries + 1, random, answer.retryAfterMs);
  return pauseMs === undefined ? { is: 'failed' } : { is: 'retrying', pauseMs };
}

function isSuccess({ status }: Answer): boolean {
  return status !== undefined && status >= 200 && status <= 299;
}

function errorOf({ status, error }: Answer): string {
  if (status === undefined) return error ?? 'the request failed';
  if (status >= 300 && status <= 399) return `answered ${status}: redirects are not followed`;
  return status === GONE ? 'answered 410: gone for good' : `answered ${status}`;
}
