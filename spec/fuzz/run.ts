/** `npm run fuzz`: prints what came of wrong inputs; exits with 1 on any fault. `-- --help` shows the options. */
import { commandLine } from '../support/command-line.js';
import { postgres } from '../support/postgres.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { stopSharedServers } from '../support/shared-server.js';
import { endTempFolders } from '../support/temp-folder.js';
import { type FuzzOptions, type FuzzReport, runFuzz } from './fuzz-run.js';

const EMBEDDED_SHARE = 0.5;
const MESSAGE_SHARE = 0.2;

const { inputs, seed = Date.now() % 1_000_000 } = commandLine({
  call: 'npm run fuzz',
  does: `Sends the service inputs that are wrong in every way we know of, and judges each answer by the OpenAPI document:
embedded without tokens, then with RabbitMQ, PostgreSQL and tokens. Exits with 1 on any fault.`,
  options: {
    inputs: { kind: 'whole', means: 'inputs in all', least: 0, default: 100_000 },
    seed: { kind: 'whole', means: 'makes the same inputs again (default: by the time)', least: 0 },
  },
}).values;

async function runBoth(): Promise<boolean> {
  const embedded = Math.round(inputs * EMBEDDED_SHARE);
  const isClean = await show('embedded', { inputs: embedded, seed, withTokens: false });
  const [broker, database] = await Promise.all([rabbitmq(), postgres()]);
  const servers = { amqpUrl: await broker.vhostUrl(), databaseUrl: await database.createDatabase() };
  const rest = { inputs: inputs - embedded, seed: seed + embedded, messageShare: MESSAGE_SHARE };
  return (await show('RabbitMQ, PostgreSQL, tokens', { ...servers, ...rest, withTokens: true })) && isClean;
}

async function show(title: string, options: FuzzOptions): Promise<boolean> {
  const report = await runFuzz(options);
  console.log(
    `\n${title}: ${options.inputs} inputs from seed ${options.seed} in ${report.seconds.toFixed(0)} s`,
  );
  showCounts(report);
  const [before, after] = [report.rssBefore, report.rssAfter].map((bytes) => Math.round(bytes / 2 ** 20));
  console.log(
    `  memory ${before} MiB warm, ${after} MiB after: × ${(report.rssAfter / report.rssBefore).toFixed(2)}`,
  );
  for (const { what, times, example } of report.failures)
    console.log(`FAULT × ${times}  ${what}\n${example}`);
  if (report.failures.length === 0) console.log('  every answer was as the document says');
  return report.failures.length === 0;
}

function showCounts({ tallies, queues }: FuzzReport): void {
  for (const [name, { inputs, statuses }] of tallies) {
    const counts = [...statuses].sort().map(([status, times]) => `${status} × ${times}`);
    console.log(`  ${name.padEnd(40)} ${String(inputs).padStart(6)}  ${counts.join(', ')}`);
  }
  for (const { queue, result } of queues) {
    const { sent, repeated, taken, dead, answers, reasons } = result;
    const why = [...reasons].map(([reason, times]) => `${reason} × ${times}`).join(', ');
    console.log(
      `  ${queue.padEnd(40)} ${String(sent).padStart(6)}  ${taken} taken, ${dead} dead (${why}), ${repeated} known by their id, ${answers} answers`,
    );
  }
}

console.log(`seed ${seed}`);
let isClean = false;
try {
  isClean = await runBoth();
} finally {
  await stopSharedServers();
  await endTempFolders(!isClean);
}
process.exitCode = isClean ? 0 : 1;
