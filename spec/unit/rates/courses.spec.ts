import { expect } from 'chai';
import type { Course } from '../../../src/modules/rates/course.js';
import { createCourses } from '../../../src/modules/rates/courses.js';
import type { Courses } from '../../../src/modules/rates/courses.js';
import type { Word } from '../../../src/modules/rates/quote.js';
import type { TrackedPair } from '../../../src/modules/rates/tracked-pair.js';
import { ManualClock } from '../../support/manual-clock.js';

const tracked = (exchanger: string, pair: string, priority: number, staleAfterMs: number): TrackedPair => ({
  ...{ exchanger, pair, priority, staleAfterMs },
  ...{ symbol: 'x', currency: 'y', url: 'ws://localhost' },
});
const TRACKED = [
  tracked('binance', 'BTC-USDT', 1, 5_000),
  tracked('coingecko', 'BTC-USD', 2, 90_000),
  tracked('coingecko', 'BTC-RUB', 2, 90_000),
  tracked('coingecko', 'USDT-RUB', 2, 90_000),
];

describe('courses', () => {
  let clock: ManualClock;
  let courses: Courses;

  beforeEach(() => {
    clock = new ManualClock();
    const options = { usdtAsUsd: true, divergencePct: 3, mostSeries: 100, foreignStaleAfterMs: 10_000 };
    courses = createCourses({ clock, ...options });
    courses.track(TRACKED);
    courses.start();
  });
  afterEach(() => courses.stop());

  function say(exchanger: string, pair: string, valueText: string, more: Partial<Word> = {}, own = true) {
    return courses.take({ exchanger, pair, valueText, at: clock.now(), kind: 'new', ...more }, own);
  }

  it('are found in any case and by ids', () => {
    say('coingecko', 'BTC-USD', '54000.1');
    for (const name of ['BTC-USD', 'btc-usd', 'bitcoin-usd', 'Bitcoin-USD'])
      expect(courses.course(name), name).to.include({ direction: 'BTC-USD', valueText: '54000.1' });
    for (const name of ['', '-', 'BTC', 'BTC-', '-USD', 'BTC-RUB', 'x'.repeat(1_000)])
      expect(courses.course(name), name).to.equal(undefined);
  });

  it('come from the first by priority that lives, and again from it when it is back', () => {
    say('coingecko', 'BTC-USD', '54100');
    expect(courses.course('BTC-USD')).to.include({ exchanger: 'coingecko', stale: false });
    say('binance', 'BTC-USDT', '54000');
    expect(courses.course('BTC-USD')).to.include({ exchanger: 'binance', quotedIn: 'USDT', stale: false });
    say('binance', 'BTC-USDT', '54000', { kind: 'lost' });
    expect(courses.course('BTC-USD')).to.include({ exchanger: 'coingecko', stale: false });
    expect(courses.course('BTC-USD')).not.to.have.property('quotedIn');
    say('binance', 'BTC-USDT', '54001');
    expect(courses.course('BTC-USD')).to.include({ exchanger: 'binance', valueText: '54001' });
  });

  it('are stale as soon as no source has confirmed them in time', () => {
    say('binance', 'BTC-USDT', '54000');
    clock.advance(5_000);
    expect(courses.course('BTC-USDT')).to.include({ stale: false });
    clock.advance(1);
    expect(courses.course('BTC-USDT')).to.include({ stale: true, valueText: '54000' });
    say('binance', 'BTC-USDT', '54000', { kind: 'holds', at: clock.now() - 5_001 });
    expect(courses.course('BTC-USDT')).to.include({ stale: false });
  });

  it('that are old when they come are never fresh, and older ones than the last are left out', () => {
    say('binance', 'BTC-USDT', '1', { at: clock.now() - 61_000 });
    expect(courses.course('BTC-USDT')).to.include({ stale: true, valueText: '1' });
    say('binance', 'BTC-USDT', '2');
    expect(say('binance', 'BTC-USDT', '3', { at: clock.now() - 1 })).to.equal('late');
    expect(courses.course('BTC-USDT')).to.include({ stale: false, valueText: '2' });
  });

  it('say that sources which live differ by more than is allowed', () => {
    say('binance', 'BTC-USDT', '100');
    say('coingecko', 'BTC-USD', '103');
    expect(courses.course('BTC-USD')).not.to.have.property('diverged');
    say('coingecko', 'BTC-USD', '104', { at: clock.now() + 1 });
    expect(courses.course('BTC-USD')).to.include({ diverged: true, valueText: '100' });
    clock.advance(5_001);
    expect(courses.course('BTC-USD'))
      .to.include({ exchanger: 'coingecko' })
      .and.not.to.have.property('diverged');
  });

  it('are forgotten when their pair is tracked no more, and others are not', () => {
    say('binance', 'BTC-USDT', '100');
    say('coingecko', 'BTC-RUB', '5');
    courses.track(TRACKED.slice(1));
    expect(courses.pairs()).to.deep.equal(['BTC-RUB']);
    expect(say('binance', 'BTC-USDT', '101')).to.equal('refused');
  });

  it('may come from a program that is not tracked, after all that are', () => {
    expect(say('cbr', 'USD-RUB', '90.1', {}, false)).to.equal('taken');
    expect(courses.course('USD-RUB')).to.include({ exchanger: 'cbr', stale: false });
    say('cbr', 'BTC-RUB', '1', {}, false);
    say('coingecko', 'BTC-RUB', '5');
    expect(courses.course('BTC-RUB')).to.include({ exchanger: 'coingecko' });
    clock.advance(10_001);
    expect(courses.course('USD-RUB')).to.include({ stale: true });
  });

  it('are bounded in number', () => {
    for (let n = 0; n < 100; n++) say('x', `A${n}-B`, '1', {}, false);
    expect(say('x', 'A100-B', '1', {}, false)).to.equal('refused');
    expect(courses.pairs()).to.have.length(100);
  });

  it('are told at most 5 times a second per pair, the newest each time, and when they go stale', () => {
    const told: Course[] = [];
    courses.onCourse((course) => told.push(course));
    for (let n = 1; n <= 100; n++) {
      say('binance', 'BTC-USDT', String(n));
      clock.advance(10);
    }
    const own = () => told.filter(({ direction }) => direction === 'BTC-USDT');
    clock.advance(200);
    expect(own().length).to.be.within(4, 7);
    expect(own().at(-1)).to.include({ valueText: '100', stale: false });
    clock.advance(6_000);
    expect(own().at(-1)).to.include({ valueText: '100', stale: true });
    const count = told.length;
    clock.advance(60_000);
    expect(told).to.have.length(count);
  });

  it('convert in as few steps as there are, exactly, both ways', () => {
    say('binance', 'BTC-USDT', '54000');
    say('coingecko', 'USDT-RUB', '90.1');
    expect(courses.convert('BTC', 'RUB', '1.5')).to.deep.include({
      ...{ from: 'BTC', to: 'RUB', amount: '1.5', result: '7298100', rate: '4865400' },
      ...{ path: ['BTC-USDT', 'USDT-RUB'], stale: false },
    });
    expect(courses.convert('rub', 'bitcoin', '4865400')).to.include({ result: '1', to: 'BTC' });
    say('coingecko', 'BTC-RUB', '4865000');
    expect(courses.convert('BTC', 'RUB', '1')).to.deep.include({ result: '4865000', path: ['BTC-RUB'] });
    expect(courses.convert('BTC', 'EUR', '1')).to.equal(undefined);
    expect(courses.convert('BTC', 'BTC', '2')).to.deep.include({ result: '2', path: [] });
  });

  it('convert through what holds its value where there are more ways than one', () => {
    for (const [pair, value] of [
      ['BTC-RUB', '4900000'],
      ['BTC-USD', '54000'],
      ['USDT-RUB', '90'],
      ['USDT-USD', '1'],
    ] as const)
      courses.take({ exchanger: 'bank', pair, valueText: value, at: clock.now(), kind: 'new' }, false);
    const found = courses.convert('RUB', 'USD', '9');
    expect(found).to.deep.include({ path: ['USDT-RUB', 'USDT-USD'], result: '0.1' });
  });

  it('convert through stale courses only where fresh ones do not lead there, and say so', () => {
    say('coingecko', 'BTC-RUB', '5000000');
    say('coingecko', 'USDT-RUB', '100');
    clock.advance(90_001);
    say('binance', 'BTC-USDT', '54000');
    expect(courses.convert('BTC', 'RUB', '1')).to.deep.include({ path: ['BTC-RUB'], stale: true });
    say('coingecko', 'USDT-RUB', '100');
    expect(courses.convert('BTC', 'RUB', '1')).to.deep.include({
      ...{ path: ['BTC-USDT', 'USDT-RUB'], stale: false, result: '5400000' },
    });
  });

  it('of 0 are shown, and never divided by', () => {
    say('binance', 'BTC-USDT', '0');
    expect(courses.course('BTC-USDT')).to.include({ valueText: '0' });
    expect(courses.convert('BTC', 'USDT', '1')).to.include({ result: '0' });
    expect(courses.convert('USDT', 'BTC', '1')).to.equal(undefined);
  });
});
