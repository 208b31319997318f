import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { Logger } from '../../../kernel/logger.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions } from '../../../kernel/tx.js';
import { answerCommand } from './answer-command.js';
import type { CommandSources } from './answer-command.js';
import type { Send } from './outgoing.js';
import { parseCommand } from './parse-command.js';
import type { Command } from './parse-command.js';
import { readUpdate } from './read-update.js';
import type { Update } from './read-update.js';
import type { TelegramRepository } from './telegram.repository.js';
import { WORDS } from './words.js';

export interface HandleUpdateDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  repository: Pick<TelegramRepository, 'claimUpdate' | 'chat' | 'saveChat' | 'blockChat'>;
  sources: CommandSources;
  send: Send;
  /** The bot's own name, once it is known. */
  username: () => string | undefined;
  onCommand: (kind: Command['kind']) => void;
}

/** Handles one update, whatever came; resolves when that is durable, and rejects where it must be given again later. */
export type HandleUpdate = (raw: unknown) => Promise<void>;

/** As `TelegramRepository` has it. */
const UPDATE_KNOWN = 'telegram.update-known';
/** Another message of the same chat was faster. */
const MOST_TRIES = 5;

type Message = Extract<Update, { kind: 'message' }>;

/**
 * An update, what it changes and what is answered are one transaction with the mark that it was handled: one that comes
 * again, after a restart or from a second way in, changes nothing.
 */
export function createHandleUpdate(deps: HandleUpdateDeps): HandleUpdate {
  async function handle(update: Update): Promise<void> {
    const { db, clock, repository } = deps;
    const tx = db.begin();
    repository.claimUpdate(tx, update.id, clock.now());
    if (update.kind === 'expelled') repository.blockChat(tx, update.chatId, clock.now());
    if (update.kind === 'message') await answer(deps, tx, update);
    await db.commit(tx);
  }

  async function handleOnce(update: Update, tries: number): Promise<void> {
    try {
      await handle(update);
    } catch (error) {
      if (!(error instanceof TxConflict)) throw error;
      if (error.reason === UPDATE_KNOWN) return;
      if (tries === 1) throw error;
      await handleOnce(update, tries - 1);
    }
  }

  return async (raw) => {
    const update = readUpdate(raw);
    if (!update) return deps.log.warn({}, 'Telegram sent what is no update');
    try {
      await handleOnce(update, MOST_TRIES);
    } catch (error) {
      if (error instanceof AppError && error.retryable) throw error;
      deps.log.error({ update: update.id, err: error }, 'a message from Telegram could not be handled');
      await giveUp(deps, update).catch((failure: unknown) => {
        if (!(failure instanceof TxConflict)) throw failure;
      });
    }
  };
}

async function answer(
  deps: HandleUpdateDeps,
  tx: ReturnType<Transactions['begin']>,
  message: Message,
): Promise<void> {
  const { clock, repository, sources, send } = deps;
  const { id, chatId, language } = message;
  const command = parseCommand(message.text, deps.username());
  // In groups people talk to each other.
  if (!command || (command.kind === 'talk' && !message.isPrivate)) return;
  const reopen = command.kind === 'start';
  const isBlocked = ((await repository.chat(chatId))?.blockedAt ?? null) !== null;
  if (isBlocked && !reopen) return;
  repository.saveChat(tx, { chatId, language, reopen }, clock.now());
  const text = await answerCommand(sources, tx, { chatId, language, command, now: clock.now() });
  send(tx, { chatId, text, dedupeKey: `update/${id}` });
  deps.onCommand(command.kind);
}

/** Nothing is done but the mark, so that one update which meets a mistake of ours holds no other up. */
async function giveUp({ db, clock, repository, send }: HandleUpdateDeps, update: Update): Promise<void> {
  const tx = db.begin();
  repository.claimUpdate(tx, update.id, clock.now());
  if (update.kind === 'message') {
    const { chatId, language, id } = update;
    send(tx, { chatId, text: WORDS[language].failed, dedupeKey: `update/${id}` });
  }
  await db.commit(tx);
}
