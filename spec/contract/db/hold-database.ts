import { systemClock } from '../../../src/kernel/clock.js';
import { createSqliteDatabase } from '../../../src/platform/db/sqlite-database.js';
import { silentLog } from '../../support/silent-log.js';
import { addAccount, ledgerMigrations } from './ledger-schema.js';

/** A process of its own that opens the file it is given, writes one account, and keeps the file until it is killed. */
const db = createSqliteDatabase({ file: process.argv[2]!, clock: systemClock, log: silentLog });
await db.start();
await db.migrate(ledgerMigrations);
await addAccount(db, 1);
console.log('held');
process.stdin.on('end', () => process.exit()).resume();
