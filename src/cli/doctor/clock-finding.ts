import { fail, ok, warn } from './finding.js';
import type { Finding } from './finding.js';

const NOTICEABLE_MS = 2_000;
const HARMFUL_MS = 30_000;

/** Compares another clock with ours; the answer was on its way between `sentAt` and `gotAt`. All are epoch ms. */
export function judgeClock(
  check: string,
  theirs: number,
  sentAt: number,
  gotAt: number,
  grainMs = 0,
): Finding {
  const early = Math.max(0, sentAt - theirs - grainMs);
  const late = Math.max(0, theirs - gotAt);
  const offMs = Math.round(Math.max(early, late));
  const found = offMs === 0 ? 'equal to ours' : `${offMs} ms ${early > 0 ? 'behind' : 'ahead of'} ours`;
  if (offMs < NOTICEABLE_MS) return ok(check, found);
  const todo =
    'run a time service (chrony, ntpd) on both machines: leases, deadlines and expiry go by the clock';
  return offMs < HARMFUL_MS ? warn(check, found, todo) : fail(check, found, todo);
}
