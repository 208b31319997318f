import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as LiveClientModule from '../../public/live-client.js';

/** The client as it is served, which is not compiled. */
export async function liveClientModule(): Promise<typeof LiveClientModule> {
  return (await import(pathToFileURL(resolve('public/live-client.js')).href)) as typeof LiveClientModule;
}
