import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { systemClock } from '../kernel/clock.js';
import { messageOf } from '../kernel/errors.js';
import { randomSource } from '../kernel/seeded-random.js';
import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';
import { withInterrupt } from './interrupt.js';
import { wholeNumber } from './option-values.js';

interface SimulateOptions {
  host: string;
  port: number;
  latency: readonly [number, number];
  fault: Readonly<Record<string, number>>;
  seed: number;
  cert?: string;
  key?: string;
}

const LONGEST_MS = 900_000;
const KINDS = ['400', '404', '500', 'hang', 'reset'];

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('stand-ins for other systems, to try things with')
    .command('provisioning')
    .description('a provisioning service that configures no device')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes any that is free', wholeNumber(0, 65_535), 8800)
    .option('--latency <ms>', 'what a device takes: 60000, or a range 500-2000', latency, [
      1_000, 1_000,
    ] as const)
    .option('--fault <kind=share>', `how many fail, and how: ${KINDS.join(', ')}; may be repeated`, fault, {})
    .option('--seed <number>', 'start of the random numbers', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--cert <file>', 'certificate in PEM; with --key it listens with https')
    .option('--key <file>', 'private key in PEM')
    .addHelpText('after', EXAMPLES)
    .action((options: SimulateOptions) => withInterrupt((signal) => simulate(options, signal)));
}

async function simulate(options: SimulateOptions, signal: AbortSignal): Promise<void> {
  // Only here: the module's libraries would slow every other command's start.
  const { createProvisioningStandIn } = await import('../modules/equipment/index.js');
  const tls = await tlsOf(options);
  const standIn = createProvisioningStandIn({
    clock: systemClock,
    random: randomSource(options.seed),
    ...{ host: options.host, port: options.port, latencyMs: options.latency, faults: options.fault },
    ...(tls && { tls }),
    onTwoAtOnce: (id) => process.stderr.write(`two requests at once for ${id}\n`),
  });
  const url = await standIn.start().catch((error: unknown) => {
    throw new CliError(`cannot listen on ${options.host}:${options.port}: ${messageOf(error)}`, EXIT.failed);
  });
  process.stdout.write(`A provisioning service without devices: PROVISIONING_URL=${url}\n`);
  await new Promise<void>((resolve) => {
    // A server alone keeps the process alive.
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await standIn.stop();
  process.stdout.write(`${JSON.stringify(standIn.counts())}\n`);
}

async function tlsOf({ cert, key }: SimulateOptions): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new CliError('--cert and --key belong together', EXIT.usage);
  try {
    return { cert: await readFile(cert), key: await readFile(key) };
  } catch (error) {
    throw new CliError(`the certificate cannot be read: ${messageOf(error)}`, EXIT.failed);
  }
}

function latency(text: string): readonly [number, number] {
  const [, least, most = least] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  const range = [Number(least), Number(most)] as const;
  if (range[0] <= range[1] && range[1] <= LONGEST_MS) return range;
  throw new InvalidArgumentError(
    `Milliseconds up to ${LONGEST_MS} are expected, or a range of them: 500-2000.`,
  );
}

function fault(text: string, before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const [, kind = '', share] = /^(\w+)=(0(?:\.\d+)?|1(?:\.0+)?)$/.exec(text) ?? [];
  const faults = { ...before, [kind]: Number(share) };
  const total = Object.values(faults).reduce((sum, one) => sum + one, 0);
  if (KINDS.includes(kind) && total <= 1) return faults;
  throw new InvalidArgumentError(
    `Shares that are 1 together at most are expected, of ${KINDS.join(', ')}: 500=0.1.`,
  );
}

const EXAMPLES = `
What was seen is at GET /counts, and printed at the end; \`twoAtOnce\` counts requests for a device that was still in work.

Examples:
  $ switchyard simulate provisioning
  $ switchyard simulate provisioning --latency 60000 --fault 500=0.1 --fault hang=0.01
  $ PROVISIONING_URL=http://127.0.0.1:8800 switchyard serve`;
