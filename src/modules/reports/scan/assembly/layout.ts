/**
 * The memory, all of it reserved at compile time, so that it never grows:
 * what the compiler puts there (below 64 KiB), the slots, the rows, and the block of the file that is being read.
 */

/** As in `phone-table.ts`: ten doubles a row. */
export const ROW_BYTES: usize = 80;
/** Rows that fit; a slot is 16 bits, of which 0 means free. */
export const MOST_ROWS: u32 = 65535;
/** Twice as many slots as rows. */
export const SLOT_BITS: u32 = 17;
export const SLOT_MASK: usize = (1 << SLOT_BITS) - 1;

export const SLOTS_AT: usize = 0x10000;
export const SLOT_BYTES: usize = 2 << SLOT_BITS;
export const ROWS_AT: usize = SLOTS_AT + SLOT_BYTES;
/** Behind the rows, on a border of 64 bytes. */
export const BLOCK_AT: usize = (ROWS_AT + (<usize>MOST_ROWS + 1) * ROW_BYTES + 63) & ~63;
