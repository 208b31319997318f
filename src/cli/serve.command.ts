import type { Command } from 'commander';

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run the service; configured by the environment, .env and config.default.env')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      // Loaded here, so that the other commands do not pay for the whole service.
      const { serve } = await import('../app/serve.js');
      process.exitCode = await serve();
    });
}

const EXAMPLES = `
Examples:
  $ switchyard serve
  $ PORT=9000 DATA_FILE=/srv/calls.json switchyard serve`;
