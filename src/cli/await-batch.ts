import { performance } from 'node:perf_hooks';
import { CliError } from './cli-error.js';
import type { ApiBatch, EquipmentClient } from './equipment-client.js';
import { EXIT } from './exit-codes.js';
import { startProgress } from './progress.js';
import { pauseMs } from './retry.js';

const EVERY_MS = 1_000;
/** It moves no further by itself. */
const AT_REST = new Set<ApiBatch['state']>(['completed', 'cancelled', 'stopped', 'paused']);

/** Shows how far a batch is until it rests; rejects where that takes longer than `timeoutMs`, while it goes on. */
export async function awaitBatch(
  api: Pick<EquipmentClient, 'batch'>,
  id: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<ApiBatch> {
  const end = performance.now() + timeoutMs;
  const progress = startProgress('devices', 1);
  try {
    for (;;) {
      const batch = await api.batch(id);
      progress.update(endedOf(batch), batch.devices);
      if (AT_REST.has(batch.state)) return batch;
      if (performance.now() > end)
        throw new CliError(`batch ${id} has not ended in ${timeoutMs / 1_000} s; it goes on`, EXIT.temporary);
      await pauseMs(EVERY_MS, signal);
    }
  } finally {
    progress.stop();
  }
}

function endedOf({ counts }: ApiBatch): number {
  return counts.completed + counts.failed + counts.cancelled;
}

/** Throws unless every device was configured. */
export function requireWell(batch: ApiBatch): void {
  const { state, reason, counts } = batch;
  if (state === 'completed' && counts.failed + counts.cancelled === 0) return;
  const details = [`${counts.completed} configured, ${counts.failed} failed, ${counts.cancelled} cancelled`];
  if (counts.waiting + counts.running > 0) details.push(`${counts.waiting + counts.running} not ended`);
  throw new CliError(`the batch is ${state}${reason ? `: ${reason}` : ''}`, EXIT.failed, details);
}
