import { sleep } from '../../../kernel/clock.js';
import type { Clock } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { TrackedPair } from '../tracked-pair.js';
import { waitMs } from './backoff.js';
import { parseExactly } from './exact-json.js';
import { grouped } from './grouped.js';
import type { HttpAnswer, HttpGet } from './http-get.js';
import type { PriceSink, SourceState } from './source.js';

export interface CoinGeckoDeps {
  clock: Clock;
  random: () => number;
  get: HttpGet;
  /** Null: without one, as the public plan allows. */
  apiKey: string | null;
  pollMs: number;
  sink: PriceSink;
}

const TIMEOUT_MS = 4_000;
const RETRY_BASE_MS = 1_000;
/** Between two calls, however often what is followed changes. */
const LEAST_MS = 1_000;
/** Without a `Retry-After` the plan's minute is waited for. */
const LIMITED_MS = 60_000;
const MOST_LIMITED_MS = 3_600_000;
/** Waited for long enough to be a loss by itself. */
const NO_ANSWER = new Error('no answer in time');
/** One failure may be chance, and what is known holds as long as the plan's next answer may take. */
const FAILURES_OF_LOSS = 2;
const MOST_IDS = 250;

/** Asks one address for all its coins and currencies in one call, every `pollMs`. */
export class CoinGeckoPoller {
  #failures = 0;
  #hasAnswered = false;
  #detail: string | undefined;
  /** Monotonic; before it nothing is asked, whatever changes. */
  #notBefore = 0;
  #wake = new AbortController();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly deps: CoinGeckoDeps,
    private readonly address: string,
    private targets: readonly TrackedPair[],
  ) {
    this.#running = this.#run();
  }

  state(): SourceState {
    if (this.#detail !== undefined) return { status: 'down', detail: this.#detail };
    return { status: this.#hasAnswered ? 'up' : 'connecting' };
  }

  /** Others than before are asked for at once. */
  follow(targets: readonly TrackedPair[]): void {
    const known = new Set(this.targets.map(({ pair }) => pair));
    const isMore = targets.some(({ pair }) => !known.has(pair));
    this.targets = targets;
    if (isMore) this.#wake.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.deps;
    while (!this.#stopping.signal.aborted) {
      const wait = this.#notBefore - clock.monotonic();
      if (wait > 0) await sleep(clock, wait, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#wake = new AbortController();
      const pause = await this.#ask();
      this.#notBefore = Math.max(this.#notBefore, clock.monotonic() + LEAST_MS);
      await sleep(clock, pause, this.#wake.signal);
    }
  }

  /** Asks for everything once; gives the pause until the next time. */
  async #ask(): Promise<number> {
    try {
      for (const targets of inParts(this.targets)) {
        const limitedMs = await this.#askFor(targets);
        if (limitedMs !== undefined) return this.#limited(limitedMs);
      }
      return this.#answered();
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #askFor(targets: readonly TrackedPair[]): Promise<number | undefined> {
    const { status, retryAfter, body } = await this.#get(targets);
    if (status === 429) return limitOf(retryAfter, this.deps.clock.now());
    if (status !== 200) throw new Error(`answered with ${status}`);
    const prices = parseExactly(body);
    if (typeof prices !== 'object' || prices === null) throw new Error('answered with no JSON object');
    for (const target of targets) this.#tell(target, prices as Record<string, unknown>);
    return undefined;
  }

  async #get(targets: readonly TrackedPair[]): Promise<HttpAnswer> {
    const late = new AbortController();
    const timer = this.deps.clock.after(TIMEOUT_MS, () => late.abort(NO_ANSWER));
    const signal = AbortSignal.any([late.signal, this.#stopping.signal]);
    try {
      return await this.deps.get(priceUrl(this.address, targets), this.#headers(), signal);
    } catch (error) {
      throw late.signal.aborted ? late.signal.reason : error;
    } finally {
      timer.cancel();
    }
  }

  #headers(): Record<string, string> {
    const { apiKey } = this.deps;
    if (apiKey === null) return {};
    const isPro = new URL(this.address).hostname.startsWith('pro-');
    return { [isPro ? 'x-cg-pro-api-key' : 'x-cg-demo-api-key']: apiKey };
  }

  #tell(target: TrackedPair, prices: Record<string, unknown>): void {
    const { sink } = this.deps;
    const coin = prices[target.symbol] as Record<string, unknown> | null | undefined;
    const value = coin?.[target.currency.toLowerCase()];
    if (value === undefined || value === null) return sink.dropped('coingecko', 'missing');
    if (typeof value !== 'string') return sink.dropped('coingecko', 'malformed');
    const updated = coin?.['last_updated_at'];
    const at = typeof updated === 'string' ? Math.round(Number(updated) * 1_000) : undefined;
    sink.price(target, value, at);
  }

  #answered(): number {
    const isNews = !this.#hasAnswered || this.#detail !== undefined;
    [this.#failures, this.#hasAnswered, this.#detail] = [0, true, undefined];
    if (isNews) this.deps.sink.changed();
    return this.deps.pollMs;
  }

  /** What is known stays as fresh as its time says: the plan allows no more. */
  #limited(waitMs: number): number {
    this.#notBefore = this.deps.clock.monotonic() + waitMs;
    this.#detail = `asks us to wait ${Math.ceil(waitMs / 1_000)} s (429)`;
    this.deps.sink.changed();
    return waitMs;
  }

  #failed(error: unknown): number {
    if (this.#stopping.signal.aborted) return 0;
    this.#failures++;
    if (this.#failures >= FAILURES_OF_LOSS || error === NO_ANSWER || !this.#hasAnswered) {
      this.#detail = messageOf(error);
      this.deps.sink.lost(this.targets);
      this.deps.sink.changed();
    }
    return waitMs(this.#failures, { baseMs: RETRY_BASE_MS, capMs: this.deps.pollMs }, this.deps.random);
  }
}

/** Coins in as few calls as URLs hold, each with all its currencies. */
function inParts(targets: readonly TrackedPair[]): TrackedPair[][] {
  const byCoin = [...grouped(targets, ({ symbol }) => symbol).values()];
  const parts: TrackedPair[][] = [];
  for (let at = 0; at < byCoin.length; at += MOST_IDS) parts.push(byCoin.slice(at, at + MOST_IDS).flat());
  return parts;
}

/** `address` may be the API's or that of a call of it. */
export function priceUrl(address: string, targets: readonly TrackedPair[]): string {
  const url = new URL(address);
  url.pathname = `${url.pathname.replace(/(\/simple\/price)?\/?$/, '')}/simple/price`;
  const names = (of: (target: TrackedPair) => string): string =>
    [...new Set(targets.map(of))].sort().join(',');
  const ids = names(({ symbol }) => symbol);
  const currencies = names(({ currency }) => currency.toLowerCase());
  url.search = `?ids=${ids}&vs_currencies=${currencies}&include_last_updated_at=true&precision=full`;
  return url.href;
}

/** `Retry-After` in seconds or as a date, from 1 s to 1 h. */
function limitOf(retryAfter: string | undefined, now: number): number {
  const text = retryAfter?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Math.min(Math.max(Number.isNaN(ms) ? LIMITED_MS : ms, LEAST_MS), MOST_LIMITED_MS);
}
