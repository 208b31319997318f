import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { isUuid, isUuidV7, timeOfUuid } from '../../kernel/ids.js';
import type { Logger } from '../../kernel/logger.js';
import { notFound } from './act-on-letter.js';
import type { Actor, LetterActs } from './act-on-letter.js';
import type { BulkFilter } from './bulks.repository.js';
import type {
  DeadLetter,
  DeadLetterPage,
  DeadLettersRepository,
  HistoryEntry,
  OpenedDeadLetter,
} from './dead-letters.repository.js';
import { planBulk, previewBulk, stopBulks } from './plan-bulk.js';
import type { BulkAccepted, BulkPreview, BulkRequest, PlanBulkDeps } from './plan-bulk.js';

/** Bytes of a body that are read in order to be shown. */
export const SHOWN_BYTES = 64 * 1024;

/** A letter with what it holds, for people. */
export interface ShownDeadLetter {
  letter: OpenedDeadLetter;
  /** The task's own; undefined for a message, and where the task is not kept any more. */
  taskPayload: string | undefined;
  history: HistoryEntry[];
}

export interface DeadLettersApi {
  /** Newest first. */
  list(page: DeadLetterPage): Promise<DeadLetter[]>;
  /** Rejects with `dead-letters.not-found`, also for a malformed id, or `dead-letters.removed`. */
  require(id: string): Promise<OpenedDeadLetter>;
  /** Rejects like `require`. */
  show(id: string): Promise<ShownDeadLetter>;
  /** Rejects like `require`, and with `dead-letters.not-waiting`. */
  replay(id: string, actor: Actor): Promise<DeadLetter>;
  /** Rejects like `replay`. */
  discard(id: string, reason: string, actor: Actor): Promise<DeadLetter>;
  preview(filter: BulkFilter): Promise<BulkPreview>;
  /** Rejects with `dead-letters.too-many-bulks`. */
  plan(request: BulkRequest, actor: Actor): Promise<BulkAccepted>;
  /** Ends every bulk; resolves to the number of letters that wait on. */
  stopBulks(actor: Actor): Promise<number>;
}

export interface DeadLettersApiDeps extends PlanBulkDeps {
  clock: Clock;
  log: Logger;
  repository: DeadLettersRepository;
  acts: LetterActs;
  payloadOfTask: (task: OpenedDeadLetter['id']) => Promise<string | undefined>;
  /** How long letters are kept. */
  keepMs: number;
}

export function createDeadLettersApi(deps: DeadLettersApiDeps): DeadLettersApi {
  const { clock, repository, acts, keepMs } = deps;

  async function require(id: string): Promise<OpenedDeadLetter> {
    const letter = isUuid(id) ? await repository.get(id, SHOWN_BYTES) : undefined;
    if (letter) return letter;
    throw isUuidV7(id) && timeOfUuid(id) < clock.now() - keepMs ? removed() : notFound();
  }

  return {
    require,
    list: (page) => repository.list(page),
    async show(id) {
      const letter = await require(id);
      const [taskPayload, acted] = await Promise.all([
        letter.taskId && deps.payloadOfTask(letter.taskId),
        repository.history(letter.id),
      ]);
      return { letter, taskPayload, history: [added(letter), ...acted] };
    },
    replay: async (id, actor) => acts.replay((await require(id)).id, actor),
    discard: async (id, reason, actor) => acts.discard((await require(id)).id, reason, actor),
    preview: (filter) => previewBulk(deps, filter),
    plan: (request, actor) => planBulk(deps, request, actor),
    async stopBulks({ name }) {
      const left = await stopBulks(deps);
      deps.log.info({ left, by: name }, 'bulks over dead letters were stopped');
      return left;
    },
  };
}

/** The first entry is the letter itself. */
function added({ lastAt, reason, detail }: DeadLetter): HistoryEntry {
  return { at: lastAt, action: 'added', by: 'switchyard', reason, detail };
}

function removed(): AppError {
  return new AppError('The dead letter is older than what is kept', {
    code: 'dead-letters.removed',
    kind: 'gone',
  });
}
