import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import { CoinGeckoPoller, priceUrl } from '../../../src/modules/rates/sources/coingecko-poller.js';
import { createHttpGet } from '../../../src/modules/rates/sources/http-get.client.js';
import type { PriceSink } from '../../../src/modules/rates/sources/source.js';
import type { TrackedPair } from '../../../src/modules/rates/tracked-pair.js';
import { CoinGeckoServer } from '../../support/coingecko-server.js';
import { waitFor } from '../../support/wait-for.js';

describe('CoinGecko', function () {
  this.timeout(30_000);
  let server: CoinGeckoServer;
  let http: ReturnType<typeof createHttpGet>;
  let poller: CoinGeckoPoller;
  let told: [pair: string, value: string, at: number | undefined][];
  let said: string[];

  const target = (symbol: string, currency: string): TrackedPair => ({
    ...{ exchanger: 'coingecko', pair: `${symbol}-${currency}`, symbol, currency, url: server.url },
    ...{ priority: 2, staleAfterMs: 120_000 },
  });

  function ask(targets: TrackedPair[], apiKey: string | null = null): void {
    const sink: PriceSink = {
      price: ({ pair }, value, at) => told.push([pair, value, at]),
      holds: () => undefined,
      lost: () => said.push('lost'),
      dropped: (_exchanger, reason) => said.push(reason),
      changed: () => undefined,
    };
    const deps = { clock: systemClock, random: Math.random, get: http.get, pollMs: 1_000, sink };
    poller = new CoinGeckoPoller({ ...deps, apiKey }, server.url, targets);
  }

  beforeEach(async () => {
    server = await CoinGeckoServer.start();
    http = createHttpGet();
    [told, said] = [[], []];
  });
  afterEach(async () => {
    await poller.stop();
    await http.close();
    await server.stop();
  });

  it('is asked for all coins and currencies in one call, with the key, and gives its own times', async () => {
    server.price('bitcoin', 'usd', '67187.335893656123456789');
    server.price('bitcoin', 'rub', '6e6');
    server.updated.set('bitcoin', 1_700_000_000);
    ask([target('bitcoin', 'usd'), target('bitcoin', 'RUB'), target('none', 'usd')], 'the-key');
    await waitFor('the answer', () => said.includes('missing'));
    expect(server.calls).to.have.length(1);
    expect(server.calls[0]).to.deep.include({ ids: ['bitcoin', 'none'], currencies: ['rub', 'usd'] });
    expect(server.calls[0]!.headers).to.include({ 'x-cg-demo-api-key': 'the-key' });
    expect(told).to.deep.equal([
      ['bitcoin-usd', '67187.335893656123456789', 1_700_000_000_000],
      ['bitcoin-RUB', '6e6', 1_700_000_000_000],
    ]);
    expect(poller.state()).to.deep.equal({ status: 'up' });
  });

  it('is asked no more for as long as it says, whatever changes meanwhile', async () => {
    server.price('bitcoin', 'usd', '1');
    server.trouble = { kind: 'limit', retryAfter: '3' };
    ask([target('bitcoin', 'usd')]);
    await waitFor('the call', () => server.calls.length === 1);
    await waitFor('the state', () => poller.state().status === 'down');
    expect(poller.state().detail).to.equal('asks us to wait 3 s (429)');
    server.trouble = undefined;
    poller.follow([target('bitcoin', 'usd'), target('tron', 'usd')]);
    await waitFor('the next call', () => server.calls.length === 2);
    expect(server.calls[1]!.at - server.calls[0]!.at).to.be.greaterThan(2_900);
    expect(said).not.to.include('lost');
    await waitFor('its price', () => told.length > 0);
  });

  it('is lost when two calls in a row fail, and asked less often for a while', async () => {
    server.price('bitcoin', 'usd', '1');
    ask([target('bitcoin', 'usd')]);
    await waitFor('a price', () => told.length > 0);
    server.trouble = { kind: 'status', status: 503 };
    await waitFor('the loss', () => said.includes('lost'));
    expect(poller.state()).to.deep.equal({ status: 'down', detail: 'answered with 503' });
    server.trouble = { kind: 'body', body: '<html>' };
    await waitFor('the next failure', () => poller.state().detail === 'answered with no JSON object');
    server.trouble = undefined;
    await waitFor('its return', () => poller.state().status === 'up');
  });

  it('has one address, whatever call of it is given', () => {
    const base = 'https://api.coingecko.com/api/v3';
    const wanted = `${base}/simple/price?ids=bitcoin&vs_currencies=usd&include_last_updated_at=true&precision=full`;
    for (const address of [
      base,
      `${base}/`,
      `${base}/simple/price?ids=bitcoin,ethereum&vs_currencies=usd,rub`,
    ])
      expect(priceUrl(address, [target('bitcoin', 'usd')])).to.equal(wanted);
  });
});
