import { createHash } from 'node:crypto';
import { sleep } from '../../kernel/clock.js';
import type { Clock } from '../../kernel/clock.js';
import { messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/logger.js';
import type { LeaderDuties, Leadership } from './database.js';
import type { PostgresSession } from './postgres-session.js';

export interface LeadershipDeps {
  session: PostgresSession;
  clock: Clock;
  log: Logger;
}

const COMPETE_MS = 1_000;

/** Whoever holds the role's advisory lock leads; the lock goes with its holder's connection. */
export function lockLeadership(
  { session, clock, log }: LeadershipDeps,
  role: string,
  duties: LeaderDuties,
): Leadership {
  const key = createHash('sha256').update(`switchyard:${role}`).digest().readInt32BE(0);
  const stopped = new AbortController();
  let leader = false;
  let wakeUp = new AbortController();
  let stepping: Promise<void> = Promise.resolve();
  const forget = session.onLoss(() => stepDown());
  const competing = compete();

  /** Duties start and stop one after the other, however fast the lock comes and goes. */
  function step(act: () => void | Promise<void>): void {
    stepping = stepping
      .then(act)
      .catch((error: unknown) => log.error({ role, error: messageOf(error) }, 'a duty failed'));
  }

  function stepDown(): void {
    if (!leader) return;
    leader = false;
    step(() => duties.stop());
    wakeUp.abort();
  }

  async function compete(): Promise<void> {
    while (!stopped.signal.aborted) {
      if (!leader) {
        const rows = await session.query('select pg_try_advisory_lock(7203, $1) as held', [key]);
        if (rows?.[0]?.['held'] === true && !stopped.signal.aborted) {
          leader = true;
          log.info({ role }, 'this process leads');
          step(() => (leader ? duties.start() : undefined));
        }
      }
      wakeUp = new AbortController();
      const pause = COMPETE_MS * (0.75 + (clock.monotonic() % 1) / 2);
      await sleep(clock, pause, AbortSignal.any([wakeUp.signal, stopped.signal]));
    }
  }

  return {
    isLeader: () => leader,
    async stop() {
      forget();
      stopped.abort();
      await competing;
      const held = leader;
      stepDown();
      await stepping;
      if (held) await session.query('select pg_advisory_unlock(7203, $1)', [key]);
    },
  };
}
