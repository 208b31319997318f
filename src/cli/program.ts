import { Command } from 'commander';
import { packageVersion } from '../app/package-root.js';
import { registerData } from './data.command.js';
import { registerDeadLetters } from './dead-letters.command.js';
import { registerDoctor } from './doctor.command.js';
import { registerEquipment } from './equipment.command.js';
import { EXIT_CODE_HELP } from './exit-codes.js';
import { registerLoad } from './load.command.js';
import { registerMigrate } from './migrate.command.js';
import { registerProduce } from './produce.command.js';
import { registerRates } from './rates.command.js';
import { registerReport } from './report.command.js';
import { registerSensors } from './sensors.command.js';
import { registerServe } from './serve.command.js';
import { registerSimulate } from './simulate.command.js';
import { registerTasks } from './tasks.command.js';
import { registerTokens } from './tokens.command.js';
import { registerWebhooks } from './webhooks.command.js';

/** The whole command line. It throws commander's errors instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('switchyard')
    .description('Back-office jobs in over REST and RabbitMQ, worked off durably.')
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError()
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 120) })
    .addHelpText('afterAll', EXIT_CODE_HELP)
    .exitOverride();
  registerServe(program);
  registerReport(program);
  registerLoad(program);
  registerProduce(program);
  registerData(program);
  registerMigrate(program);
  registerTasks(program);
  registerTokens(program);
  registerDeadLetters(program);
  registerEquipment(program);
  registerWebhooks(program);
  registerRates(program);
  registerSensors(program);
  registerDoctor(program);
  registerSimulate(program);
  return program;
}
