import { ConfigError } from './config-error.js';
import type { ConfigKey } from './config-keys.js';
import type { Config } from './config.js';

type Address = Pick<Config['http'], 'host' | 'port'>;

const NO_ADDRESS = 'is no address of this machine';
const NO_NAME = 'is a name without an address';

/** What the system says of an address that cannot be listened on, by its code. */
const FAULTS: Readonly<Record<string, [key: ConfigKey, detail: (address: Address) => string]>> = {
  EADDRINUSE: ['PORT', ({ host, port }) => `${port} of HOST ${host} is taken by another process`],
  EACCES: ['PORT', ({ host, port }) => `${port} of HOST ${host} is one that this process has no right to`],
  EADDRNOTAVAIL: ['HOST', ({ host }) => `${host} ${NO_ADDRESS}`],
  EAFNOSUPPORT: ['HOST', ({ host }) => `${host} ${NO_ADDRESS}`],
  ENOTFOUND: ['HOST', ({ host }) => `${host} ${NO_NAME}`],
  EAI_AGAIN: ['HOST', ({ host }) => `${host} ${NO_NAME}`],
};

/** Listens; throws `ConfigError` where HOST and PORT are no place to do so. */
export async function listenOn(address: Address, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = code === undefined ? undefined : FAULTS[code];
    if (!fault) throw error;
    const [key, detail] = fault;
    throw new ConfigError([{ key, detail: `${detail(address)} (${code})` }]);
  }
}
