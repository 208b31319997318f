import { messageOf } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Seal } from '../../../kernel/seal.js';
import type { Breaker } from './breaker.js';
import type { ClaimedJob } from './job.js';
import type { JobEndings } from './job-endings.js';
import { openRequest } from './job-request.js';
import { answered } from './provisioning-answer.js';
import type { Answered, CallOutcome } from './provisioning-answer.js';

export interface PerformJobDeps {
  log: Logger;
  seal: Seal;
  endings: JobEndings;
  breaker: Breaker;
  call: (request: { equipmentId: string; timeoutInSeconds: number; body: string }) => Promise<CallOutcome>;
  /** A number in [0, 1). */
  random: () => number;
  /** Told of each call that ended: in seconds, and what it was. */
  onCall: (seconds: number, outcome: string) => void;
  monotonic: () => number;
}

/** Never rejects. */
export type PerformJob = (job: ClaimedJob) => Promise<void>;

const BACKOFF = { baseMs: 1_000, maxMs: 60_000 };

/** Makes the call of a job that was stored as sent, and writes what came of it. */
export function createPerformJob(deps: PerformJobDeps): PerformJob {
  return async (job) => {
    const body = opened(deps, job);
    if (typeof body !== 'string') {
      deps.breaker.notTried();
      return deps.endings.end(job, body);
    }
    const { equipmentId, timeoutInSeconds } = job;
    const begun = deps.monotonic();
    const outcome = await deps.call({ equipmentId, timeoutInSeconds, body });
    const said = outcome.kind === 'unreached' ? outcome.kind : (outcome.reason ?? 'done');
    deps.onCall((deps.monotonic() - begun) / 1_000, said);
    await settle(deps, job, outcome);
  };
}

function settle(deps: PerformJobDeps, job: ClaimedJob, outcome: CallOutcome): Promise<void> {
  if (outcome.kind === 'unreached') {
    deps.breaker.failed(outcome.detail);
    const delay = Math.min(BACKOFF.maxMs, BACKOFF.baseMs * 2 ** Math.min(job.failures, 10));
    return deps.endings.putBack(job, Math.round(delay * (0.8 + 0.4 * deps.random())));
  }
  if (outcome.isServiceDown) deps.breaker.failed(outcome.reason ?? 'unexpected');
  else deps.breaker.reached();
  return deps.endings.end(job, outcome);
}

/** What is sent; or how it ends where that cannot be read: a key was taken away while it waited. */
function opened({ seal, log }: PerformJobDeps, job: ClaimedJob): string | Answered {
  try {
    return openRequest(seal, job.equipmentId, job.request);
  } catch (error) {
    log.error({ task_id: job.taskId, error: messageOf(error) }, 'a job cannot be opened; it was not sent');
    return answered(500, 'unreadable', 'The parameters cannot be opened here; nothing was sent');
  }
}
