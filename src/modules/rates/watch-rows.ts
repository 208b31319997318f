import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { periodically } from '../../kernel/periodic.js';
import type { Transactions } from '../../kernel/tx.js';
import type { TradeInfo } from './trade-info.js';
import type { TradeInfoRepository } from './trade-info.repository.js';

export interface WatchRowsDeps {
  db: Pick<Transactions, 'onNudge'>;
  clock: Clock;
  log: Logger;
  rows: Pick<TradeInfoRepository, 'list'>;
  /** Nudged by each change of rows. */
  channel: string;
  mostRows: number;
  onRows: (rows: readonly TradeInfo[]) => void;
}

/** A nudge may be lost. */
const LOOK_EVERY_MS = 1_000;

/** Follows the rows of `trade_info`, on every replica: told at the start, and soon after each change. */
export function createWatchRows({ db, clock, log, rows, channel, mostRows, onRows }: WatchRowsDeps) {
  let seen: string | undefined;
  let looking: Promise<void> = Promise.resolve();
  let unsubscribe: (() => void) | undefined;
  const looks = periodically({ clock, log, everyMs: LOOK_EVERY_MS, what: 'reading what is tracked' }, look);

  /** One after the other, so that what is older is never told later. */
  function look(): Promise<void> {
    looking = looking.catch(() => undefined).then(readRows);
    return looking;
  }

  async function readRows(): Promise<void> {
    const found = await rows.list({}, mostRows);
    const now = found.map(({ id, version }) => `${id} ${version}`).join();
    if (now === seen) return;
    seen = now;
    onRows(found);
  }

  return {
    async start(): Promise<void> {
      await look();
      unsubscribe ??= db.onNudge(channel, () => void look().catch(() => undefined)); // the next look says why
      looks.start();
    },
    async stop(): Promise<void> {
      unsubscribe?.();
      unsubscribe = undefined;
      await looks.stop();
      await looking.catch(() => undefined);
    },
  };
}
