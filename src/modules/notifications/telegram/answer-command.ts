import { AppError } from '../../../kernel/errors.js';
import type { Tx } from '../../../kernel/tx.js';
import type { Language } from './language.js';
import type { Command, WrittenCondition } from './parse-command.js';
import { sayCondition, sayCourse, sayList } from './say.js';
import type { ToldCondition, ToldCourse } from './say.js';
import { WORDS } from './words.js';
import type { Words } from './words.js';

/** An alert of a chat. */
export interface ChatAlert extends ToldCondition {
  /** Names it in its chat. */
  number: number;
  hasFired: boolean;
}

/** The alerts of a chat; changes are added to the transaction that answers its message. */
export interface ChatAlerts {
  most: number;
  /** Rejects with an `AppError`: `rates.too-many-alerts` where the chat has all it may have, else what is wrong with the condition. */
  add: (tx: Tx, chatId: string, condition: ToldCondition) => Promise<ChatAlert>;
  list: (chatId: string) => Promise<readonly ChatAlert[]>;
  /** Undefined where the chat has no such alert. */
  cancel: (tx: Tx, chatId: string, number: number) => Promise<ChatAlert | undefined>;
}

/** What the bot tells of; none of it is its own. */
export interface CommandSources {
  /** The pairs that are followed, as they are written. */
  pairs: () => readonly string[];
  /** A followed pair as it is written, by whatever name somebody gives it; undefined where it is none. */
  pairNamed: (text: string) => string | undefined;
  /** From memory. */
  course: (pair: string) => ToldCourse | undefined;
  alerts: ChatAlerts;
}

export interface Question {
  chatId: string;
  language: Language;
  command: Command;
  /** Epoch ms. */
  now: number;
}

export const TOO_MANY_ALERTS = 'rates.too-many-alerts';
const LONGEST_NAME = 40;

/** What is said to a command; what it changes is added to `tx`. Rejects where it may work later. */
export async function answerCommand(sources: CommandSources, tx: Tx, question: Question): Promise<string> {
  const { command, language, chatId, now } = question;
  const words = WORDS[language];
  switch (command.kind) {
    case 'pairs':
      return sayPairs(sources, language);
    case 'rate':
      return sayRate(sources, command.pair, language, now);
    case 'alert':
      return addAlert(sources, tx, question, command.condition);
    case 'alerts':
      return sayAlerts(await sources.alerts.list(chatId), language);
    case 'cancel': {
      const found = await sources.alerts.cancel(tx, chatId, command.number);
      return found ? words.cancelled(command.number) : words.noSuchAlert(command.number);
    }
    case 'unclear':
      return words.unclear[command.command][command.problem] ?? words.help;
    default:
      return sayHelp(command, words);
  }
}

function sayHelp(
  command: Extract<Command, { kind: 'start' | 'help' | 'unknown' | 'talk' }>,
  words: Words,
): string {
  if (command.kind === 'help') return words.help;
  const heads = { start: words.welcome, talk: words.talk } as const;
  const head = command.kind === 'unknown' ? words.unknownCommand(command.word) : heads[command.kind];
  return `${head}\n\n${words.help}`;
}

function sayPairs(sources: CommandSources, language: Language): string {
  const words = WORDS[language];
  const lines = sources.pairs().map((pair) => {
    const course = sources.course(pair);
    return course ? `${pair} ${course.valueText}` : pair;
  });
  return lines.length === 0 ? words.noPairs : sayList(words.pairs, lines, words);
}

function sayRate(sources: CommandSources, written: string, language: Language, now: number): string {
  const pair = sources.pairNamed(written);
  if (pair === undefined) return WORDS[language].unknownPair(short(written));
  const course = sources.course(pair);
  return course ? sayCourse(course, language, now) : WORDS[language].noCourse(pair);
}

async function addAlert(
  { pairNamed, alerts }: CommandSources,
  tx: Tx,
  { chatId, language }: Question,
  condition: WrittenCondition,
): Promise<string> {
  const words = WORDS[language];
  const pair = pairNamed(condition.pair);
  if (pair === undefined) return words.unknownPair(short(condition.pair));
  try {
    const alert = await alerts.add(tx, chatId, { ...condition, pair });
    return `${words.alertAdded(alert.number)}\n${sayCondition(alert, words)}`;
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    if (error.code === TOO_MANY_ALERTS) return words.tooMany(alerts.most);
    const isWindow = error.errors.some(({ pointer }) => pointer === '/window_s');
    return words.unclear.alert[isWindow ? 'window' : 'number'] ?? words.help;
  }
}

function sayAlerts(alerts: readonly ChatAlert[], language: Language): string {
  const words = WORDS[language];
  if (alerts.length === 0) return words.noAlerts;
  const lines = alerts.map(
    (alert) =>
      `${alert.number}. ${sayCondition(alert, words)}${alert.hasFired ? ` (${words.hasFired})` : ''}`,
  );
  return sayList(words.alerts, lines, words);
}

/** A name as somebody wrote it, said back to them. */
function short(written: string): string {
  return written.length <= LONGEST_NAME ? written : `${written.slice(0, LONGEST_NAME)}…`;
}
