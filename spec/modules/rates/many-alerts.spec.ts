import { expect } from 'chai';
import type { Condition } from '../../../src/modules/rates/alerts/index.js';
import { waitFor } from '../../support/wait-for.js';
import { alertsOnEachDatabase } from './alerts-bench.js';

/** A transaction each, which a server takes longer for. */
const COUNTS = { sqlite: 10_000, postgres: 2_000 };
/** Alerts that are written at once. */
const MOST_AT_ONCE = 20;

/** Levels from 100 to 199.99 and, every tenth, a change; the first is on another pair. */
function conditionOf(index: number): Condition {
  if (index === 0) return { pair: 'ETH-USDT', op: 'above', value: '5', windowS: null };
  if (index % 10 === 0) return { pair: 'BTC-USDT', op: 'change_pct', value: '20', windowS: 3_600 };
  return { pair: 'BTC-USDT', op: 'above', value: String(100 + index / 100), windowS: null };
}

/** The most calls of `count` within one turn of the event loop. */
function countingTurns() {
  let [inTurn, most] = [0, 0];
  const count = (): void => {
    if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
    most = Math.max(most, inTurn);
  };
  return { count, most: () => most };
}

describe('Thousands of alerts on one pair that turn at once', () => {
  alertsOnEachDatabase((bench) => {
    it('each fire once until armed again, a few in a turn, and hold up no other pair', async () => {
      const count = COUNTS[bench().db.dialect];
      await bench().store(count, conditionOf);
      const alerts = await bench().start();
      await bench().watching(alerts, count);
      bench().course('90');
      const turns = countingTurns();
      bench().onTurning = turns.count;
      bench().course('250');
      bench().course('6', 'ETH-USDT');
      bench().course('85');
      await waitFor('all to have fired', () => bench().fired === count, { timeoutMs: 50_000 });
      expect(new Set(bench().notices.map(({ alert }) => alert.number)).size).to.equal(count);
      expect(bench().notices.findIndex(({ alert }) => alert.pair === 'ETH-USDT')).to.be.below(
        5 * MOST_AT_ONCE,
      );
      expect(turns.most()).to.be.within(1, MOST_AT_ONCE);
      const areArmed = async () =>
        (await alerts.api.list({ pair: 'BTC-USDT', state: 'fired' }, 1)).length === 0;
      await waitFor('all to be armed', areArmed, { timeoutMs: 50_000 });
      expect(bench().notices.every(({ alert }) => alert.firedCount === 1)).to.equal(true);
      expect(bench().fired).to.equal(count);
    });
  });
});
