import { loadConfig } from '../../app/config.js';
import { checkBroker } from './check-broker.js';
import { checkCache } from './check-cache.js';
import { checkConfiguration } from './check-configuration.js';
import { checkDataFile } from './check-data-file.js';
import { checkNode, checkThreads } from './check-machine.js';
import { checkPostgres } from './check-postgres.js';
import { checkService } from './check-service.js';
import { checkSqlite } from './check-sqlite.js';
import { checkStateFolder } from './check-state-folder.js';
import { checkTls } from './check-tls.js';
import type { Finding } from './finding.js';
import { runChecks } from './run-checks.js';

export { configurationFindings } from './check-configuration.js';

/** Every check, of the configuration as the service would read it here. Throws `ConfigError` where that is wrong. */
export function examineConfigured(): Promise<Finding[]> {
  const config = loadConfig();
  return runChecks(
    [
      checkConfiguration,
      checkNode,
      checkThreads,
      checkService,
      checkTls,
      checkStateFolder,
      checkDataFile,
      config.db.url === null ? checkSqlite : checkPostgres,
      checkBroker,
      checkCache,
    ],
    config,
  );
}
