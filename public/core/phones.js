/** More fit in no request, whatever the service is set to. */
const MOST_PHONES = 100_000;
const PHONE_OR_RANGE = /^(\d{1,16})(?:-(\d{1,16}))?$/;
const LONGEST_SHOWN = 24;

/**
 * Reads numbers and ranges: each phone once, in the order typed. Returns `{ phones, problem }`; `problem` is null where all
 * is well, else the key of a text and what it says.
 */
export function parsePhones(text) {
  const phones = new Set();
  const joined = text.replace(/(\d)\s*[-–—]\s*(?=\d)/g, '$1-');
  for (const part of joined.split(/[\s,;]+/)) {
    if (part === '') continue;
    const problem = addPart(phones, part);
    if (problem) return { phones: [], problem };
  }
  return { phones: [...phones], problem: null };
}

function addPart(phones, part) {
  const [, first, last = first] = PHONE_OR_RANGE.exec(part) ?? [];
  const shown = part.length > LONGEST_SHOWN ? `${part.slice(0, LONGEST_SHOWN)}…` : part;
  if (first === undefined) return { key: 'phones.unreadable', part: shown };
  const from = Number(first);
  const to = Number(last);
  if (!Number.isSafeInteger(to) || !Number.isSafeInteger(from))
    return { key: 'phones.tooLarge', part: shown };
  if (to < from) return { key: 'phones.backwards', part: shown };
  if (phones.size + (to - from) >= MOST_PHONES) return { key: 'phones.tooMany', most: MOST_PHONES };
  for (let phone = from; phone <= to; phone++) phones.add(phone);
  return null;
}
