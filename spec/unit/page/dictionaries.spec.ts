import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

type Entry = string | Record<string, string>;
type Dictionary = Readonly<Record<string, Entry>>;

/** The same texts in both languages; `name` is empty for those that every page may say. */
interface Texts {
  name: string;
  en: Dictionary;
  ru: Dictionary;
}

/** An entry of `pages/index.js`: the names of its texts, and the files that it loads. */
interface PageEntry {
  path: string;
  words: string[];
  files: string[];
}

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
  'op.',
  'span.',
  'channel.',
  'alarms.',
  'source.',
  'reason.',
  'task.is.',
  'report.is.',
  'devices.form.',
  'device.is.',
  'batches.form.',
  'batch.',
  'tasks.retry.',
  'tasks.cancel.',
  'dead.replay.',
  'dead.discard.',
  'hooks.reason.',
  ...['alarms.critical', 'alarms.major', 'alarms.minor', 'alarms.info'],
];

async function textsOf(name: string): Promise<Texts> {
  const place = name === '' ? '' : `pages/${name}.`;
  const [en, ru] = await Promise.all([readDictionary(`${place}en`), readDictionary(`${place}ru`)]);
  return { name, en, ru };
}

async function readDictionary(name: string): Promise<Dictionary> {
  const address = pathToFileURL(resolve(`public/i18n/${name}.js`)).href;
  return ((await import(address)) as { default: Dictionary }).default;
}

async function pageEntries(): Promise<PageEntry[]> {
  const text = await readFile('public/pages/index.js', 'utf8');
  return text
    .split(/\bpath: '/)
    .slice(1)
    .map((entry) => ({
      path: entry.slice(0, entry.indexOf("'")),
      words: [...(/\bwords: \[([^\]]*)\]/.exec(entry)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(
        ([, name]) => name!,
      ),
      files: [...entry.matchAll(/import\('\.\/([^']+)'\)/g)].map(([, file]) => join('public/pages', file!)),
    }));
}

/** A file and all that it imports at once, by name; without libraries and dictionaries. */
async function withImports(file: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
  if (seen.has(file)) return seen;
  const text = await readFile(file, 'utf8');
  seen.set(file, text);
  for (const [, name] of text.matchAll(/\bfrom '(\.[^']+)'/g)) {
    const imported = join(dirname(file), name!);
    if (!/^public\/(vendor|i18n)/.test(imported)) await withImports(imported, seen);
  }
  return seen;
}

async function sources(): Promise<string[]> {
  const files = await readdir('public', { recursive: true });
  const scripts = files.filter((file) => file.endsWith('.js') && !file.startsWith('i18n'));
  return Promise.all(scripts.map((file) => readFile(join('public', file), 'utf8')));
}

function keysAskedFor(text: string): string[] {
  const asked = [
    ...text.matchAll(/\bt(?:\.optional)?\(\s*'([^']+)'/g),
    ...text.matchAll(/\bkey: '((?:phones|period)\.[^']+)'/g),
  ];
  return asked.map(([, key]) => key!);
}

function formsOf(entry: Entry): string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry);
}

function namesIn(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
}

describe('the texts of the page', () => {
  let all: Texts[];
  let entries: PageEntry[];

  before(async () => {
    const files = await readdir('public/i18n/pages');
    const names = new Set(files.map((file) => file.replace(/\.(en|ru)\.js$/, '')));
    all = await Promise.all(['', ...names].map(textsOf));
    entries = await pageEntries();
  });

  it('are there in both languages', () => {
    for (const { name, en, ru } of all)
      expect(Object.keys(ru).sort(), name).to.deep.equal(Object.keys(en).sort());
  });

  it('name the same values in every form of both languages', () => {
    for (const { en, ru } of all) {
      for (const [key, entry] of Object.entries(en)) {
        const names = namesIn(formsOf(entry)[0]!);
        for (const form of [...formsOf(entry), ...formsOf(ru[key]!)])
          expect(namesIn(form), key).to.deep.equal(names);
      }
    }
  });

  it('have every form that the language tells apart', () => {
    const texts = all.flatMap(({ en, ru }) => Object.entries({ en, ru }));
    for (const [language, dictionary] of texts) {
      const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
      for (const [key, entry] of Object.entries(dictionary)) {
        if (typeof entry !== 'string')
          expect(Object.keys(entry).sort(), `${language} ${key}`).to.deep.equal(wanted);
      }
    }
  });

  it('are each in one dictionary, and each dictionary of a page is loaded with one', () => {
    const keys = all.flatMap(({ en }) => Object.keys(en));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).to.deep.equal([]);
    const named = new Set(entries.flatMap(({ words }) => words));
    expect([...named].sort()).to.deep.equal(all.flatMap(({ name }) => (name === '' ? [] : [name])).sort());
  });

  it('are there for every key that a page asks for, with the texts that it loads', async () => {
    expect(entries.length).to.be.above(4);
    for (const { path, words, files } of entries) {
      const loaded = all.filter(({ name }) => name === '' || words.includes(name));
      const known = Object.fromEntries(loaded.flatMap(({ en }) => Object.entries(en)));
      for (const file of files) {
        const asked = [...(await withImports(file)).values()].flatMap(keysAskedFor);
        expect(asked.length, file).to.be.above(5);
        for (const key of asked) expect(known, `#/${path}, ${file}`).to.have.property(key);
      }
    }
  });

  it('are there for every key of what stands around the pages', async () => {
    const shell = [...(await withImports('public/app.js'))].filter(
      ([file]) => !file.startsWith('public/pages/'),
    );
    for (const [file, text] of shell)
      for (const key of keysAskedFor(text)) expect(all[0]!.en, file).to.have.property(key);
  });

  it('are all asked for', async () => {
    const code = (await sources()).join('\n');
    const unused = all
      .flatMap(({ en }) => Object.keys(en))
      .filter((key) => !code.includes(`'${key}'`) && !OPEN.some((start) => key.startsWith(start)));
    expect(unused).to.deep.equal([]);
  });
});
