import { expect } from 'chai';
import { messageOf } from '../../../src/kernel/errors.js';
import { sharedLook } from '../../../src/modules/reports/shared-look.js';

describe('a shared look', () => {
  /** Looks that end when they are told to. */
  function scripted() {
    const ends: ((fails?: boolean) => void)[] = [];
    const look = sharedLook(
      () =>
        new Promise<number>((resolve, reject) => {
          const number = ends.length + 1;
          ends.push((fails) => (fails ? reject(new Error(`look ${number}`)) : resolve(number)));
        }),
    );
    return { ends, look };
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is never one that was begun before somebody asked', async () => {
    const { ends, look } = scripted();
    const first = look();
    const [second, third] = [look(), look()];
    expect(ends).to.have.lengthOf(1);
    ends[0]!();
    await turn();
    expect(ends).to.have.lengthOf(2);
    const fourth = look();
    ends[1]!();
    await turn();
    ends[2]!();
    expect(await Promise.all([first, second, third, fourth])).to.deep.equal([1, 2, 2, 3]);
    void look();
    expect(ends).to.have.lengthOf(4);
    ends[3]!();
  });

  it('that fails fails those alone who share it', async () => {
    const { ends, look } = scripted();
    const first = look().catch(messageOf);
    const second = look();
    ends[0]!(true);
    await turn();
    ends[1]!();
    expect([await first, await second]).to.deep.equal(['look 1', 2]);
  });
});
