import type { Command } from 'commander';

export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run the service, configured by the environment and .env')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      // Only here: the service's libraries would slow every other command's start.
      const { serve } = await import('../app/serve.js');
      process.exitCode = await serve();
    });
}

const EXAMPLES = `
Examples:
  $ switchyard serve
  $ PORT=8080 AMQP_URL=amqp://localhost switchyard serve`;
