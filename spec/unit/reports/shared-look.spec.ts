import { expect } from 'chai';
import { messageOf } from '../../../src/kernel/errors.js';
import { LOOK_EVERY_MS, sharedLook } from '../../../src/modules/reports/shared-look.js';
import { ManualClock } from '../../support/manual-clock.js';

describe('a shared look', () => {
  /** Looks that end when they are told to. */
  function scripted() {
    const ends: ((fails?: boolean) => void)[] = [];
    const clock = new ManualClock();
    const look = sharedLook(
      () =>
        new Promise<number>((resolve, reject) => {
          const number = ends.length + 1;
          ends.push((fails) => (fails ? reject(new Error(`look ${number}`)) : resolve(number)));
        }),
      clock,
    );
    return { ends, look, clock };
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const rested = async (clock: ManualClock): Promise<void> => {
    await turn();
    clock.advance(LOOK_EVERY_MS);
    await turn();
  };

  it('is never one that was begun before somebody asked', async () => {
    const { ends, look, clock } = scripted();
    const first = look();
    const [second, third] = [look(), look()];
    expect(ends).to.have.lengthOf(1);
    ends[0]!();
    await rested(clock);
    expect(ends).to.have.lengthOf(2);
    const fourth = look();
    ends[1]!();
    await rested(clock);
    ends[2]!();
    expect(await Promise.all([first, second, third, fourth])).to.deep.equal([1, 2, 2, 3]);
    void look();
    expect(ends).to.have.lengthOf(4);
    ends[3]!();
  });

  it('is for all who ask until it begins, which is a little after the last one did', async () => {
    const { ends, look, clock } = scripted();
    const [first, second] = [look(), look()];
    ends[0]!();
    await turn();
    clock.advance(LOOK_EVERY_MS - 1);
    const third = look();
    await turn();
    expect(ends).to.have.lengthOf(1);
    clock.advance(1);
    await turn();
    ends[1]!();
    expect(await Promise.all([first, second, third])).to.deep.equal([1, 2, 2]);
    expect(clock.pendingTimers).to.equal(0);
  });

  it('begins at once for one who asks alone', async () => {
    const { ends, look } = scripted();
    const first = look();
    ends[0]!();
    await first;
    void look();
    expect(ends).to.have.lengthOf(2);
    ends[1]!();
  });

  it('that fails fails those alone who share it', async () => {
    const { ends, look, clock } = scripted();
    const first = look().catch(messageOf);
    const second = look();
    ends[0]!(true);
    await rested(clock);
    ends[1]!();
    expect([await first, await second]).to.deep.equal(['look 1', 2]);
  });
});
