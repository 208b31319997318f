import { sql } from 'kysely';
import type { Tx } from '../../../kernel/tx.js';
import type { Database, StatementRef } from '../../../platform/db/database.js';
import type { Language } from './language.js';
import type { MessagesTable, MessageState, TelegramSchema } from './telegram.schema.js';

export interface Chat {
  language: Language;
  /** Epoch ms since when nothing is sent to it; null where it may be. */
  blockedAt: number | null;
}

/** A message that is to be sent. */
export interface WaitingMessage {
  id: string;
  chatId: string;
  text: string;
  attempts: number;
  /** Epoch ms. */
  createdAt: number;
}

export interface NewMessage {
  id: string;
  dedupeKey: string;
  chatId: string;
  text: string;
  /** Epoch ms. */
  createdAt: number;
}

/** Why a transaction was refused: the update was handled before. */
export const UPDATE_KNOWN = 'telegram.update-known';

export type TelegramRepository = ReturnType<typeof createTelegramRepository>;

export function createTelegramRepository(db: Database) {
  return { ...chatsOf(db), ...messagesOf(db), ...upkeepOf(db) };
}

/** Who writes to the bot, and what of it was handled. */
function chatsOf(db: Database) {
  const schema = db.schema<TelegramSchema>();
  return {
    /** The transaction is refused (`UPDATE_KNOWN`) where the update was handled before. */
    claimUpdate(tx: Tx, updateId: number, now: number): void {
      const row = { update_id: updateId, handled_at: now };
      const claim = schema.insertInto('telegram_updates').values(row);
      db.add(
        tx,
        claim.onConflict((conflict) => conflict.doNothing()),
        { rows: 1, otherwise: UPDATE_KNOWN },
      );
    },

    async chat(chatId: string): Promise<Chat | undefined> {
      return schema
        .selectFrom('telegram_chats')
        .select(['language', 'blocked_at as blockedAt'])
        .where('chat_id', '=', chatId)
        .executeTakeFirst();
    },

    /** Somebody wrote; `reopen` where that was a wish to hear of the bot again. */
    saveChat(tx: Tx, chat: { chatId: string; language: Language; reopen: boolean }, now: number): void {
      const { chatId, language, reopen } = chat;
      const seen = { language, seen_at: now };
      const insert = schema
        .insertInto('telegram_chats')
        .values({ chat_id: chatId, ...seen, blocked_at: null })
        .onConflict((conflict) =>
          conflict.column('chat_id').doUpdateSet({ ...seen, ...(reopen ? { blocked_at: null } : {}) }),
        );
      db.add(tx, insert);
    },

    /** Nothing is sent to the chat any more, what waits for it included. */
    blockChat(tx: Tx, chatId: string, now: number): void {
      const insert = schema
        .insertInto('telegram_chats')
        .values({ chat_id: chatId, language: 'en', seen_at: now, blocked_at: now })
        .onConflict((conflict) => conflict.column('chat_id').doUpdateSet({ blocked_at: now }));
      db.add(tx, insert);
      const dropped = schema
        .updateTable('telegram_messages')
        .set({ state: 'blocked', ended_at: now })
        .where('chat_id', '=', chatId)
        .where('state', '=', 'waiting');
      db.add(tx, dropped);
    },
  };
}

function messagesOf(db: Database) {
  const schema = db.schema<TelegramSchema>();
  return {
    /**
     * A message with a known key changes nothing, nor does one for a chat that wants none, or that has `mostWaiting`
     * waiting already.
     */
    addMessage(tx: Tx, message: NewMessage, mostWaiting: number): StatementRef<unknown> {
      const blocked = schema
        .selectFrom('telegram_chats')
        .select('chat_id')
        .where('chat_id', '=', message.chatId)
        .where('blocked_at', 'is not', null);
      const waiting = schema
        .selectFrom('telegram_messages')
        .select(sql<number>`count(*)`.as('count'))
        .where('chat_id', '=', message.chatId)
        .where('state', '=', 'waiting');
      const values = db
        .schema<TelegramSchema>()
        .selectNoFrom([
          sql<string>`cast(${message.id} as text)`.as('id'),
          sql<string>`cast(${message.dedupeKey} as text)`.as('dedupe_key'),
          sql<string>`cast(${message.chatId} as text)`.as('chat_id'),
          sql<string>`cast(${message.text} as text)`.as('text'),
          sql<MessageState>`cast('waiting' as text)`.as('state'),
          sql<number>`0`.as('attempts'),
          sql<number>`cast(${message.createdAt} as bigint)`.as('created_at'),
          sql<number>`0`.as('not_before'),
        ])
        .where((eb) => eb.not(eb.exists(blocked)))
        .where(waiting, '<', mostWaiting);
      const columns = [
        'id',
        'dedupe_key',
        'chat_id',
        'text',
        'state',
        'attempts',
        'created_at',
        'not_before',
      ] as const;
      const insert = schema.insertInto('telegram_messages').columns(columns).expression(values);
      return db.add(
        tx,
        insert.onConflict((conflict) => conflict.doNothing()),
      );
    },

    /** The oldest waiting message of each chat but `except`, where it may be tried; the oldest chats first. */
    async heads(now: number, except: readonly string[], limit: number): Promise<WaitingMessage[]> {
      const first = schema
        .selectFrom('telegram_messages as other')
        .select((eb) => eb.fn.min('other.id').as('id'))
        .whereRef('other.chat_id', '=', sql.ref('telegram_messages.chat_id'))
        .where('other.state', '=', 'waiting');
      let found = schema
        .selectFrom('telegram_messages')
        .select(['id', 'chat_id as chatId', 'text', 'attempts', 'created_at as createdAt'])
        .where('state', '=', 'waiting')
        .where('not_before', '<=', now)
        .where('id', '=', first);
      if (except.length > 0) found = found.where('chat_id', 'not in', except);
      return found.orderBy('id').limit(limit).execute();
    },

    /** How it ended. A message that ended otherwise meanwhile stays as it is. */
    endMessage(
      tx: Tx,
      { id, attempts }: Pick<WaitingMessage, 'id' | 'attempts'>,
      end: { state: Exclude<MessageState, 'waiting'>; at: number; error: string | null },
    ): void {
      const set = { state: end.state, ended_at: end.at, error: end.error, attempts: attempts + 1 };
      update(tx, id, set);
    },

    /** To be tried again, not before a time. */
    retryMessage(
      tx: Tx,
      { id, attempts }: Pick<WaitingMessage, 'id' | 'attempts'>,
      { notBefore, error }: { notBefore: number; error: string },
    ): void {
      update(tx, id, { not_before: notBefore, error, attempts: attempts + 1 });
    },

    async countWaiting(limit: number): Promise<number> {
      const some = schema
        .selectFrom('telegram_messages')
        .select('id')
        .where('state', '=', 'waiting')
        .limit(limit);
      const row = await schema
        .selectFrom(some.as('some'))
        .select(sql<number>`count(*)`.as('count'))
        .executeTakeFirstOrThrow();
      return row.count;
    },
  };

  function update(tx: Tx, id: string, set: Partial<MessagesTable>): void {
    const waiting = schema
      .updateTable('telegram_messages')
      .set(set)
      .where('id', '=', id)
      .where('state', '=', 'waiting');
    db.add(tx, waiting);
  }
}

/** Each call one transaction over at most `limit` rows; returns how many. */
function upkeepOf(db: Database) {
  const schema = db.schema<TelegramSchema>();

  async function changed(statement: Parameters<Database['add']>[1]): Promise<number> {
    const tx = db.begin();
    const ref = db.add(tx, statement);
    return (await db.commit(tx)).changes(ref);
  }

  return {
    /** What waited since before `createdBefore` is given up. */
    async expireMessages(createdBefore: number, now: number, limit: number): Promise<number> {
      const old = schema
        .selectFrom('telegram_messages')
        .select('id')
        .where('state', '=', 'waiting')
        .where('created_at', '<', createdBefore)
        .limit(limit);
      const end = { state: 'failed', ended_at: now, error: 'out of time' } as const;
      return changed(schema.updateTable('telegram_messages').set(end).where('id', 'in', old));
    },

    async trimMessages(endedBefore: number, limit: number): Promise<number> {
      const old = schema
        .selectFrom('telegram_messages')
        .select('id')
        .where('ended_at', '<', endedBefore)
        .orderBy('ended_at')
        .limit(limit);
      return changed(schema.deleteFrom('telegram_messages').where('id', 'in', old));
    },

    async trimUpdates(handledBefore: number, limit: number): Promise<number> {
      const old = schema
        .selectFrom('telegram_updates')
        .select('update_id')
        .where('handled_at', '<', handledBefore)
        .orderBy('handled_at')
        .limit(limit);
      return changed(schema.deleteFrom('telegram_updates').where('update_id', 'in', old));
    },

    /** Chats that nobody wrote in since, except those that want to hear nothing: that must not be forgotten. */
    async trimChats(seenBefore: number, limit: number): Promise<number> {
      const old = schema
        .selectFrom('telegram_chats')
        .select('chat_id')
        .where('seen_at', '<', seenBefore)
        .where('blocked_at', 'is', null)
        .orderBy('seen_at')
        .limit(limit);
      return changed(schema.deleteFrom('telegram_chats').where('chat_id', 'in', old));
    },
  };
}
