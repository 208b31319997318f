import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const FIXTURES = resolve('spec/arch/fixtures');
const CONFIG = resolve('.dependency-cruiser.cjs');

/** The names of the rules that a tree breaks, each once. */
async function brokenRules(baseDir: string): Promise<string[]> {
  const options = await extractOptions(CONFIG);
  const roots = ['src', 'spec', 'bench', 'public'];
  const present = new Set(await readdir(baseDir));
  const { output } = await cruise(
    roots.filter((root) => present.has(root)),
    { ...options, baseDir },
    { ...options.enhancedResolveOptions },
  );
  const { violations } = (output as ICruiseResult).summary;
  return [...new Set(violations.map(({ rule }) => rule.name))].sort();
}

async function ruleNames(): Promise<string[]> {
  const options = await extractOptions(CONFIG);
  return (options.ruleSet?.forbidden ?? []).map(({ name }) => name ?? '').sort();
}

describe('dependency rules', () => {
  it('have a fixture each, and no fixture is without its rule', async () => {
    const folders = (await readdir(FIXTURES)).filter((name) => name !== 'allowed').sort();
    expect(folders).to.deep.equal(await ruleNames());
  });

  it('report the fixture that breaks them, and no other rule does', async () => {
    for (const rule of await ruleNames()) {
      expect(await brokenRules(join(FIXTURES, rule)), rule).to.deep.equal([rule]);
    }
  });

  it('let through each import that the architecture allows', async () => {
    expect(await brokenRules(join(FIXTURES, 'allowed'))).to.deep.equal([]);
  });

  it('hold in this tree', async function () {
    this.timeout(60_000); // every file is parsed, perhaps beside other work
    expect(await brokenRules(resolve('.'))).to.deep.equal([]);
  });
});
