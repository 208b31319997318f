import type { Readable } from 'node:stream';
import type { Clock } from '../../../kernel/clock.js';

const MOST_BYTES = 4 * 1024;
/** Neither belongs in a text of a database or of a page. */
const UNSHOWN = /[^\P{Cc}\n\t]|\p{Cs}/gu;

/** The first 4 KiB of a body as text; what is longer, or slower than `waitMs`, is cut off with its connection. */
export async function readExcerpt(body: Readable, clock: Clock, waitMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = clock.after(waitMs, () => body.destroy());
  // Destroying it is how it ends here, and no failure.
  body.on('error', () => undefined);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_BYTES) break;
    }
  } catch {
    // Cut off by the other side or by us: what came is worth looking at all the same.
  } finally {
    timer.cancel();
  }
  const text = Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8');
  return text.replace(UNSHOWN, '\u{fffd}');
}
