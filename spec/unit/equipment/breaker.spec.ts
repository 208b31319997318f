import { expect } from 'chai';
import { createBreaker } from '../../../src/modules/equipment/configurator/breaker.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('The breaker', () => {
  function made() {
    const clock = new ManualClock();
    const changes: string[] = [];
    const onChange = (isOpen: boolean, detail: string): void =>
      void changes.push(`${isOpen ? 'open' : 'closed'} ${detail}`);
    const breaker = createBreaker({
      clock,
      random: () => 0.5,
      threshold: 3,
      baseMs: 1_000,
      maxMs: 8_000,
      onChange,
    });
    return { clock, breaker, changes };
  }

  it('opens after some failures in a row, and not after as many in between', () => {
    const { breaker, changes } = made();
    for (let i = 0; i < 10; i++) {
      breaker.failed('refused');
      breaker.failed('refused');
      breaker.reached();
    }
    expect(breaker.allows()).to.equal(Infinity);
    for (let i = 0; i < 3; i++) breaker.failed('refused');
    expect(breaker.allows()).to.equal(0);
    expect(breaker.trouble()).to.equal('refused');
    expect(changes).to.deep.equal(['open refused']);
  });

  it('lets one call through when its pause is over, and closes when that reaches the service', () => {
    const { breaker, clock, changes } = made();
    for (let i = 0; i < 3; i++) breaker.failed('refused');
    clock.advance(999);
    expect(breaker.allows()).to.equal(0);
    expect(breaker.waitMs()).to.equal(1);
    clock.advance(1);
    expect(breaker.allows()).to.equal(1);
    breaker.trying();
    expect(breaker.allows()).to.equal(0);
    breaker.reached();
    expect(breaker.allows()).to.equal(Infinity);
    expect(breaker.trouble()).to.equal(undefined);
    expect(changes).to.deep.equal(['open refused', 'closed refused']);
  });

  it('waits longer after each try that fails, up to a limit', () => {
    const { breaker, clock, changes } = made();
    // Those that were in flight when it opened change nothing.
    for (let i = 0; i < 10; i++) breaker.failed('refused');
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      pauses.push(breaker.waitMs());
      clock.advance(breaker.waitMs());
      breaker.trying();
      breaker.failed('still refused');
    }
    expect(pauses).to.deep.equal([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    expect(changes).to.deep.equal(['open refused']);
  });

  it('lets the next through where the one was not made after all', () => {
    const { breaker, clock } = made();
    for (let i = 0; i < 3; i++) breaker.failed('refused');
    clock.advance(1_000);
    breaker.trying();
    breaker.notTried();
    expect(breaker.allows()).to.equal(1);
  });
});
