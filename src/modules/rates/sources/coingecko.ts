import type { CoinGeckoDeps } from './coingecko-poller.js';
import { CoinGeckoPoller } from './coingecko-poller.js';
import { grouped } from './grouped.js';
import { joined } from './source.js';
import type { OpenSource, Source } from './source.js';

/** CoinGecko: prices asked for again and again, one poller an address. */
export function openCoinGecko(deps: Omit<CoinGeckoDeps, 'sink'>): OpenSource {
  return (sink): Source => {
    const pollers = new Map<string, CoinGeckoPoller>();
    const stopping = new Set<Promise<void>>();

    function end(address: string, poller: CoinGeckoPoller): void {
      pollers.delete(address);
      const ending = poller.stop().finally(() => stopping.delete(ending));
      stopping.add(ending);
    }

    return {
      exchanger: 'coingecko',
      follow(targets) {
        const byAddress = grouped(targets, ({ url }) => url);
        for (const [address, poller] of pollers) if (!byAddress.has(address)) end(address, poller);
        for (const [address, wanted] of byAddress) {
          const poller = pollers.get(address);
          if (poller) poller.follow(wanted);
          else pollers.set(address, new CoinGeckoPoller({ ...deps, sink }, address, wanted));
        }
        sink.changed();
      },
      state: () => joined([...pollers.values()].map((poller) => poller.state())),
      async stop() {
        for (const [address, poller] of pollers) end(address, poller);
        await Promise.all(stopping);
      },
    };
  };
}
