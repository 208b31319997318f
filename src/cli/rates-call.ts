import { ApiClient } from './api-client.js';
import { serviceOf } from './client-options.js';
import type { ServiceOptions } from './client-options.js';
import { withInterrupt } from './interrupt.js';

/** Runs a command against the service; Ctrl-C ends it. */
export function withRates(
  options: ServiceOptions,
  work: (client: ApiClient) => Promise<void>,
): Promise<void> {
  return withInterrupt(async (signal) => {
    const client = new ApiClient({ ...serviceOf(options), signal });
    try {
      await work(client);
    } finally {
      await client.close();
    }
  });
}

export function printAs({ json }: { json?: true }, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
}
