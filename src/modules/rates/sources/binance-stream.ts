import type { Clock, Timer } from '../../../kernel/clock.js';
import type { TrackedPair } from '../tracked-pair.js';
import { waitMs } from './backoff.js';
import { readBinanceMessage } from './binance-message.js';
import type { LineSocket, OpenSocket } from './line-socket.js';
import type { PriceSink, SourceState } from './source.js';

export interface BinanceStreamDeps {
  clock: Clock;
  random: () => number;
  open: OpenSocket;
  sink: PriceSink;
}

const LOOK_EVERY_MS = 200;
/** After this long without a frame we ask whether anybody is there, and ask again as often. */
const PING_AFTER_MS = 1_000;
/** Without a frame and without a pong for this long nobody is: noticed within 5 s with the look that notices it. */
const SILENT_MS = 4_700;
/** A connection that lived this long was no failure. */
const STEADY_MS = 10_000;
const HOLDS_EVERY_MS = 2_000;
/** Of the time after which a price is stale. */
const HOLDS_SHARE = 1 / 3;
const RETRY = { baseMs: 500, capMs: 4_000 };
/** The exchange ends each connection after 24 h. */
const RENEW_AFTER_MS = 23 * 3_600_000;
const RENEW_SPREAD_MS = 1_800_000;

/** One connection, from when it is asked for. */
interface Line {
  socket: LineSocket;
  /** By symbol: `btcusdt`. */
  targets: ReadonlyMap<string, TrackedPair>;
  openedAt: number;
  heardAt: number;
  pingedAt: number;
  renewAt: number;
}

/**
 * Some pairs of one address over one connection, which is always there: the next one is opened before the last is
 * closed where the pairs change or its day is nearly over, and at once where it breaks or falls silent.
 */
export class BinanceStream {
  #targets: ReadonlyMap<string, TrackedPair> = new Map();
  #current: Line | undefined;
  #next: Line | undefined;
  /** Of these a trade came since the connection was last lost: what is known of them still holds while it lives. */
  readonly #confirmed = new Map<string, TrackedPair>();
  #failures = 0;
  #detail: string | undefined;
  #retry: Timer | undefined;
  #look: Timer | undefined;
  #heldAt = 0;
  #holdsEveryMs = HOLDS_EVERY_MS;
  /** Connections that are not closed yet, and who waits for the last of them. */
  readonly #lines = new Set<Line>();
  #onLast: (() => void) | undefined;
  #isStopped = false;

  constructor(
    private readonly deps: BinanceStreamDeps,
    private readonly address: string,
  ) {
    this.#plan();
  }

  get targets(): ReadonlyMap<string, TrackedPair> {
    return this.#targets;
  }

  state(): SourceState {
    if (this.#current) return { status: 'up' };
    return this.#detail === undefined ? { status: 'connecting' } : { status: 'down', detail: this.#detail };
  }

  /** @param targets by symbol: `btcusdt`; at least one */
  follow(targets: ReadonlyMap<string, TrackedPair>): void {
    const isSame =
      targets.size === this.#targets.size && [...targets.keys()].every((key) => this.#targets.has(key));
    this.#targets = targets;
    const soonest = Math.min(...[...targets.values()].map(({ staleAfterMs }) => staleAfterMs));
    this.#holdsEveryMs = Math.min(HOLDS_EVERY_MS, soonest * HOLDS_SHARE);
    for (const symbol of this.#confirmed.keys()) {
      const target = targets.get(symbol);
      if (target) this.#confirmed.set(symbol, target);
      else this.#confirmed.delete(symbol);
    }
    if (!isSame) this.#replace();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#look?.cancel();
    this.#retry?.cancel();
    for (const line of this.#lines) line.socket.close();
    if (this.#lines.size > 0) await new Promise<void>((resolve) => (this.#onLast = resolve));
  }

  /** Opens another connection; the one that there is goes on until the other is open. */
  #replace(): void {
    this.#retry?.cancel();
    this.#next?.socket.close();
    const now = this.deps.clock.monotonic();
    const renewAt = now + RENEW_AFTER_MS + this.deps.random() * RENEW_SPREAD_MS;
    const line: Line = {
      ...{ targets: this.#targets, openedAt: now, heardAt: now, pingedAt: now, renewAt },
      socket: this.deps.open(streamUrl(this.address, [...this.#targets.keys()]), {
        opened: () => this.#onOpen(line),
        text: (text) => this.#onText(line, text),
        heard: () => void (line.heardAt = this.deps.clock.monotonic()),
        closed: (reason) => {
          this.#lines.delete(line);
          this.#onClosed(line, reason);
          if (this.#lines.size === 0) this.#onLast?.();
        },
      }),
    };
    this.#lines.add(line);
    this.#next = line;
  }

  #onOpen(line: Line): void {
    if (line !== this.#next || this.#isStopped) return;
    const last = this.#current;
    line.openedAt = line.heardAt = this.deps.clock.monotonic();
    [this.#current, this.#next, this.#detail] = [line, undefined, undefined];
    last?.socket.close();
    this.deps.sink.changed();
  }

  #onText(line: Line, text: string): void {
    if (line !== this.#current && line !== this.#next) return;
    const trade = readBinanceMessage(text);
    if (trade === 'other') return;
    if (trade === 'malformed') return this.deps.sink.dropped('binance', 'malformed');
    const target = this.#targets.get(trade.symbol);
    if (!target)
      return line.targets.has(trade.symbol) ? undefined : this.deps.sink.dropped('binance', 'unknown');
    this.#confirmed.set(trade.symbol, target);
    this.deps.sink.price(target, trade.price, trade.at);
  }

  #onClosed(line: Line, reason: string): void {
    if (this.#isStopped || (line !== this.#current && line !== this.#next)) return;
    if (line === this.#next) this.#next = undefined;
    else this.#lose(line);
    if (!this.#current) this.#detail = reason;
    this.deps.sink.changed();
    if (!this.#next) this.#again();
  }

  #lose({ openedAt }: Line): void {
    this.#current = undefined;
    this.#confirmed.clear();
    if (this.deps.clock.monotonic() - openedAt >= STEADY_MS) this.#failures = 0;
    this.deps.sink.lost(this.#targets.values());
  }

  /** At once after the loss of a connection that was steady; else not so soon. */
  #again(): void {
    this.#retry?.cancel();
    const wait = this.#failures === 0 ? 0 : waitMs(this.#failures, RETRY, this.deps.random);
    this.#failures++;
    this.#retry = this.deps.clock.after(wait, () => this.#replace());
  }

  #plan(): void {
    this.#look = this.deps.clock.after(LOOK_EVERY_MS, () => {
      this.#plan();
      this.#lookAt(this.#current);
    });
  }

  #lookAt(line: Line | undefined): void {
    if (!line) return;
    const now = this.deps.clock.monotonic();
    const silentMs = now - line.heardAt;
    if (silentMs >= SILENT_MS) {
      line.socket.drop();
      return this.#onClosed(line, 'silent');
    }
    if (silentMs >= PING_AFTER_MS && now - line.pingedAt >= PING_AFTER_MS) {
      line.pingedAt = now;
      line.socket.ping();
    }
    if (now >= line.renewAt && !this.#next) {
      line.renewAt = now + RENEW_SPREAD_MS;
      this.#replace();
    }
    if (now - this.#heldAt >= this.#holdsEveryMs) {
      this.#heldAt = now;
      this.deps.sink.holds(this.#confirmed.values());
    }
  }
}

/** A raw stream for one pair, a combined one for several. `address` may be that of any of them. */
export function streamUrl(address: string, symbols: readonly string[]): string {
  const { protocol, host, pathname } = new URL(address);
  const base = `${protocol}//${host}${pathname.replace(/\/(ws|stream)(\/.*)?$/, '').replace(/\/$/, '')}`;
  const streams = symbols.map((symbol) => `${symbol}@trade`).join('/');
  return symbols.length === 1 ? `${base}/ws/${streams}` : `${base}/stream?streams=${streams}`;
}
