/** The market's process: an exchange that trades as much as it is asked to, and looks how soon a trade can be read. */
import { Agent, request } from 'undici';
import { BinanceServer } from '../../spec/support/binance-server.js';
import { answer } from '../live/ask-process.js';

/** Trades of the first `pairs` symbols, in turn. */
interface Trading {
  pairs: number;
  perSecond: number;
}

interface Looking {
  port: number;
  headers: Record<string, string>;
  count: number;
  /** Between two trades; they are of pairs that do not trade otherwise, in turn. */
  everyMs: number;
}

const STEP_MS = 10;
const PROBES = 50;
const LONGEST_MS = 5_000;

const server = await BinanceServer.start();
let timer: NodeJS.Timeout | undefined;
let sent = 0;

/** As many as are due by the clock, so that a late timer leaves none out. */
function trade({ pairs, perSecond }: Trading): void {
  const begun = performance.now();
  const before = sent;
  timer = setInterval(() => {
    const due = before + ((performance.now() - begun) / 1_000) * perSecond;
    for (; sent < due; sent++) server.trade(`P${sent % pairs}USDT`, `${1_000 + (sent % 97)}.${sent % 1_000}`);
  }, STEP_MS);
}

/** From a trade to the moment when its price can be read over REST, in ms. */
async function look({ port, headers, count, everyMs }: Looking): Promise<number[]> {
  const dispatcher = new Agent({ connections: 1, pipelining: 1 });
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const symbol = `PROBE${n % PROBES}`;
    const price = `${n + 1}.5`;
    const url = `http://127.0.0.1:${port}/api/v1/currency_pair?currency_pair=${symbol}-USDT`;
    const at = performance.now();
    server.trade(`${symbol}USDT`, price);
    for (;;) {
      const { body } = await request(url, { dispatcher, headers });
      const isThere = (await body.text()).includes(`"value_text":"${price}"`);
      if (isThere) break;
      if (performance.now() - at > LONGEST_MS)
        throw new Error(`a trade cannot be read after ${LONGEST_MS} ms`);
    }
    times.push(performance.now() - at);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  await dispatcher.close();
  return times;
}

answer(
  {
    url: () => server.url,
    trade: (trading: Trading) => trade(trading),
    /** How many there were. */
    pause: () => {
      clearInterval(timer);
      return sent;
    },
    look,
  },
  async () => {
    clearInterval(timer);
    await server.stop();
  },
);
