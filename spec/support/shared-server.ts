import { openingForAll } from './open-resources.js';

/** A server that the specs share: started when first asked for, stopped after the last spec. */
export interface Stoppable {
  stop(): Promise<void>;
}

const running: Promise<Stoppable>[] = [];

/** Makes a getter of one server for the whole run. */
export function shared<S extends Stoppable>(start: () => Promise<S>): () => Promise<S> {
  let server: Promise<S> | undefined;
  return () => {
    if (!server) {
      server = openingForAll(start);
      running.push(server);
    }
    return server;
  };
}

/** For mocha's global teardown. */
export async function stopSharedServers(): Promise<void> {
  for (const server of running.splice(0).reverse()) {
    await server.then(
      (s) => s.stop(),
      () => undefined,
    );
  }
}
