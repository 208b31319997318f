const LANGUAGES = ['en', 'ru'];

const languageOf = (tag) => tag.split('-')[0].toLowerCase();

/** The first of the reader's languages that there is a dictionary for, with its region: that decides how times look. */
export const locale = navigator.languages.find((tag) => LANGUAGES.includes(languageOf(tag))) ?? 'en';
export const language = languageOf(locale);

const words = { ...(await import(`./${language}.js`)).default };
const plural = new Intl.PluralRules(language);
const grouped = new Intl.NumberFormat(locale);

/** Adds the texts of a page, `pages/<name>.<language>.js`; `t` knows them from then on. */
export async function addWords(name) {
  Object.assign(words, (await import(`./pages/${name}.${language}.js`)).default);
}

/**
 * The text of a key: `t('phones.count', { n: 3 })`. Names in braces are replaced; where the text has several forms, `n`
 * chooses one.
 */
export function t(key, values = {}) {
  return t.optional(key, values) ?? key;
}

/** The same, or undefined where there is no such key. */
t.optional = (key, values = {}) => {
  const entry = words[key];
  if (entry === undefined) return undefined;
  const text = typeof entry === 'string' ? entry : (entry[plural.select(values.n)] ?? entry.other);
  return text.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
};

function shown(value) {
  return typeof value === 'number' ? grouped.format(value) : String(value);
}
