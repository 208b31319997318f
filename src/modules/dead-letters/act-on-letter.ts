import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import type { EventLog } from '../../kernel/event.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Outbox } from '../../kernel/outbox.js';
import type { TraceContext } from '../../kernel/trace.js';
import { TxConflict } from '../../kernel/tx.js';
import type { Transactions, Tx } from '../../kernel/tx.js';
import { viewOf } from './dead-letter-view.js';
import type { DeadLetter, DeadLettersRepository, OpenedDeadLetter } from './dead-letters.repository.js';
import { messageAgain } from './replay-message.js';

/** Who acts, and in which trace. */
export interface Actor {
  name: string;
  trace: TraceContext;
}

/**
 * Adds to `tx` a task that does again what an ended one was to do, and resolves to its id. Rejects where that one is
 * not kept any more, or while no more work is taken.
 */
export type RetryTask = (tx: Tx, task: Uuid, actor: Actor) => Promise<Uuid>;

export interface ActDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  outbox: Outbox;
  repository: DeadLettersRepository;
  retryTask: RetryTask;
}

export interface LetterActs {
  /** Rejects with `dead-letters.not-waiting` for a letter that was acted on, `dead-letters.task-removed`, or with what the task's retry says. */
  replay(id: Uuid, actor: Actor, more?: AddMore): Promise<DeadLetter>;
  /** Rejects with `dead-letters.not-waiting`. */
  discard(id: Uuid, reason: string, actor: Actor, more?: AddMore): Promise<DeadLetter>;
}

/** What else belongs to the transaction. */
export type AddMore = (tx: Tx) => void;

type Done = Pick<DeadLetter, 'status' | 'actionReason' | 'replayedAs'>;

/** Acts on single letters: state, history, event and what comes of it are one transaction, so that each happens once. */
export function createLetterActs(deps: ActDeps): LetterActs {
  const { db, clock, repository } = deps;

  async function waiting(id: Uuid): Promise<OpenedDeadLetter> {
    const letter = await repository.get(id);
    if (letter?.status === 'waiting') return letter;
    throw letter ? notWaiting(letter) : notFound();
  }

  async function act(
    tx: Tx,
    letter: DeadLetter,
    done: Done,
    actor: Actor,
    more?: AddMore,
  ): Promise<DeadLetter> {
    const acted: DeadLetter = { ...letter, ...done, actedAt: clock.now(), actedBy: actor.name };
    addAct(deps, tx, acted);
    more?.(tx);
    try {
      await db.commit(tx);
    } catch (error) {
      if (!(error instanceof TxConflict) || error.reason !== NOT_WAITING) throw error;
      throw notWaiting((await repository.get(letter.id, 0)) ?? letter);
    }
    return acted;
  }

  return {
    async replay(id, actor, more) {
      const letter = await waiting(id);
      const tx = db.begin();
      const replayedAs = await publishOrRetry(deps, tx, letter, actor);
      return act(tx, letter, { status: 'replayed', actionReason: null, replayedAs }, actor, more);
    },
    async discard(id, reason, actor, more) {
      const letter = await repository.get(id, 0);
      if (!letter) throw notFound();
      const done = { status: 'discarded', actionReason: reason, replayedAs: null } as const;
      return act(db.begin(), letter, done, actor, more);
    },
  };
}

const NOT_WAITING = 'dead-letters.not-waiting';

async function publishOrRetry(
  { clock, outbox, retryTask }: ActDeps,
  tx: Tx,
  letter: OpenedDeadLetter,
  actor: Actor,
): Promise<string> {
  if (letter.kind === 'task') {
    return retryTask(tx, letter.taskId!, actor).catch((error: unknown) => {
      throw isGone(error) ? taskGone(error) : error;
    });
  }
  const message = messageAgain(letter, letter.body ?? Buffer.alloc(0), clock.now());
  outbox.add(tx, message);
  return message.messageId;
}

function addAct({ repository, events }: ActDeps, tx: Tx, acted: DeadLetter): void {
  const { id, actionReason: reason, replayedAs } = acted;
  const [at, by, status] = [acted.actedAt!, acted.actedBy!, acted.status as 'replayed' | 'discarded'];
  repository.act(tx, id, { status, at, by, reason, replayedAs });
  const detail = replayedAs === null ? null : `as ${acted.kind} ${replayedAs}`;
  repository.addHistory(tx, id, { at, action: status, by, reason, detail });
  const data = JSON.stringify(viewOf(acted));
  events.append(tx, { type: `dead-letter.${status}`, subject: `dead-letters/${id}`, time: at, data });
}

function notWaiting({ status, actedBy }: DeadLetter): AppError {
  return new AppError(`The dead letter was ${status} by ${actedBy ?? 'somebody'} already`, {
    code: NOT_WAITING,
    kind: 'conflict',
  });
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && (error.kind === 'gone' || error.kind === 'not-found');
}

function taskGone(cause: unknown): AppError {
  return new AppError('The task of this dead letter is not kept any more; the letter can only be discarded', {
    code: 'dead-letters.task-removed',
    kind: 'gone',
    cause,
  });
}

export function notFound(): AppError {
  return new AppError('Dead letter not found', { code: 'dead-letters.not-found', kind: 'not-found' });
}
