import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/kernel/clock.js';
import { createProvisioningStandIn } from '../../src/modules/equipment/index.js';
import type { StandIn, StandInOptions } from '../../src/modules/equipment/index.js';

/** A request that the service saw. */
export interface SeenRequest {
  id: string;
  /** Monotonic ms. */
  at: number;
  body: unknown;
}

export interface ProvisioningFixture extends StandIn {
  readonly url: string;
  /** Every request, in order. */
  readonly seen: SeenRequest[];
}

const FAULTS = { bad: '400', gone: '404', fail: '500', hang: 'hang', cut: 'reset' } as const;

/**
 * The stand-in for the provisioning service, over real sockets. A device's name says how it fares: `bad…` 400, `gone…` 404,
 * `fail…` 500, `hang…` no answer, `cut…` a broken connection, any other is configured.
 */
export async function provisioningService(
  options: Partial<StandInOptions> = {},
): Promise<ProvisioningFixture> {
  const seen: SeenRequest[] = [];
  const standIn = createProvisioningStandIn({
    clock: systemClock,
    random: () => 0,
    latencyMs: [20, 20],
    ...(!options.faults && { faultOf: faultByName }),
    ...options,
    onRequest: (id, body) => {
      seen.push({ id, body, at: performance.now() });
      options.onRequest?.(id, body);
    },
  });
  const url = await standIn.start();
  return { ...standIn, url, seen };
}

function faultByName(id: string): (typeof FAULTS)[keyof typeof FAULTS] | undefined {
  return FAULTS[(/^[a-z]+/.exec(id)?.[0] ?? '') as keyof typeof FAULTS];
}

/** A port of the loopback that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
