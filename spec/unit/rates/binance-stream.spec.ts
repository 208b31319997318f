import { expect } from 'chai';
import { BinanceStream, streamUrl } from '../../../src/modules/rates/sources/binance-stream.js';
import { readBinanceMessage } from '../../../src/modules/rates/sources/binance-message.js';
import type { LineSocket, SocketEvents } from '../../../src/modules/rates/sources/line-socket.js';
import type { PriceSink } from '../../../src/modules/rates/sources/source.js';
import type { TrackedPair } from '../../../src/modules/rates/tracked-pair.js';
import { ManualClock } from '../../support/manual-clock.js';

const HOUR_MS = 3_600_000;

/** A connection in the hands of the spec. */
class Line implements LineSocket {
  isOpen = false;
  isClosed = false;
  pings = 0;

  constructor(
    readonly url: string,
    readonly events: SocketEvents,
  ) {}

  opens(): void {
    this.isOpen = true;
    this.events.opened();
  }

  trades(symbol: string, price = '1'): void {
    this.events.heard();
    this.events.text(`{"e":"trade","s":"${symbol}","p":"${price}","T":1}`);
  }

  breaks(reason = 'ECONNRESET'): void {
    this.isClosed = true;
    this.events.closed(reason);
  }

  ping = (): void => void this.pings++;
  close = (): void => this.breaks('closed with 1000');
  drop = (): void => this.breaks('dropped');
}

describe('a stream of Binance', () => {
  let clock: ManualClock;
  let lines: Line[];
  let said: string[];
  let stream: BinanceStream;

  const target = (symbol: string): TrackedPair => ({
    ...{ exchanger: 'binance', pair: `${symbol}-USDT`, symbol, currency: 'USDT', url: 'ws://x' },
    ...{ priority: 1, staleAfterMs: 5_000 },
  });
  const follow = (...symbols: string[]): void =>
    stream.follow(new Map(symbols.map((symbol) => [`${symbol}usdt`.toLowerCase(), target(symbol)])));
  const last = (): Line => lines.at(-1)!;
  const open = (): Line[] => lines.filter(({ isOpen, isClosed }) => isOpen && !isClosed);
  /** As long as that, with a frame now and then. */
  function lives(line: Line, ms: number): void {
    for (let passed = 0; passed < ms; passed += 3_000) {
      clock.advance(3_000);
      if (!line.isClosed) line.events.heard();
    }
  }

  beforeEach(() => {
    clock = new ManualClock();
    lines = [];
    said = [];
    const listed = (targets: Iterable<TrackedPair>): string => [...targets].map(({ pair }) => pair).join();
    const sink: PriceSink = {
      price: ({ pair }, value) => said.push(`${pair} ${value}`),
      holds: (targets) => said.push(`holds ${listed(targets)}`),
      lost: (targets) => said.push(`lost ${listed(targets)}`),
      dropped: (_exchanger, reason) => said.push(reason),
      changed: () => undefined,
    };
    const opening = (url: string, events: SocketEvents): Line => {
      lines.push(new Line(url, events));
      return last();
    };
    stream = new BinanceStream(
      { clock, random: () => 0.5, open: opening, sink },
      'wss://market.example:9443',
    );
  });
  afterEach(() => stream.stop());

  it('is raw for one pair and combined for several, whatever address of the exchange it is given', () => {
    const base = 'wss://stream.binance.com:9443';
    for (const address of [base, `${base}/`, `${base}/ws/btcusdt@trade`, `${base}/stream?streams=x@trade`]) {
      expect(streamUrl(address, ['btcusdt'])).to.equal(`${base}/ws/btcusdt@trade`);
      expect(streamUrl(address, ['a', 'b'])).to.equal(`${base}/stream?streams=a@trade/b@trade`);
    }
    expect(streamUrl('ws://localhost/market/ws/x@trade', ['a'])).to.equal('ws://localhost/market/ws/a@trade');
  });

  it('is renewed before its day is over, the next connection open before the last is closed', () => {
    follow('BTC');
    last().opens();
    const first = last();
    lives(first, 24 * HOUR_MS - 60_000);
    expect(lines).to.have.length(2);
    expect(open()).to.deep.equal([first]);
    last().opens();
    expect(open()).to.deep.equal([lines[1]]);
    expect(said.filter((text) => text.startsWith('lost'))).to.deep.equal([]);
  });

  it('goes on with what it has while another cannot be had', () => {
    follow('BTC');
    last().opens();
    const first = last();
    follow('BTC', 'ETH');
    last().breaks('ECONNREFUSED');
    first.trades('BTCUSDT', '7');
    expect(said).to.deep.equal(['BTC-USDT 7']);
    clock.advance(1_000);
    expect(lines).to.have.length(3);
    last().opens();
    expect(first.isClosed).to.equal(true);
    last().trades('ETHUSDT', '8');
    expect(said.at(-1)).to.equal('ETH-USDT 8');
  });

  it('asks whether anybody is there when it hears nothing, and is replaced within 5 s', () => {
    follow('BTC');
    last().opens();
    const first = last();
    clock.advance(4_600);
    expect(first.pings).to.equal(4);
    expect(first.isClosed).to.equal(false);
    clock.advance(400);
    expect(first.isClosed).to.equal(true);
    expect(said).to.include('lost BTC-USDT');
    expect(lines).to.have.length(2);
  });

  it('is left alone as long as pongs come', () => {
    follow('BTC');
    last().opens();
    for (let n = 0; n < 100; n++) {
      clock.advance(4_000);
      last().events.heard();
    }
    expect(lines).to.have.length(1);
  });

  it('vouches only for pairs that traded since the last loss', () => {
    follow('BTC', 'ETH');
    last().opens();
    last().trades('BTCUSDT');
    lives(last(), 6_000);
    expect(said).to.include('holds BTC-USDT').and.not.include('holds BTC-USDT,ETH-USDT');
    last().breaks();
    expect(said).to.include('lost BTC-USDT,ETH-USDT');
    said.length = 0;
    clock.advance(1);
    last().opens();
    lives(last(), 6_000);
    expect(said.filter((text) => text !== 'holds ')).to.deep.equal([]);
  });

  it('comes back at once after a steady connection, and less and less often where none holds', () => {
    follow('BTC');
    last().opens();
    lives(last(), 12_000);
    last().breaks();
    clock.advance(0);
    expect(lines).to.have.length(2);
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(1_000);
      if (!last().isClosed) {
        last().opens();
        last().breaks();
      }
    }
    expect(lines.length).to.be.within(15, 30);
  });

  it('knows trades, and what is none', () => {
    expect(readBinanceMessage('{"e":"trade","s":"BTCUSDT","p":"0.1","T":5,"E":6}')).to.deep.equal({
      ...{ symbol: 'btcusdt', price: '0.1', at: 5 },
    });
    expect(readBinanceMessage('{"result":null,"id":1}')).to.equal('other');
    expect(readBinanceMessage('{"e":"24hrTicker","s":"BTCUSDT"}')).to.equal('other');
    for (const text of ['', '1', 'null', '[]', '{}', '{"stream":"x","data":null}', '{"e":"trade","p":"1"}'])
      expect(readBinanceMessage(text), text).to.equal('malformed');
  });
});
