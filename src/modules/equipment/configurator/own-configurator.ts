import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Outbox } from '../../../kernel/outbox.js';
import type { PartState } from '../../../kernel/part-state.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Seal } from '../../../kernel/seal.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { ExchangeNames } from '../exchange-messages.js';
import { createBreaker } from './breaker.js';
import { createConfigurator } from './configurator.js';
import { giveBackJobs } from './give-back.js';
import { createJobEndings } from './job-endings.js';
import { createJobUpkeep } from './job-upkeep.js';
import type { JobsRepository } from './jobs.repository.js';
import { createPerformJob } from './perform-job.js';
import type { CallOutcome } from './provisioning-answer.js';

/** The provisioning service, reached. */
export interface ProvisioningService {
  configure: (request: {
    equipmentId: string;
    timeoutInSeconds: number;
    body: string;
  }) => Promise<CallOutcome>;
  /** Worth knowing in readiness: that it is a stand-in, say. */
  note?: string;
  stop: () => Promise<void>;
}

export interface OwnConfiguratorDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  jobs: JobsRepository;
  outbox: Outbox;
  seal: Seal;
  names: ExchangeNames;
  owner: string;
  concurrency: number;
  marginMs: number;
  /** Off: another configurator takes over. */
  isOn: boolean;
  /** Whether no other process can be at work on the same database. */
  isAlone: boolean;
  connect: () => Promise<ProvisioningService>;
  endedAmong: (taskIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** A number in [0, 1). */
  random: () => number;
  onCall: (seconds: number, outcome: string) => void;
}

const BREAKER = { threshold: 5, baseMs: 1_000, maxMs: 30_000 };

/** Our configurator with all that belongs to it; switched off it only gives back what it had taken. */
export function createOwnConfigurator(deps: OwnConfiguratorDeps) {
  const { db, clock, log, jobs, isOn } = deps;
  let service: ProvisioningService | undefined;
  const endings = createJobEndings(deps);
  const breaker = createBreaker({ ...BREAKER, clock, random: deps.random, onChange });
  const perform = createPerformJob({
    ...deps,
    ...{ endings, breaker, monotonic: () => clock.monotonic() },
    call: (request) => service!.configure(request),
  });
  const configurator = createConfigurator({ ...deps, endings, breaker, perform });
  const upkeep = createJobUpkeep({ ...deps, endings, isInFlight: configurator.has });

  function onChange(isOpen: boolean, detail: string): void {
    if (isOpen) return log.warn({ detail }, 'the provisioning service is not reached; its tasks wait');
    log.info({}, 'the provisioning service is reached again');
    const tx = db.begin();
    jobs.hasten(tx, clock.now());
    db.commit(tx).then(configurator.wake, (error: unknown) =>
      log.debug({ error: messageOf(error) }, 'jobs wait out their pauses'),
    );
  }

  return {
    inFlight: () => configurator.inFlight(),
    state(): PartState {
      if (!isOn) return { status: 'ok', detail: 'off: another configurator is expected' };
      if (!service) return { status: 'starting' };
      const trouble = breaker.trouble();
      if (trouble === undefined) return { status: 'ok', ...(service.note && { detail: service.note }) };
      const next = Math.ceil(breaker.waitMs() / 1_000);
      return {
        status: 'degraded',
        detail: `not reached (${trouble}); its tasks wait, next try in ${next} s`,
      };
    },
    async start(): Promise<void> {
      if (deps.isAlone) await upkeep.takeOverAll();
      upkeep.start();
      if (!isOn) return giveBackJobs(deps);
      service ??= await deps.connect();
      configurator.start();
    },
    /** Begins no more calls, and waits for those under way for as long as `ms`. */
    drain: (ms: number): Promise<void> => configurator.drain(ms),
    /** Breaks off what is under way, and says of it that nothing is known. */
    async stop(): Promise<void> {
      await configurator.drain(0);
      await service?.stop();
      await configurator.idle();
      await upkeep.stop();
    },
  };
}
