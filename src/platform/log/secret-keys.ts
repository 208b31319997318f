const SECRET =
  /pass(?:word|wd|phrase)|pwd|secret|token|authorization|cookie|credential|api[-_]?key|private[-_]?key|(?:^|[-_])pass$/i;

/** What is told about a secret and is none itself: `token_name`, `tokenId`, `secret_count`. */
const ABOUT_A_SECRET = /(?:[-_](?:name|id|count|role|type)|[a-z](?:Name|Id|Count|Role|Type))$/;

/** Whether a field must not be logged, judged by its key in any casing, and by its value: `tokens: 3` counts them. */
export function isSecret(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  if (typeof value === 'number' && key.endsWith('s')) return false;
  return namesSecret(key);
}

/** Keys are few and come again with every line; those of foreign objects stay out once it is full. */
const judged = new Map<string, boolean>();
const MOST_JUDGED = 1_000;

function namesSecret(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const isOne = SECRET.test(key) && !ABOUT_A_SECRET.test(key);
  if (judged.size < MOST_JUDGED && key.length <= 64) judged.set(key, isOne);
  return isOne;
}
