import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { plainAddress } from './loopback.js';

/** Who a request comes from, seen through the proxies that the configuration names. */
export interface ClientAddresses {
  /** Whether the socket is that of a named proxy. */
  isProxied(request: IncomingMessage): boolean;
  /** The caller's address: the nearest of `X-Forwarded-For` that is no named proxy, where a named proxy asks. */
  of(request: IncomingMessage): string;
}

/** `proxies`: addresses and CIDR ranges. */
export function createClientAddresses(proxies: readonly string[]): ClientAddresses {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean =>
    proxies.length > 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  const socketAddress = (request: IncomingMessage): string =>
    plainAddress(request.socket.remoteAddress ?? '');
  return {
    isProxied: (request) => isTrusted(socketAddress(request)),
    of(request) {
      let address = socketAddress(request);
      const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
      while (isTrusted(address)) {
        const next = plainAddress(forwarded.pop()?.trim() ?? '');
        if (isIP(next) === 0) break;
        address = next;
      }
      return address;
    },
  };
}
