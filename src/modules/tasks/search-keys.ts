/** Words of one error that it is found by; what stands behind them is not looked at. */
const MOST_WORDS = 48;
const LONGEST_WORD = 64;
const MOST_CHARACTERS = 8_000;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

export function phoneKey(phone: number): string {
  return `phone:${phone}`;
}

export function equipmentKey(id: string): string {
  return `equipment:${id}`;
}

/** What the keys that come with a task's error begin with. */
export const WORD_KEY = 'word:';

/** A key for each different word of an error, whatever its case; signs only part words. */
export function wordKeys(text: string): string[] {
  const words = new Set<string>();
  for (const [word] of text.slice(0, MOST_CHARACTERS).normalize('NFKC').toLowerCase().matchAll(WORD)) {
    words.add(WORD_KEY + word.slice(0, LONGEST_WORD));
    if (words.size === MOST_WORDS) break;
  }
  return [...words];
}

/** What an ended task is found by: the words of its code and of its message. */
export function errorKeys(error: { code: string | null; message: string | null }): string[] {
  return wordKeys(`${error.code ?? ''} ${error.message ?? ''}`);
}
