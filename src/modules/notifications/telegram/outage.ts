import type { PartState } from '../../../kernel/part-state.js';
import type { ApiAnswer } from './bot-api.js';
import { isTokenRefused } from './judge-answer.js';

export interface OutageOptions {
  /** In [0, 1). */
  random: () => number;
  /** Told when the state becomes another one. */
  onChange: (state: PartState) => void;
}

/** How the way to Telegram is, as one kind of call sees it, and how long to wait before the next one. */
export interface Outage {
  isOn(): boolean;
  state(): PartState;
  /** A call failed; returns how many ms to wait: what Telegram asks for, else longer each time, up to a minute. */
  met(answer: ApiAnswer<unknown>): number;
  /** A call was answered. */
  over(): void;
  /** The pause of one message that failed `attempts` times, not below `leastMs`. */
  waitOf(attempts: number, leastMs: number): number;
}

const BASE_MS = 1_000;
const LONGEST_MS = 60_000;
/** A server that asks for more is asked again all the same: it may have been wrong. */
const LONGEST_ASKED_MS = 3_600_000;
const OK: PartState = { status: 'ok' };

export function createOutage({ random, onChange }: OutageOptions): Outage {
  let failures = 0;
  let state = OK;

  function become(next: PartState): void {
    const isNew = next.status !== state.status || next.detail !== state.detail;
    state = next;
    if (isNew) onChange(next);
  }

  function waitOf(attempts: number, leastMs: number): number {
    const ceiling = Math.min(LONGEST_MS, BASE_MS * 2 ** Math.min(attempts - 1, 16));
    return Math.max(leastMs, Math.ceil(ceiling * (0.5 + random() / 2)));
  }

  return {
    isOn: () => failures > 0,
    state: () => state,
    met(answer) {
      failures++;
      become({ status: 'degraded', detail: detailOf(answer) });
      if (answer.kind === 'refused' && answer.retryAfterS !== undefined) {
        return Math.min(LONGEST_ASKED_MS, Math.max(1, answer.retryAfterS) * 1000);
      }
      const isHopeless = answer.kind === 'refused' && isTokenRefused(answer.code);
      return isHopeless ? LONGEST_MS : waitOf(failures, 0);
    },
    over() {
      failures = 0;
      become(OK);
    },
    waitOf,
  };
}

function detailOf(answer: ApiAnswer<unknown>): string {
  if (answer.kind === 'ok') return 'Telegram answers';
  if (answer.kind === 'unreachable') return `Telegram does not answer: ${answer.reason}`;
  if (isTokenRefused(answer.code)) return 'Telegram refuses the token';
  if (answer.code === 429) return 'Telegram asks for a pause';
  return `Telegram answers ${answer.code}: ${answer.reason}`;
}
