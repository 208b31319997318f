/** What stands between the numbers of a record. A file nearly always has the same there in every record. */

/** A gap is compared with 16 bytes at once; a longer one is not learnt. */
const LONGEST: usize = 16;

/** 16 bytes that count, then 16 that do not: a window into them is the mask of a gap of any length. */
const WINDOW: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0,
]);

/** The gaps that were learnt: before the numbers of a record, and from the last one to the first of the next record. */
const LEARNT: usize = memory.data(16 * 8, 16);

/** Learns gap `index`, `length` bytes from `at` on. False where it is too long. */
export function learnGap(index: i32, at: usize, length: usize): bool {
  if (length > LONGEST) return false;
  const place = LEARNT + ((<usize>index) << 4);
  v128.store(place, v128.load(at));
  return true;
}

/** Learns gap `index` as what the two stretches make. False where it is too long. */
export function learnJoinedGap(index: i32, at: usize, length: usize, at2: usize, length2: usize): bool {
  if (length + length2 > LONGEST) return false;
  const place = LEARNT + ((<usize>index) << 4);
  v128.store(place, v128.load(at));
  // Behind the last gap there is room for what goes over.
  v128.store(place + length, v128.load(at2));
  return true;
}

export function gapOf(index: i32): v128 {
  return v128.load(LEARNT + ((<usize>index) << 4));
}

export function maskOf(length: usize): v128 {
  return v128.load(WINDOW + LONGEST - length);
}

/** Whether the bytes from `at` on are the gap. */
export function isGap(at: usize, gap: v128, mask: v128): bool {
  return !v128.any_true(v128.and(v128.xor(v128.load(at), gap), mask));
}
