import { expect } from 'chai';
import { createProgress } from '../../../src/modules/live/progress.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('progress on the live channel', () => {
  function make() {
    const clock = new ManualClock();
    const told: string[] = [];
    const progress = createProgress(clock, ({ subject, data }) => told.push(`${subject} ${data}`));
    const report = (subject: string, data: number): void =>
      progress.report(subject, () => ({
        type: 'task.progress',
        subject,
        time: clock.now(),
        data: String(data),
      }));
    return { clock, told, progress, report };
  }

  it('is told at once, and then the newest every 250 ms', () => {
    const { clock, told, report } = make();
    for (let ms = 0; ms <= 600; ms += 50) {
      report('a', ms);
      clock.advance(50);
    }
    expect(told).to.deep.equal(['a 0', 'a 200', 'a 450']);
    clock.advance(250);
    expect(told.slice(3)).to.deep.equal(['a 600']);
  });

  it('of one subject does not hold that of another', () => {
    const { told, report } = make();
    report('a', 1);
    report('b', 1);
    report('a', 2);
    expect(told).to.deep.equal(['a 1', 'b 1']);
  });

  it('is not told after something of more weight', () => {
    const { clock, told, progress, report } = make();
    report('a', 1);
    report('a', 2);
    progress.forget('a');
    clock.advance(1_000);
    expect(told).to.deep.equal(['a 1']);
  });

  it('leaves no timer and no subject behind', () => {
    const { clock, progress, report } = make();
    report('a', 1);
    clock.advance(250);
    expect(clock.pendingTimers).to.equal(0);
    report('b', 1);
    progress.stop();
    expect(clock.pendingTimers).to.equal(0);
  });
});
