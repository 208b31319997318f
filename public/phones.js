/** More fit in no request, whatever the service is set to. */
const MOST_PHONES = 100_000;
const PHONE_OR_RANGE = /^(\d{1,16})(?:-(\d{1,16}))?$/;

/** Reads numbers and ranges: each phone once, in the order typed. Returns `{ phones, error }`, `error` empty where all is well. */
export function parsePhones(text) {
  const phones = new Set();
  const joined = text.replace(/(\d)\s*[-–—]\s*(?=\d)/g, '$1-');
  for (const part of joined.split(/[\s,;]+/)) {
    if (part === '') continue;
    const error = addPart(phones, part);
    if (error) return { phones: [], error };
  }
  return { phones: [...phones], error: '' };
}

function addPart(phones, part) {
  const [, first, last = first] = PHONE_OR_RANGE.exec(part) ?? [];
  const shown = part.length > 24 ? `${part.slice(0, 24)}…` : part;
  if (first === undefined) return `“${shown}” is neither a phone nor a range such as 1-10.`;
  const from = Number(first);
  const to = Number(last);
  if (!Number.isSafeInteger(to) || !Number.isSafeInteger(from))
    return `“${shown}” is beyond the largest phone.`;
  if (to < from) return `The range ${shown} ends before it starts.`;
  if (phones.size + (to - from) >= MOST_PHONES)
    return `One request holds at most ${MOST_PHONES.toLocaleString()} phones.`;
  for (let phone = from; phone <= to; phone++) phones.add(phone);
  return '';
}
