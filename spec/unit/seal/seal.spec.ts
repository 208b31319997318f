import { expect } from 'chai';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBody, sealBody } from '../../../src/kernel/seal.js';
import { createSeal } from '../../../src/platform/seal/create-seal.js';
import { keptSealKeys, parseSealKeys } from '../../../src/platform/seal/seal-keys.js';
import { tempFolder } from '../../support/temp-folder.js';

function key(id: string): { id: string; key: string } {
  return { id, key: randomBytes(32).toString('base64') };
}

describe('A seal', () => {
  const seal = createSeal([key('one')]);

  it('opens what it sealed, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        expect(seal.open(seal.seal(plain, context), context)).to.equal(plain);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const body = Buffer.from(bytes);
        expect(openBody(seal, sealBody(seal, body)).equals(body)).to.equal(true);
      }),
    );
  });

  it('shows nothing of it, and not that two are the same', () => {
    const [one, two] = [seal.seal('a secret', 'x'), seal.seal('a secret', 'x')];
    expect(one).to.not.equal(two);
    for (const form of ['a secret', Buffer.from('a secret').toString('base64url')]) {
      expect(one).to.not.contain(form);
    }
    expect(one).to.match(/^s1\.one\.[\w-]+$/);
  });

  it('opens nothing that was changed, cut, moved to another context or sealed by another key', () => {
    const sealed = seal.seal('a secret', 'a device');
    const broken = { code: 'seal.broken' };
    expect(() => seal.open(sealed, 'another device'))
      .to.throw()
      .that.includes(broken);
    for (let at = 's1.one.'.length; at < sealed.length - 1; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
      expect(() => seal.open(changed, 'a device'))
        .to.throw()
        .that.includes(broken);
    }
    for (const text of ['', 'a secret', sealed.slice(0, 30), sealed.slice(0, -3), `${sealed}AAAA`]) {
      expect(() => seal.open(text, 'a device'))
        .to.throw()
        .that.includes(broken);
    }
    expect(() => createSeal([key('one')]).open(sealed, 'a device'))
      .to.throw()
      .that.includes(broken);
    const unknown = { code: 'seal.key-unknown' };
    expect(() => createSeal([key('two')]).open(sealed, 'a device'))
      .to.throw()
      .that.includes(unknown);
    expect(() => createSeal([]).seal('a secret', 'x'))
      .to.throw()
      .that.includes(unknown);
  });

  it('goes on opening what older keys sealed, and seals with the newest', () => {
    const [old, young] = [key('old'), key('young')];
    const before = createSeal([old]).seal('a secret', 'x');
    const after = createSeal([young, old]);
    expect(after.open(before, 'x')).to.equal('a secret');
    expect(after.seal('another', 'x')).to.match(/^s1\.young\./);
  });
});

describe('Keys of a seal', () => {
  it('are pairs of an id and 32 bytes in base64', () => {
    const [one, two] = [key('a'), key('b_2-C')];
    expect(parseSealKeys(`${one.id}:${one.key}, ${two.id}:${two.key}`)).to.deep.equal([one, two]);
    const wrong = [
      '',
      'a',
      `a:${randomBytes(16).toString('base64')}`,
      `a:${one.key},a:${two.key}`,
      `:${one.key}`,
    ];
    for (const text of [...wrong, `a b:${one.key}`, `a:${one.key},`]) {
      expect(parseSealKeys(text), text).to.equal(undefined);
    }
  });

  it('are made once, for their owner alone, and found again', async () => {
    const file = join(await tempFolder(), 'seal.key');
    const made = await Promise.all(Array.from({ length: 8 }, () => keptSealKeys(file)));
    expect(new Set(made.map((keys) => JSON.stringify(keys))).size).to.equal(1);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    await chmod(file, 0o644);
    expect(await keptSealKeys(file)).to.deep.equal(made[0]);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(parseSealKeys((await readFile(file, 'utf8')).trim())).to.deep.equal(made[0]);
  });

  it('are not made anew where the file holds something else', async () => {
    const file = join(await tempFolder(), 'seal.key');
    await writeFile(file, 'no key\n');
    const failure = await keptSealKeys(file).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(await readFile(file, 'utf8')).to.equal('no key\n');
  });
});
