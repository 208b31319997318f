/** For each number of digits, the places that move its digits to the right end; the others take a 0. */
const SHIFTS: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 0, 1, 2, 3, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5,
  6, 7, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 255, 255, 255, 255, 255, 0, 1, 2,
  3, 4, 5, 6, 7, 8, 9, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 255, 255, 255, 0, 1, 2,
  3, 4, 5, 6, 7, 8, 9, 10, 11, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 255, 255, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0, 1, 2, 3, 4, 5,
  6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);

/** The 16 bytes from `at` on, each less the character 0: digits are below 10. */
export function digitsAt(at: usize): v128 {
  return i8x16.sub(v128.load(at), i8x16.splat(0x30));
}

/** How many digits stand in front, at most 16: of every other byte the sum has its highest bit set. */
export function countOf(digits: v128): i32 {
  return ctz(i8x16.bitmask(i8x16.add_sat_u(digits, i8x16.splat(0x76))) | 0x10000);
}

/** Whether there is a digit in each place that has a bit in `places`. */
export function hasDigits(digits: v128, places: i32): bool {
  return (i8x16.bitmask(i8x16.add_sat_u(digits, i8x16.splat(0x76))) & places) === 0;
}

/** The number that the first `count` digits make, by pairs, fours and eights. */
export function valueOf(digits: v128, count: i32): u64 {
  const right = v128.swizzle(digits, v128.load(SHIFTS + ((<usize>count) << 4)));
  const even = v128.and(right, i16x8.splat(0xff));
  const odd = i16x8.shr_u(right, 8);
  const pairs = i16x8.add(i16x8.mul(even, i16x8.splat(10)), odd);
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const packed = i16x8.narrow_i32x4_s(fours, fours);
  const eights = i32x4.dot_i16x8_s(packed, i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  const both = i64x2.extract_lane(eights, 0);
  return (both & 0xffffffff) * 100000000 + (both >>> 32);
}
