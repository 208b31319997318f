import { createBodyDigest } from '../../src/platform/seal/create-body-digest.js';
import type { SealKey } from '../../src/platform/seal/seal-keys.js';

/** The same at every process that a spec starts by itself. */
export const SPEC_KEY: SealKey = { id: 'spec', key: Buffer.alloc(32, 7).toString('base64') };
export const specDigest = createBodyDigest([SPEC_KEY]);
