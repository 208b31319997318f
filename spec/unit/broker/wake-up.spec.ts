import { expect } from 'chai';
import { WakeUp } from '../../../src/platform/broker/wake-up.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('wake-up', () => {
  it('remembers one ring that came while nobody waited', async () => {
    const clock = new ManualClock();
    const bell = new WakeUp(clock);
    bell.ring();
    bell.ring();
    await bell.wait(1_000);
    const second = bell.wait(1_000);
    expect(clock.pendingTimers).to.equal(1);
    clock.advance(1_000);
    await second;
  });

  it('ends a wait at once, leaving no timer', async () => {
    const clock = new ManualClock();
    const bell = new WakeUp(clock);
    const waiting = bell.wait(1_000);
    bell.ring();
    await waiting;
    expect(clock.pendingTimers).to.equal(0);
  });
});
