import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import { createProvisioningClient } from './configurator/provisioning.client.js';
import type { ProvisioningService } from './configurator/own-configurator.js';
import { createProvisioningStandIn } from './stand-in/provisioning-stand-in.js';

export interface ConnectProvisioningOptions {
  /** `null`: a stand-in inside this process. */
  url: string | null;
  ca: string | null;
  concurrency: number;
  marginMs: number;
  standInMs: number;
  clock: Clock;
  log: Logger;
  /** A number in [0, 1). */
  random: () => number;
}

/** A client of the provisioning service, or of a stand-in that is started for it. The service may be away. */
export async function connectProvisioning(options: ConnectProvisioningOptions): Promise<ProvisioningService> {
  const { url, log } = options;
  if (url !== null) return createProvisioningClient({ ...options, url });
  const { clock, random, standInMs } = options;
  const onTwoAtOnce = (equipment_id: string): void =>
    log.error({ equipment_id }, 'the stand-in was asked for two configurations of one device at once');
  const standIn = createProvisioningStandIn({
    clock,
    random,
    latencyMs: [standInMs, standInMs],
    onTwoAtOnce,
  });
  const client = createProvisioningClient({ ...options, url: await standIn.start(), ca: null });
  log.warn({}, 'PROVISIONING_URL is not set: a stand-in answers in its place, and no device is configured');
  return {
    configure: client.configure,
    note: 'a stand-in inside this process, as PROVISIONING_URL is not set; no device is configured',
    async stop() {
      await client.stop();
      await standIn.stop();
    },
  };
}
