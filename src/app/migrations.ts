import { accessMigrations } from '../modules/access/index.js';
import { deadLetterMigrations } from '../modules/dead-letters/index.js';
import { notificationMigrations } from '../modules/notifications/index.js';
import { rateMigrations } from '../modules/rates/index.js';
import { telegramMigrations } from '../modules/notifications/telegram/index.js';
import { alertMigrations } from '../modules/rates/alerts/index.js';
import { sensorMigrations } from '../modules/sensors/index.js';
import { equipmentMigrations } from '../modules/equipment/index.js';
import { systemMigrations } from '../modules/system/index.js';
import { taskMigrations } from '../modules/tasks/index.js';
import { brokerMigrations } from '../platform/broker/index.js';
import type { Migration } from '../platform/db/database.js';
import { eventMigrations } from '../platform/events/events.migrations.js';
import { scheduleMigrations } from '../platform/schedule/index.js';

/** In the order in which they are applied. */
export const allMigrations: readonly Migration[] = [
  ...eventMigrations,
  ...brokerMigrations,
  ...taskMigrations,
  ...accessMigrations,
  ...systemMigrations,
  ...deadLetterMigrations,
  ...notificationMigrations,
  ...rateMigrations,
  ...telegramMigrations,
  ...alertMigrations,
  ...equipmentMigrations,
  ...scheduleMigrations,
  ...sensorMigrations,
];
