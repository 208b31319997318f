import { InvalidArgumentError, Option } from 'commander';

const MOST_PHONES = 100_000;

/** For commander: a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is expected.`);
  };
}

/** `1,2,5-9`: phones and ranges of phones, in this order. */
export function phoneList(text: string): number[] {
  const phones: number[] = [];
  for (const item of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,16})(?:\s*-\s*(\d{1,16}))?\s*$/.exec(item) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to) || !Number.isSafeInteger(to) || phones.length + to - from >= MOST_PHONES) {
      throw new InvalidArgumentError(
        'Phones are expected as 1,2,3 or 1-10: whole numbers from 0, 100000 at most.',
      );
    }
    for (let phone = from; phone <= to; phone++) phones.push(phone);
  }
  return phones;
}

/** RFC 3339 or epoch milliseconds, as the API takes it. */
export function instant(text: string): string | number {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('A time is expected, such as 2026-01-31T08:00:00Z, or epoch milliseconds.');
}

/** The phones of each of many jobs. */
export function jobPhonesOption(): Option {
  return new Option('-p, --phones <list>', 'phones that each job asks for: 1,2,5-9')
    .argParser(phoneList)
    .default(phoneList('1-10'), '1-10');
}
