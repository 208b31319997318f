import { expect } from 'chai';
import { Book } from '../../../src/modules/rates/book.js';
import { CourseViews } from '../../../src/modules/rates/course-view.js';
import { createRatesTopic } from '../../../src/modules/rates/rates-topic.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('The live topic of a pair', () => {
  const clock = new ManualClock();
  const options = { usdtAsUsd: true, divergencePct: 3, mostSeries: 100, foreignStaleAfterMs: 10_000 };
  const book = new Book({ clock, ...options });
  const topic = createRatesTopic(book, new CourseViews(book, clock), clock);
  const source = { exchanger: 'binance', pair: 'BTC-USDT' };
  before(() => {
    const times = { priority: 1, staleAfterMs: 5_000 };
    book.track([{ ...source, ...times, symbol: 'BTC', currency: 'USDT', url: 'ws://localhost' }]);
  });

  it('can be followed before its first course, and that of the pair it stands for', async () => {
    expect(await topic.snapshotOf!('BTC-USDT')).to.equal(null);
    expect(await topic.snapshotOf!('BTC-USD')).to.equal(null);
    expect(await topic.snapshotOf!('BTC-RUB')).to.equal(undefined);
    book.take({ ...source, valueText: '54000', at: clock.now(), kind: 'new' }, true);
    expect(await topic.snapshotOf!('BTC-USD')).to.include({ value_text: '54000', quoted_in: 'USDT' });
  });
});
