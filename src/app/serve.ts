import { setFlagsFromString } from 'node:v8';
import { AppError, messageOf } from '../kernel/errors.js';
import { stayAlive, systemClock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { createLogger } from '../platform/log/create-logger.js';
import { createApplication } from './application.js';
import type { Application } from './application.js';
import { ConfigError, loadConfig } from './config.js';
import type { Config } from './config.js';
import { prepareFiles } from './prepare-files.js';

const EXIT_FAILED = 1;
/** After the drain time, for closing; then the process ends whatever is left. */
const CLOSE_MS = 10_000;
const LINGER_MS = 2_000;
/**
 * V8 otherwise lets the heap grow to a multiple of what is in use before it collects: with a hundred thousand jobs accepted in
 * a row that is some 180 MB of garbage, with this 70 MB.
 */
const HEAP_GROWTH = '--heap-growing-percent=30';

/** Runs the service until a signal ends it. Resolves to the exit code: 0, 1 failed, 78 configuration. */
export async function serve(): Promise<number> {
  setFlagsFromString(HEAP_GROWTH);
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    return configFailed(error);
  }
  const log = createLogger({ level: config.log.level, pretty: prettyLogs(config) });
  for (const warning of config.warnings) log.warn({}, warning);
  lastResort(log);
  // While the start waits for space on a disk, nothing listens that would keep the process.
  const awake = stayAlive();
  return run(config, log).finally(() => awake.cancel());
}

async function run(config: Config, log: Logger): Promise<number> {
  const ended = signalled();
  let application: Application | undefined;
  try {
    let isStopping = false;
    const stopped = ended.then(() => void (isStopping = true));
    const patience = { clock: systemClock, log, isStopping: () => isStopping };
    const files = await Promise.race([prepareFiles(config, patience), stopped]);
    if (!files) return 0;
    application = createApplication({ config, files, clock: systemClock, log, onFirstToken });
    const started = application.start().then(() => true);
    // Announced also where a part is away at that very moment: it listens, and nothing would say so later.
    if (await Promise.race([started, ended.then(() => false)])) announce(application, config);
  } catch (error) {
    if (error instanceof ConfigError) return configFailed(error);
    log.fatal({ err: error, code: error instanceof AppError ? error.code : undefined }, messageOf(error));
    if (application) await close(application, config, log);
    return EXIT_FAILED;
  }
  const signal = await ended;
  log.info({ signal }, 'stopping: no more work is taken, what runs may end');
  return close(application, config, log);
}

function configFailed(error: unknown): number {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error.exitCode;
}

function prettyLogs({ log }: Config): boolean {
  return log.pretty === 'auto' ? process.stdout.isTTY : log.pretty === 'on';
}

/** For people; the log says the same for programs. */
function announce(application: Application, config: Config): void {
  const address = application.address();
  const lines = [
    `Switchyard is ready.`,
    `  API   ${address}/api/v1`,
    `  Docs  ${address}/docs`,
    `  Page  ${address}/`,
    `  Data  ${config.data.file}`,
  ];
  const { configurator, provisioning } = config.equipment;
  if (configurator && provisioning.url === null) {
    lines.push(
      '',
      'PROVISIONING_URL is not set: a stand-in answers in its place, and no device is configured.',
    );
  }
  if (!config.access.auth) lines.push('', 'AUTH=off: whoever reaches this address may do everything.');
  process.stdout.write(`${lines.join('\n')}\n`);
}

function onFirstToken(token: string): void {
  process.stdout.write(`An admin token was made, as there was none. It is shown this once:\n  ${token}\n`);
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process at once. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (seen) process.exit(EXIT_FAILED);
      seen = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

async function close(application: Application, config: Config, log: Logger): Promise<number> {
  const forced = systemClock.after(config.shutdown.drainMs + CLOSE_MS, () => {
    log.fatal({}, 'could not stop in time; ending at once, what ran is taken up at the next start');
    process.exit(EXIT_FAILED);
  });
  try {
    await application.stop();
    return 0;
  } catch (error) {
    log.error({ err: error }, 'stopping failed');
    return EXIT_FAILED;
  } finally {
    forced.cancel();
    // Nothing may keep a stopped process alive; where nothing does, this never fires.
    systemClock.after(LINGER_MS, () => process.exit());
  }
}

/** A mistake of ours that nothing caught: said once, and the process ends, as its state is unknown. */
function lastResort(log: Logger): void {
  const onFault = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected fault; ending');
    process.exit(EXIT_FAILED);
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}
