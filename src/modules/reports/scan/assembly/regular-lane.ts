/**
 * Reads records as they nearly always are (the three keys in any order, each once, plain whole numbers, white space
 * anywhere) straight into sums per phone. At anything else it stops before that record: it never judges.
 */
import { BLOCK_AT, MOST_ROWS, ROW_BYTES, ROWS_AT } from './layout';
import { addAttempt, clearPhones, rowCount } from './phones';
import { gapOf, isGap, learnGap, learnJoinedGap, maskOf } from './gaps';
import { countOf, digitsAt, hasDigits, valueOf } from './whole-number';

export { rowCount };
export const blockAt: usize = BLOCK_AT;
/** The first row; the one with the number 0 is not used. */
export const rowsAt: usize = ROWS_AT + ROW_BYTES;
export const mostRows: u32 = MOST_ROWS;

const QUOTED_PHONE: u64 = 0x22656e6f687022; // "phone"
const QUOTED_START: u64 = 0x645f747261747322; // "start_d
const REST_OF_START: u32 = 0x22657461; // ate"
const QUOTED_END: u64 = 0x7461645f646e6522; // "end_dat
const REST_OF_END: u16 = 0x2265; // e"
const SEVEN_BYTES: u64 = 0xffffffffffffff;

const LINE_FEED: u32 = 0x0a;
const COMMA: u32 = 0x2c;
const ZERO: u32 = 0x30;
const COLON: u32 = 0x3a;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

const PHONE: u32 = 1;
const START: u32 = 2;
const END: u32 = 4;
const DATES: u32 = 6;
const ALL_FIELDS: u32 = 7;

const LARGEST_PHONE: u64 = 9007199254740991;
const LARGEST_DATE: u64 = 8640000000000000;
/** Longer ones need more care with sums than is worth it here. */
const LONGEST_MS: u64 = 4503599627370495;

/** A bit for each of blank, tab and carriage return, and for these with the line feed. */
const BLANKS: u64 = 0x100002200;
const SPACES: u64 = 0x100002600;

let fromMs: f64 = -Infinity;
let toMs: f64 = Infinity;

/** What the record read last had between its numbers, where that is short enough to be looked for in the next ones. */
let alike = false;
let headLength: usize = 0;
let secondLength: usize = 0;
let thirdLength: usize = 0;
let tailLength: usize = 0;
let phonePlace: u32 = 0;
let startPlace: u32 = 0;
/** Digits of both dates: as they are nearly always the same, the next place to look at does not wait for them. */
let dateCount: i32 = 0;

/** Forgets what was summed; attempts that start in [from, to) will be counted. */
export function start(from: f64, to: f64): void {
  clearPhones();
  fromMs = from;
  toMs = to;
}

/** Forgets what was summed. */
export function clear(): void {
  clearPhones();
}

/** Elements of an array. `at` is the first byte of one; returns the first byte of the first that was not read. */
export function readArray(at: usize, stop: usize): usize {
  return read(at, stop, COMMA, SPACES);
}

/** Elements that are a line each. */
export function readLines(at: usize, stop: usize): usize {
  return read(at, stop, LINE_FEED, BLANKS);
}

/** `spaces` are those that may stand in a record and before the separator. */
function read(from: usize, stop: usize, separator: u32, spaces: u64): usize {
  let record = from;
  while (record < stop) {
    const next = readOne(record, separator, spaces);
    if (next === 0) return record;
    record = alike ? readAlike(next, stop) : next;
  }
  return record;
}

/** Reads a record and learns its gaps; returns where the next one begins, or 0 where it is not regular. */
function readOne(record: usize, separator: u32, spaces: u64): usize {
  let at = record;
  if (<u32>load<u8>(at) !== OPEN_OBJECT) return 0;
  let byte: u32 = 0;
  let seen: u32 = 0;
  let phone: u64 = 0;
  let startMs: u64 = 0;
  let endMs: u64 = 0;
  let fields: u32 = 0;
  let numberEnd = record;
  alike = true;
  do {
    at = skip(at + 1, spaces);
    const word = load<u64>(at);
    let field: u32 = 0;
    if ((word & SEVEN_BYTES) === QUOTED_PHONE) {
      field = PHONE;
      at += 7;
    } else if (word === QUOTED_START && load<u32>(at, 8) === REST_OF_START) {
      field = START;
      at += 12;
    } else if (word === QUOTED_END && load<u16>(at, 8) === REST_OF_END) {
      field = END;
      at += 10;
    }
    if (field === 0 || (seen & field) !== 0) return 0;
    seen |= field;
    at = skip(at, spaces);
    if (<u32>load<u8>(at) !== COLON) return 0;
    at = skip(at + 1, spaces);
    const digits = digitsAt(at);
    const count = countOf(digits);
    if (!isWhole(at, count)) return 0;
    const value = valueOf(digits, count);
    if (field === PHONE) {
      phone = value;
      phonePlace = fields;
    } else if (field === START) {
      startMs = value;
      startPlace = fields;
    } else {
      endMs = value;
    }
    if (field !== PHONE) {
      alike = alike && (!(seen & DATES & ~field) || count === dateCount);
      dateCount = count;
    }
    learn(fields++, numberEnd, at);
    numberEnd = at + <usize>count;
    at = skip(numberEnd, spaces);
    byte = load<u8>(at);
  } while (byte === COMMA);
  if (byte !== CLOSE_OBJECT || seen !== ALL_FIELDS) return 0;
  at = skip(at + 1, spaces);
  if (<u32>load<u8>(at) !== separator) return 0;
  at = skip(at + 1, SPACES);
  if (load<u8>(at) === 0 || !count(phone, startMs, endMs)) return 0;
  tailLength = at - numberEnd;
  alike = alike && learnJoinedGap(3, numberEnd, tailLength, record, headLength);
  return at;
}

/** What stands before a record's number. */
function learn(place: u32, from: usize, to: usize): void {
  const length = to - from;
  if (place === 0) headLength = length;
  else if (place === 1) secondLength = length;
  else thirdLength = length;
  alike = alike && learnGap(place, from, length);
}

/** Reads records whose gaps are those learnt; returns where the first begins that is another. */
function readAlike(from: usize, stop: usize): usize {
  const second = gapOf(1);
  const third = gapOf(2);
  const last = gapOf(3);
  const secondMask = maskOf(secondLength);
  const thirdMask = maskOf(thirdLength);
  const lastMask = maskOf(tailLength + headLength);
  const dateDigits = (1 << dateCount) - 1;
  let record = from;
  if (!isGap(record, gapOf(0), maskOf(headLength))) return record;
  while (record < stop) {
    let at = record + headLength;
    const digits0 = digitsAt(at);
    let count0 = dateCount;
    if (phonePlace === 0) count0 = countOf(digits0);
    else if (!hasDigits(digits0, dateDigits)) break;
    if (!isWhole(at, count0)) break;
    at += <usize>count0;
    if (!isGap(at, second, secondMask)) break;
    at += secondLength;
    const digits1 = digitsAt(at);
    let count1 = dateCount;
    if (phonePlace === 1) count1 = countOf(digits1);
    else if (!hasDigits(digits1, dateDigits)) break;
    if (!isWhole(at, count1)) break;
    at += <usize>count1;
    if (!isGap(at, third, thirdMask)) break;
    at += thirdLength;
    const digits2 = digitsAt(at);
    let count2 = dateCount;
    if (phonePlace === 2) count2 = countOf(digits2);
    else if (!hasDigits(digits2, dateDigits)) break;
    if (!isWhole(at, count2)) break;
    at += <usize>count2;
    if (!isGap(at, last, lastMask)) break;
    const value0 = valueOf(digits0, count0);
    const value1 = valueOf(digits1, count1);
    const value2 = valueOf(digits2, count2);
    const phone = phonePlace === 0 ? value0 : phonePlace === 1 ? value1 : value2;
    const startMs = startPlace === 0 ? value0 : startPlace === 1 ? value1 : value2;
    const endMs = value0 + value1 + value2 - phone - startMs;
    if (!count(phone, startMs, endMs)) break;
    record = at + tailLength;
  }
  return record;
}

/** Digits there are, and no needless 0 in front of others. */
function isWhole(at: usize, count: i32): bool {
  return count === 1 || (count > 1 && <u32>load<u8>(at) !== ZERO);
}

/** False for a record that is not for this lane: bounds that it breaks, a long duration, or no room for the phone. */
function count(phone: u64, startMs: u64, endMs: u64): bool {
  if (phone > LARGEST_PHONE || startMs > endMs || endMs > LARGEST_DATE) return false;
  const ms = endMs - startMs;
  if (ms > LONGEST_MS) return false;
  const start = <f64>(<i64>startMs);
  if (start < fromMs || start >= toMs) return true;
  return addAttempt(phone, <f64>(<i64>ms));
}

function skip(from: usize, spaces: u64): usize {
  let at = from;
  while (true) {
    const byte = <u64>load<u8>(at);
    if (byte > 32 || ((spaces >> byte) & 1) === 0) return at;
    at++;
  }
}
