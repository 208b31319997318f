import { OPEN_OBJECT } from './json-bytes.js';

/** How records stand in the data: in one array, or each on a line of its own (NDJSON). */
export type DataFormat = 'array' | 'lines';

/** How the data stand in the file. */
export type Container = 'plain' | 'gzip' | 'zstd';

export const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

const MAGIC: readonly (readonly [Container, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** Told by the first bytes of the file, never by its name. */
export function containerOf(head: Uint8Array): Container {
  return MAGIC.find(([, magic]) => startsWith(head, magic))?.[0] ?? 'plain';
}

/** Told by the first byte that is neither white space nor of a byte order mark; what is neither is a damaged array. */
export function formatOf(firstByte: number | undefined): DataFormat {
  return firstByte === OPEN_OBJECT ? 'lines' : 'array';
}

export function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
