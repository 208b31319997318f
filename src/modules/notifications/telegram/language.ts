/** The languages that the bot speaks. */
export type Language = 'en' | 'ru';

/** By the reader's own setting, an IETF language tag: Russian for `ru` and `ru-RU`, English for all else and for none. */
export function languageOf(tag: unknown): Language {
  return typeof tag === 'string' && /^ru\b/i.test(tag) ? 'ru' : 'en';
}
