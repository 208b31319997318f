import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

type Entry = string | Record<string, string>;
type Dictionary = Readonly<Record<string, Entry>>;

/** Keys that are put together at run time begin so: the rest is a state, a role, the name of a part. */
const OPEN = [
  'page.',
  'live.',
  'role.',
  'state.',
  'standing.',
  'type.',
  'part.',
  'queue.',
  'figure.',
  'series.',
  'filter.',
  'column.',
  'kind.',
  'act.',
  'class.',
  'source.',
  'reason.',
  'task.is.',
  'report.is.',
  'tasks.retry.',
  'tasks.cancel.',
  'dead.replay.',
  'dead.discard.',
];

async function dictionary(language: string): Promise<Dictionary> {
  const address = pathToFileURL(resolve(`public/i18n/${language}.js`)).href;
  return ((await import(address)) as { default: Dictionary }).default;
}

async function sources(): Promise<string[]> {
  const files = await readdir('public', { recursive: true });
  const scripts = files.filter((file) => file.endsWith('.js') && !file.startsWith('i18n'));
  return Promise.all(scripts.map((file) => readFile(join('public', file), 'utf8')));
}

function formsOf(entry: Entry): string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry);
}

function namesIn(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
}

describe('the texts of the page', () => {
  let en: Dictionary;
  let ru: Dictionary;

  before(async () => {
    [en, ru] = await Promise.all([dictionary('en'), dictionary('ru')]);
  });

  it('are there in both languages', () => {
    expect(Object.keys(ru).sort()).to.deep.equal(Object.keys(en).sort());
  });

  it('name the same values in every form of both languages', () => {
    for (const [key, entry] of Object.entries(en)) {
      const names = namesIn(formsOf(entry)[0]!);
      for (const form of [...formsOf(entry), ...formsOf(ru[key]!)])
        expect(namesIn(form), key).to.deep.equal(names);
    }
  });

  it('have every form that the language tells apart', () => {
    for (const [language, texts] of Object.entries({ en, ru })) {
      const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
      for (const [key, entry] of Object.entries(texts)) {
        if (typeof entry !== 'string')
          expect(Object.keys(entry).sort(), `${language} ${key}`).to.deep.equal(wanted);
      }
    }
  });

  it('are there for every key that the page asks for', async () => {
    const asked = (await sources()).flatMap((text) => [
      ...text.matchAll(/\bt(?:\.optional)?\(\s*'([^']+)'/g),
      ...text.matchAll(/\bkey: '((?:phones|period)\.[^']+)'/g),
    ]);
    expect(asked.length).to.be.above(100);
    for (const [, key] of asked) expect(en, key).to.have.property(key!);
  });

  it('are all asked for', async () => {
    const all = (await sources()).join('\n');
    const unused = Object.keys(en).filter(
      (key) => !all.includes(`'${key}'`) && !OPEN.some((start) => key.startsWith(start)),
    );
    expect(unused).to.deep.equal([]);
  });
});
