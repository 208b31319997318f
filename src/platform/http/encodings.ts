import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip';

export interface EncodedBody {
  /** Undefined: as it is. */
  encoding?: Encoding;
  bytes: Buffer;
}

const LEAST_BYTES = 1_024;
/** Beyond 9 it takes ten times as long for a few percent. */
const BROTLI_QUALITY = 9;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

const ENCODERS: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => zip(bytes, { level: 9 }),
};

/**
 * Gives bytes that never change in the encoding that a caller takes: compressed when first asked for, off the event
 * loop, and then kept. What is small, or does not shrink, stays as it is.
 */
export function encodings(bytes: Buffer, compressible: boolean) {
  const kept = new Map<Encoding, Promise<Buffer>>();
  return async (encoding: Encoding | undefined): Promise<EncodedBody> => {
    if (!encoding || !compressible || bytes.length < LEAST_BYTES) return { bytes };
    const known = kept.get(encoding) ?? ENCODERS[encoding](bytes);
    kept.set(encoding, known);
    const encoded = await known;
    return encoded.length < bytes.length ? { encoding, bytes: encoded } : { bytes };
  };
}
