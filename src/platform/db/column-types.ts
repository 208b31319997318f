import type { ColumnTypes } from './database.js';

export const sqliteTypes: ColumnTypes = {
  dialect: 'sqlite',
  bigint: 'integer',
  serial: 'integer',
  bytes: 'blob',
  text: 'text',
};

export const postgresTypes: ColumnTypes = {
  dialect: 'postgres',
  bigint: 'bigint',
  serial: 'bigserial',
  bytes: 'bytea',
  text: 'text collate "C"',
};
