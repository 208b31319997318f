import { expect } from 'chai';
import { GroupCommit } from '../../../src/platform/db/group-commit.js';
import type { WireResult } from '../../../src/platform/db/sqlite-wire.js';

/** Transactions at which a group is sent without waiting for the end of the turn. */
const AT_HAND = 16;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Groups as they are sent; each is answered when told to. */
function scripted() {
  const groups: { size: number; answer: () => void }[] = [];
  const commits = new GroupCommit(
    (txs) =>
      new Promise<WireResult[]>((resolve) => {
        groups.push({ size: txs.length, answer: () => resolve(txs.map(() => [])) });
      }),
    1_000,
  );
  const commit = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => commits.commit([])));
  const sizes = (): number[] => groups.map(({ size }) => size);
  return { groups, commits, commit, sizes };
}

describe('group commit', () => {
  it('sends what comes in one turn together, and many before it is over', async () => {
    const { groups, commit, sizes } = scripted();
    const few = commit(AT_HAND - 1);
    expect(sizes()).to.deep.equal([]);
    await turn();
    expect(sizes()).to.deep.equal([AT_HAND - 1]);
    groups[0]!.answer();
    await few;
    await turn();
    const many = commit(AT_HAND);
    expect(sizes()).to.deep.equal([AT_HAND - 1, AT_HAND]);
    groups[1]!.answer();
    await many;
  });

  it('has a second group on its way where it is worth a commit of its own, and no third', async () => {
    const { groups, commit, sizes } = scripted();
    const all = [commit(1)];
    await turn();
    all.push(commit(AT_HAND - 1));
    await turn();
    expect(sizes()).to.deep.equal([1]);
    all.push(commit(1));
    expect(sizes()).to.deep.equal([1, AT_HAND]);
    all.push(commit(2 * AT_HAND));
    await turn();
    expect(sizes()).to.deep.equal([1, AT_HAND]);
    groups[0]!.answer();
    await turn();
    await turn();
    expect(sizes()).to.deep.equal([1, AT_HAND, 2 * AT_HAND]);
    groups.slice(1).forEach(({ answer }) => answer());
    await Promise.all(all);
  });

  it('lets the event loop go on, however soon it is answered and whoever commits anew at once', async () => {
    const commits = new GroupCommit((txs) => Promise.resolve(txs.map(() => [])), 1_000);
    let [turns, isOver] = [0, false];
    const countTurns = (): void => void (!isOver && setImmediate(() => (turns++, countTurns())));
    countTurns();
    const rounds = 20;
    const committer = async (): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        await commits.commit([]);
        for (let i = 0; i < 10; i++) await Promise.resolve(); // as whoever commits is some calls away
      }
    };
    await Promise.all(Array.from({ length: 2 * AT_HAND }, committer));
    isOver = true;
    expect(turns).to.be.at.least(rounds / 2);
  });
});
