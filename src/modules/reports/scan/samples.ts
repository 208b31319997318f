/** Bytes of a sample. */
export const SAMPLE_BYTES = 64 * 1024;
/** Samples between the first and the last one. */
const BETWEEN = 16;

export interface Sample {
  position: number;
  length: number;
}

/** The first and the last 64 KiB of so many bytes, and 16 blocks evenly between; all of them where that is no more. */
export function samplesOf(bytes: number): Sample[] {
  const last = BETWEEN + 1;
  if (bytes <= SAMPLE_BYTES * (last + 1)) return wholeOf(bytes);
  const room = bytes - SAMPLE_BYTES;
  return Array.from({ length: last + 1 }, (_, index) => ({
    position: Math.floor((room * index) / last),
    length: SAMPLE_BYTES,
  }));
}

function wholeOf(bytes: number): Sample[] {
  return Array.from({ length: Math.ceil(bytes / SAMPLE_BYTES) }, (_, index) => ({
    position: index * SAMPLE_BYTES,
    length: Math.min(SAMPLE_BYTES, bytes - index * SAMPLE_BYTES),
  }));
}
