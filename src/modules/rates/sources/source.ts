import type { TrackedPair } from '../tracked-pair.js';

/** How a source is doing. `idle`: nothing is asked of it. */
export interface SourceState {
  status: 'idle' | 'connecting' | 'up' | 'down';
  /** Why it is down; no address. */
  detail?: string;
}

/**
 * Why something that a source sent changed nothing: `malformed`, no price or not in the form agreed; `unknown`, of a
 * pair that was not asked for; `late`, older than what is known; `missing`, asked for and not in the answer.
 */
export type DropReason = 'malformed' | 'unknown' | 'late' | 'missing';

/** What a source tells. */
export interface PriceSink {
  /** @param at the source's own time, epoch ms; undefined where it gives none */
  price: (target: TrackedPair, value: string, at: number | undefined) => void;
  /** The source lives, and has nothing newer to say of these. */
  holds: (targets: Iterable<TrackedPair>) => void;
  /** The source can no longer be heard: its last prices of these are not vouched for. */
  lost: (targets: Iterable<TrackedPair>) => void;
  dropped: (exchanger: string, reason: DropReason) => void;
  /** Something about the source's state has changed. */
  changed: () => void;
}

/**
 * A source of prices: a plug-in. All pass one suite: starts while its server is away and comes when that comes, gives
 * exact prices, says within 5 s that it is lost, takes other pairs within 2 s without a gap for the rest, counts what
 * makes no sense and goes on, and leaves nothing open.
 */
export interface Source {
  readonly exchanger: string;
  /** Asks for these and nothing else, from now on; returns at once. */
  follow: (targets: readonly TrackedPair[]) => void;
  state: () => SourceState;
  stop: () => Promise<void>;
}

export type OpenSource = (sink: PriceSink) => Source;

/** Several states as one: the worst, but for those that are idle. */
export function joined(states: readonly SourceState[]): SourceState {
  const busy = states.filter(({ status }) => status !== 'idle');
  const found = (['down', 'connecting'] as const)
    .map((status) => busy.find((state) => state.status === status))
    .find((state) => state !== undefined);
  return found ?? { status: busy.length > 0 ? 'up' : 'idle' };
}
