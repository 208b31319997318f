import type { TrackedPair } from '../tracked-pair.js';
import { BinanceStream } from './binance-stream.js';
import type { BinanceStreamDeps } from './binance-stream.js';
import { grouped } from './grouped.js';
import { joined } from './source.js';
import type { OpenSource, Source } from './source.js';

/** Pairs on one connection; the exchange allows 1,024, and a URL has to hold them. */
const MOST_ON_ONE = 200;

/**
 * Binance: trades as they happen, over as few connections as hold the pairs. A pair stays on the connection that it is
 * on, so that another one more or less disturbs that connection alone.
 */
export function openBinance(deps: Omit<BinanceStreamDeps, 'sink'>): OpenSource {
  return (sink): Source => {
    let streams: { address: string; stream: BinanceStream }[] = [];
    const stopping = new Set<Promise<void>>();

    function follow(targets: readonly TrackedPair[]): void {
      const byAddress = grouped(targets, ({ url }) => url);
      for (const { address } of streams) if (!byAddress.has(address)) byAddress.set(address, []);
      streams = [...byAddress].flatMap(([address, wanted]) => followAt(address, wanted));
      sink.changed();
    }

    function followAt(address: string, targets: readonly TrackedPair[]) {
      const left = new Map(targets.map((target) => [symbolOf(target), target]));
      const own = streams.filter((one) => one.address === address);
      const plans = own.map(({ stream }) => takeOut(left, [...stream.targets.keys()]));
      while (left.size > 0) {
        const roomy = plans.find((plan) => plan.size < MOST_ON_ONE) ?? newPlan(plans);
        for (const [symbol, target] of takeOut(left, [...left.keys()].slice(0, MOST_ON_ONE - roomy.size)))
          roomy.set(symbol, target);
      }
      return plans.flatMap((plan, index) => {
        const stream = own[index]?.stream ?? new BinanceStream({ ...deps, sink }, address);
        if (plan.size === 0) return end(stream);
        stream.follow(plan);
        return [{ address, stream }];
      });
    }

    function end(stream: BinanceStream): [] {
      const ending = stream.stop().finally(() => stopping.delete(ending));
      stopping.add(ending);
      return [];
    }

    return {
      exchanger: 'binance',
      follow,
      state: () => joined(streams.map(({ stream }) => stream.state())),
      async stop() {
        for (const { stream } of streams) end(stream);
        streams = [];
        await Promise.all(stopping);
      },
    };
  };
}

function symbolOf({ symbol, currency }: TrackedPair): string {
  return `${symbol}${currency}`.toLowerCase();
}

/** The wanted ones out of what is left, which then has them no more. */
function takeOut(left: Map<string, TrackedPair>, symbols: readonly string[]): Map<string, TrackedPair> {
  const taken = new Map<string, TrackedPair>();
  for (const symbol of symbols) {
    const target = left.get(symbol);
    if (target) taken.set(symbol, target);
    left.delete(symbol);
  }
  return taken;
}

function newPlan(plans: Map<string, TrackedPair>[]): Map<string, TrackedPair> {
  const plan = new Map<string, TrackedPair>();
  plans.push(plan);
  return plan;
}
