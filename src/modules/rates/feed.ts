import type { Clock, Timer } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { Conflation } from './conflation.js';
import type { Word } from './quote.js';
import type { RateMeter } from './rate-meter.js';
import { createPriceDesk } from './sources/price-desk.js';
import type { OpenSource, Source, SourceState } from './sources/source.js';
import { seriesOf } from './tracked-pair.js';
import type { TrackedPair } from './tracked-pair.js';

export interface FeedDeps {
  clock: Clock;
  log: Logger;
  sources: readonly OpenSource[];
  meter: RateMeter;
  /** Each price, before any is left out. */
  onPrice: (word: Word) => void;
  /** To every replica. */
  send: (word: Word) => void;
  /** Of one pair of one source; 0: each. */
  sendEveryMs: number;
}

/** How soon a replica that has just begun to listen knows what is asked for seldom. */
const AGAIN_EVERY_MS = 5_000;
/** States are said when they have settled for this long, all in one line. */
const SAY_AFTER_MS = 1_000;

/** The sources of the one replica that asks them: opens them, and sends what they tell. */
export function createFeed(deps: FeedDeps) {
  const { clock, log, meter } = deps;
  const sending = new Conflation<Word>(clock, deps.sendEveryMs, (_series, word) => deps.send(word));
  const desk = createPriceDesk({
    clock,
    word,
    dropped: meter.dropped,
    skewed: meter.skewed,
    changed: () => (timer ??= clock.after(SAY_AFTER_MS, say)),
  });
  const sources: Source[] = deps.sources.map((open) => open(desk.sink));
  const said = new Map<string, SourceState['status']>();
  let timer: Timer | undefined;
  let again = clock.after(AGAIN_EVERY_MS, tellAgain);

  function tellAgain(): void {
    desk.again(AGAIN_EVERY_MS);
    again = clock.after(AGAIN_EVERY_MS, tellAgain);
  }

  function word(one: Word): void {
    if (one.kind === 'new') {
      deps.onPrice(one);
      return deps.sendEveryMs === 0 ? deps.send(one) : sending.offer(seriesOf(one), one);
    }
    // What is no news holds up none: it takes no turn of its pair, and waits behind nothing.
    const isNewsWaiting = sending.isWaiting(seriesOf(one));
    if (one.kind === 'lost') sending.drop(seriesOf(one));
    else if (isNewsWaiting) return;
    deps.send(one);
  }

  /** One line for all that cannot be reached, and one for all that can again. */
  function say(): void {
    timer = undefined;
    const gone: string[] = [];
    const back: string[] = [];
    for (const { exchanger, state } of sources) {
      const { status, detail = 'no answer' } = state();
      const before = said.get(exchanger);
      if (status === 'down' && before !== 'down') gone.push(`${exchanger} (${detail})`);
      if (status === 'up' && before === 'down') back.push(exchanger);
      if (status !== 'connecting') said.set(exchanger, status);
    }
    if (gone.length > 0)
      log.warn({ sources: gone }, 'exchanges cannot be reached; their rates are stale until they answer');
    if (back.length > 0) log.info({ sources: back }, 'exchanges answer again');
  }

  return {
    follow(targets: readonly TrackedPair[]): void {
      desk.keep(targets);
      const kept = new Set(targets.map(seriesOf));
      sending.keep((series) => kept.has(series));
      for (const source of sources)
        source.follow(targets.filter(({ exchanger }) => exchanger === source.exchanger));
    },
    states: (): Record<string, SourceState> =>
      Object.fromEntries(sources.map(({ exchanger, state }) => [exchanger, state()])),
    async stop(): Promise<void> {
      await Promise.all(sources.map((source) => source.stop()));
      timer?.cancel();
      again.cancel();
      sending.stop();
    },
  };
}

export type Feed = ReturnType<typeof createFeed>;
