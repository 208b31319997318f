import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect } from 'chai';
import { type SourceFile, sourceFiles } from '../support/source-files.js';

const MAX_LINES = 400;
const CODE = ['.ts', '.js', '.cjs', '.mjs'];
const TEXT = [...CODE, '.json', '.md', '.yaml', '.yml', '.env', '.html', '.css', '.hbs', 'Dockerfile', 'run'];
/** Names that say nothing of what is inside. */
const NAMELESS = new Set(['utils', 'util', 'helpers', 'helper', 'types', 'common', 'misc']);
/** eslint-disable without ` -- why` behind it, and TypeScript's own ways to look away. */
const SILENCED = /eslint-disable(?!.*? -- \S)|@ts-(ignore|nocheck)|@ts-expect-error(?! \S)/;
/** Absolute paths of somebody's machine; the classes keep this file from being one that it finds. */
const LOCAL_PATH = /(^|[\s"'`(=])\/(hom[e]|roo[t]|Use[r]s|wor[k])\//m;
/** Who wrote it, and how, is not the product's matter. */
const WORKSHOP = /\b(sub[a]gent|closing not[e]|coding assistan[t])/i;

function linesMatching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

describe('the source tree', () => {
  let code: SourceFile[];
  let text: SourceFile[];

  before(async () => {
    text = await sourceFiles('.', TEXT);
    code = text.filter(({ path }) => CODE.some((extension) => path.endsWith(extension)));
  });

  it('has no file of more than 400 lines', () => {
    const long = code.filter((file) => file.text.split('\n').length > MAX_LINES + 1);
    expect(long.map(({ path }) => path)).to.deep.equal([]);
  });

  it('has no file whose name says nothing', () => {
    const nameless = code.filter(({ path }) => NAMELESS.has(basename(path).split('.')[0]!));
    expect(nameless.map(({ path }) => path)).to.deep.equal([]);
  });

  it('has file names in kebab-case', () => {
    const odd = code.filter(({ path }) => !/^[a-z0-9.-]+$/.test(basename(path)));
    expect(odd.map(({ path }) => path)).to.deep.equal([]);
  });

  it('silences no check without a reason beside it', () => {
    const others = code.filter(({ path }) => path !== 'spec/arch/tree.spec.ts');
    expect(linesMatching(others, SILENCED)).to.deep.equal([]);
  });

  it('has no skipped or focused spec', () => {
    const specs = code.filter(({ path }) => path.endsWith('.spec.ts'));
    expect(
      linesMatching(specs, /^\s*(describe|it|context)\.(only|skip)\(|^\s*x(it|describe)\(/),
    ).to.deep.equal([]);
  });

  it('leaves nothing for later', () => {
    expect(linesMatching(code, /\b(TO[D]O|FIX[M]E|XX[X])\b/)).to.deep.equal([]);
  });

  it('names no path of one machine', () => {
    expect(linesMatching(text, LOCAL_PATH)).to.deep.equal([]);
  });

  it('speaks of itself alone', () => {
    expect(linesMatching(text, WORKSHOP)).to.deep.equal([]);
  });

  it('gives each migration an id of its own', () => {
    const ids = code
      .filter(({ path }) => path.endsWith('.migrations.ts'))
      .flatMap((file) => [...file.text.matchAll(/\bid: '([^']+)'/g)].map(([, id]) => id!));
    expect(ids).to.have.length(new Set(ids).size);
  });

  it('pins every dependency exactly, and locks them without the address of a registry', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).to.deep.equal([]);
    expect(await readFile('package-lock.json', 'utf8')).to.not.contain('"resolved": "http');
  });
});
