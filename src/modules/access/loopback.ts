import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const FORWARDING = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];
const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** An address without the wrapping of IPv4 in IPv6. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

/** Whether a listener on this host is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(plainAddress(host));
}

/**
 * Whether a request surely comes from this machine: the socket is loopback, the Host is a loopback name and nothing
 * forwarded it. A proxy on this host, and a foreign page whose name points here, both fail one of these.
 */
export function isLoopbackRequest(request: IncomingMessage): boolean {
  if (!isLoopbackAddress(plainAddress(request.socket.remoteAddress))) return false;
  if (!LOOPBACK_NAME.test(request.headers.host ?? '')) return false;
  return FORWARDING.every((name) => request.headers[name] === undefined);
}

/** Addresses and networks (`10.0.0.0/8`) as a list to look addresses up in. */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** The caller's address: the socket's, or the last one that a trusted proxy did not add itself. */
export function clientAddress(request: IncomingMessage, trusted: BlockList): string {
  const header = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => plainAddress(part.trim()));
  let address = plainAddress(request.socket.remoteAddress);
  while (isTrusted(address, trusted) && chain.length > 0) {
    const next = chain.pop() ?? '';
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
}
