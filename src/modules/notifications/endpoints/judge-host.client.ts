import { sleep } from '../../../kernel/clock.js';
import type { Clock } from '../../../kernel/clock.js';
import { PrivateAddressError } from './address-guard.client.js';
import type { AddressGuard } from './address-guard.client.js';
import type { HostVerdict } from './endpoint-input.js';

const PATIENCE_MS = 3_000;

/**
 * What the addresses of a host are when an endpoint is saved. Where names cannot be resolved at the moment it is saved
 * all the same: the address is looked at again at each connection.
 */
export function createHostJudge(
  guard: AddressGuard,
  clock: Clock,
): (hostname: string) => Promise<HostVerdict> {
  return async (hostname) => {
    const told = new AbortController();
    const late = sleep(clock, PATIENCE_MS, told.signal).then((): HostVerdict => 'unknown');
    const found = guard.resolve(hostname).then((): HostVerdict => 'ok', verdictOf);
    const verdict = await Promise.race([found, late]);
    told.abort();
    return verdict;
  };
}

function verdictOf(error: unknown): HostVerdict {
  if (error instanceof PrivateAddressError) return 'private';
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOTFOUND' || code === 'ENODATA' ? 'not-found' : 'unknown';
}
