import { expect } from 'chai';
import type { Minute } from '../../../src/modules/rates/candle-maker.js';
import { createFlow } from '../../../src/modules/rates/flow.js';
import type { Word } from '../../../src/modules/rates/quote.js';
import { decodeRate } from '../../../src/modules/rates/rate-message.js';
import type { PriceSink, Source, SourceState } from '../../../src/modules/rates/sources/source.js';
import type { TrackedPair } from '../../../src/modules/rates/tracked-pair.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLog } from '../../support/recording-log.js';

const TARGET: TrackedPair = {
  ...{ exchanger: 'binance', pair: 'BTC-USDT', symbol: 'BTC', currency: 'USDT' },
  ...{ url: 'ws://x', priority: 1, staleAfterMs: 5_000 },
};

describe('the way of a price', () => {
  let clock: ManualClock;
  let log: RecordingLog;
  let sent: Word[];
  let taken: Word[];
  let minutes: Minute[];
  let isBrokerThere: boolean;
  let state: SourceState;
  let sink: PriceSink;
  let flow: ReturnType<typeof createFlow>;

  function open(sendEveryMs: number): void {
    flow = createFlow({
      ...{ clock, log, sendEveryMs, owner: 'spec', duties: [] },
      meter: {
        taken: () => undefined,
        dropped: () => undefined,
        skewed: () => undefined,
        lostMinutes: () => undefined,
      },
      courses: { take: (word) => (taken.push(word), 'taken') },
      sources: [
        (given): Source => {
          sink = given;
          return {
            exchanger: 'binance',
            follow: () => undefined,
            state: () => state,
            stop: async () => undefined,
          };
        },
      ],
      tell({ body, routingKey }) {
        if (!isBrokerThere) return false;
        expect(routingKey).to.equal('binance.BTC-USDT');
        sent.push(decodeRate(body)!.word);
        return true;
      },
      putMinutes: async (some) => void minutes.push(...some.map((minute) => ({ ...minute }))),
    });
    flow.feeding.follow([TARGET]);
    flow.feeding.start();
  }

  beforeEach(() => {
    clock = new ManualClock();
    log = new RecordingLog();
    [sent, taken, minutes] = [[], [], []];
    isBrokerThere = true;
    state = { status: 'up' };
  });
  afterEach(() => flow.feeding.stop());

  it('leaves all but 5 a second out on the exchange, the newest stays, and none in the history', async () => {
    open(200);
    for (let n = 0; n < 1_000; n++) {
      sink.price(TARGET, n === 500 ? '9999' : String(n), undefined);
      clock.advance(1);
    }
    clock.advance(220);
    expect(sent.length).to.be.within(4, 6);
    expect(sent.at(-1)).to.include({ valueText: '999', kind: 'new' });
    await flow.feeding.stop();
    expect(minutes.at(-1)).to.include({ open: '0', high: '9999', low: '0', close: '999' });
  });

  it('leaves nothing out within the process', () => {
    open(0);
    for (let n = 0; n < 100; n++) sink.price(TARGET, String(n), undefined);
    expect(sent.map(({ valueText }) => Number(valueText))).to.deep.equal(
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it('says at once that a source is lost, with the last price, and holds no news up for what is none', () => {
    open(200);
    sink.price(TARGET, '1', undefined);
    sink.price(TARGET, '2', undefined);
    sink.lost([TARGET]);
    expect(sent.map(({ valueText, kind }) => `${kind} ${valueText}`)).to.deep.equal(['new 1', 'lost 2']);
    clock.advance(1_500);
    sink.price(TARGET, '3', undefined);
    clock.advance(1_500);
    sink.holds([TARGET]);
    sink.price(TARGET, '4', undefined);
    expect(sent.slice(2).map(({ valueText, kind }) => `${kind} ${valueText}`)).to.deep.equal([
      'new 3',
      'holds 3',
      'new 4',
    ]);
  });

  it('is said again for who begins to listen later', () => {
    open(200);
    sink.price(TARGET, '1', undefined);
    clock.advance(11_000);
    expect(sent.map(({ kind }) => kind)).to.deep.equal(['new', 'again', 'again']);
    sink.lost([TARGET]);
    clock.advance(11_000);
    expect(sent.at(-1)!.kind).to.equal('lost');
  });

  it('leads straight into memory while the broker is away', () => {
    open(200);
    isBrokerThere = false;
    sink.price(TARGET, '1', undefined);
    expect([sent, taken.map(({ valueText }) => valueText)]).to.deep.equal([[], ['1']]);
  });

  it('is said to be blocked once, and to be free once, however often it is tried', () => {
    open(200);
    for (let times = 0; times < 5; times++) {
      state = { status: 'down', detail: 'ECONNREFUSED' };
      sink.changed();
      clock.advance(2_000);
      state = { status: 'connecting' };
      sink.changed();
      clock.advance(2_000);
    }
    state = { status: 'up' };
    sink.changed();
    clock.advance(2_000);
    const lines = log.entries.map(({ level, message }) => `${level} ${message}`);
    expect(lines).to.deep.equal([
      'warn exchanges cannot be reached; their rates are stale until they answer',
      'info exchanges answer again',
    ]);
  });
});
