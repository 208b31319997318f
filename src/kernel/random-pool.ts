import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Random bytes out of a pool: one system call for many. A view that the next refill writes over: use it at once. */
export function pooledRandomBytes(length: number): Buffer {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}

/** Hexadecimal digits of random bytes. */
export function randomHex(bytes: number): string {
  return pooledRandomBytes(bytes).toString('hex');
}
