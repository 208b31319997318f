import { BinanceServer } from './binance-server.js';
import { CoinGeckoServer } from './coingecko-server.js';

const COINS = {
  bitcoin: ['54100.12', '4870000'],
  ethereum: ['3000', '270000'],
  tether: ['1', '90.1'],
  tron: ['0.12', '10.8'],
};

/** Both exchanges with the prices of a quiet day, and trades that go on. */
export class RateMarket {
  /** What the trades of a symbol (`BTCUSDT`) are at; a symbol that is not there has none. */
  readonly trades = new Map([
    ['BTCUSDT', '54000.000123'],
    ['ETHUSDT', '3001.1'],
  ]);
  readonly #timer: NodeJS.Timeout;

  private constructor(
    readonly binance: BinanceServer,
    readonly coingecko: CoinGeckoServer,
  ) {
    this.#timer = setInterval(() => {
      for (const [symbol, price] of this.trades) binance.trade(symbol, price);
    }, 50);
  }

  static async open(): Promise<RateMarket> {
    const [binance, coingecko] = await Promise.all([BinanceServer.start(), CoinGeckoServer.start()]);
    for (const [id, [usd, rub]] of Object.entries(COINS)) {
      coingecko.price(id, 'usd', usd!);
      coingecko.price(id, 'rub', rub!);
    }
    return new RateMarket(binance, coingecko);
  }

  /** For a service that is to ask these. */
  get env(): Record<string, string> {
    return {
      RATES_ENABLED: 'on',
      RATES_BINANCE_URL: this.binance.url,
      RATES_COINGECKO_URL: this.coingecko.url,
      RATES_COINGECKO_POLL_S: '1',
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.binance.stop(), this.coingecko.stop()]);
  }
}

/** A course as REST shows it. */
export interface CourseView {
  direction: string;
  value: number;
  value_text: string;
  exchanger: string;
  updated_at: string;
  age_s: number;
  stale: boolean;
  quoted_in?: string;
  diverged?: boolean;
}
