import { expect } from 'chai';
import fc from 'fast-check';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createBodyDigest } from '../../../src/platform/seal/create-body-digest.js';
import { appErrorOf } from '../../support/failure-of.js';

function key(id: string): { id: string; key: string } {
  return { id, key: randomBytes(32).toString('base64') };
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url');
}

describe('The digest of a body', () => {
  it('is of that body alone', () => {
    const digest = createBodyDigest([key('one')]);
    fc.assert(
      fc.property(fc.string(), fc.string(), (body, other) => {
        const stored = digest.of(hashOf(body));
        expect(digest.isOf(stored, hashOf(body))).to.equal(true);
        expect(digest.isOf(stored, hashOf(other))).to.equal(body === other);
      }),
    );
  });

  it('holds neither the hash nor what the sealing key alone would make of it', () => {
    const one = key('one');
    const hash = hashOf('{"password":"admin"}');
    const stored = createBodyDigest([one]).of(hash);
    expect(stored)
      .to.match(/^h1\.one\.[A-Za-z0-9_-]{43}$/)
      .and.not.to.contain(hash);
    const plain = createHmac('sha256', Buffer.from(one.key, 'base64')).update(hash).digest('base64url');
    expect(stored).not.to.contain(plain);
    expect(stored).not.to.equal(createBodyDigest([key('one')]).of(hash));
  });

  it('is known again after its key was followed by another', () => {
    const [old, young] = [key('old'), key('young')];
    const stored = createBodyDigest([old]).of(hashOf('a'));
    const after = createBodyDigest([young, old]);
    expect(after.of(hashOf('a'))).to.match(/^h1\.young\./);
    expect([after.isOf(stored, hashOf('a')), after.isOf(stored, hashOf('b'))]).to.deep.equal([true, false]);
  });

  it('that an earlier version stored plain is known again', () => {
    const digest = createBodyDigest([key('one')]);
    expect(digest.isOf(hashOf('a'), hashOf('a'))).to.equal(true);
    expect(digest.isOf(hashOf('b'), hashOf('a'))).to.equal(false);
  });

  it('counts as the same where nobody can tell, and is not made without a key', async () => {
    const foreign = createBodyDigest([key('foreign')]).of(hashOf('a'));
    const none = createBodyDigest([]);
    expect(
      [createBodyDigest([key('own')]), none].map(({ isOf }) => isOf(foreign, hashOf('b'))),
    ).to.deep.equal([true, true]);
    expect(await appErrorOf(Promise.resolve().then(() => none.of(hashOf('a'))))).to.include({
      code: 'seal.key-unknown',
    });
  });
});
