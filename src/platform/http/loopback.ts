import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const FORWARDING = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
  'x-client-ip',
  'x-original-host',
  'true-client-ip',
  'cf-connecting-ip',
];

/** An address as BlockList wants it: IPv4 in IPv6 form becomes IPv4. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

export function isLoopbackAddress(address: string): boolean {
  const plain = plainAddress(address);
  if (plain === '127.0.0.1' || plain === '::1') return true; // as nearly always; a block list takes long
  return LOOPBACK.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** `localhost`, a name under it, or a loopback address (in brackets where it is IPv6). */
export function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return /^([a-z0-9-]+\.)*localhost$/.test(bare) || isLoopbackAddress(bare);
}

/** From this machine, to it by name, and through no proxy that says so. */
export function isDirectLoopback({ socket, headers }: IncomingMessage): boolean {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const isForwarded = FORWARDING.some((name) => headers[name] !== undefined);
  return isLoopbackAddress(socket.remoteAddress ?? '') && isLoopbackName(host) && !isForwarded;
}

/**
 * Whether a browser sent this for a page of another origin. Following a link to here is not that: it
 * changes nothing, and its page cannot read the answer.
 */
export function isForeignPage({ headers, method }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined) return headers.origin !== undefined && hostOf(headers.origin) !== headers.host;
  const follows = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  return site !== 'same-origin' && site !== 'none' && !follows;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
