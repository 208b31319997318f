import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** All addresses of a host name; rejects where there are none. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The connection was not made: the host's address is one of a private network. */
export class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS';

  constructor() {
    super('the address is private, loopback or link-local, and its network is not allowed');
    this.name = 'PrivateAddressError';
  }
}

export interface AddressGuard {
  /** Whether a connection to the address may be made. Anything but an IP address is refused. */
  allows: (address: string) => boolean;
  /** The addresses of a host that may be connected to. Rejects with `PrivateAddressError` where it has others alone. */
  resolve: ResolveHost;
}

/** Answers of clouds to their machines that stand in public ranges (Azure's among them). */
const METADATA = ['168.63.129.16'];
/** The well-known prefix of NAT64 (RFC 6052) has the IPv4 address in its last 32 bits; others need not. */
const NAT64 = network('64:ff9b::/96');

/** @param allowed addresses and CIDR ranges that may be connected to though they are private */
export function createAddressGuard(
  allowed: readonly string[],
  resolveHost: ResolveHost = (hostname) => systemLookup(hostname, { all: true }),
): AddressGuard {
  const networks = allowed.map(network);

  function allows(text: string): boolean {
    if (isIP(text) === 0) return false;
    const address = innermost(ipaddr.process(withoutZone(text)));
    if (networks.some((range) => contains(range, address))) return true;
    return address.range() === 'unicast' && !METADATA.includes(address.toString());
  }

  return {
    allows,
    async resolve(hostname) {
      const bare = hostname.replace(/^\[(.*)\]$/, '$1');
      const family = isIP(bare);
      const found = family === 0 ? await resolveHost(bare) : [{ address: bare, family }];
      const open = found.filter(({ address }) => allows(address));
      if (open.length === 0) throw new PrivateAddressError();
      return open;
    },
  };
}

/** The IPv4 address that a NAT64 address leads to, else the address itself. */
function innermost(address: Address): Address {
  if (!contains(NAT64, address)) return address;
  return ipaddr.fromByteArray(address.toByteArray().slice(12));
}

function network(text: string): Network {
  const [address = '', bits] = text.split('/');
  const parsed = ipaddr.process(address);
  const most = parsed.kind() === 'ipv4' ? 32 : 128;
  return [parsed, bits === undefined ? most : Number(bits)];
}

function contains([range, bits]: Network, address: Address): boolean {
  return range.kind() === address.kind() && address.match(range, bits);
}

function withoutZone(text: string): string {
  return text.replace(/%.*$/, '');
}
