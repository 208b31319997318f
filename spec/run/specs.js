import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { runTool } from './run-tool.js';

const WITHOUT_FILES = '.build/mocharc.json';
const COVERAGE = '.build/coverage';
/** After the last spec and the end of the shared servers nothing may keep the process alive. */
const END_WITHIN_MS = 30_000;
/** What an ended process has printed, and others that it started may hold open, is here by then. */
const LAST_WORDS_MS = 2_000;
const EVERY = '.build/spec/**/*.spec.js';
const WHOLE_PROCESS = '.build/spec/e2e/**/*.spec.js';
/** They break the whole process for two minutes, and make the lanes alike in length. */
const BREAKING = '{torture,sensors-storm}.spec.js';
const NOT_BREAKING = '!(torture|sensors-storm).spec.js';
/** Two processes, each with servers of its own, as most specs wait more than they work. */
const LANES = [
  [EVERY, '--ignore', '.build/spec/e2e/*/**', '--ignore', `.build/spec/e2e/${NOT_BREAKING}`],
  [WHOLE_PROCESS, '--ignore', `.build/spec/e2e/${BREAKING}`],
];

/** @typedef {{ passed: number, failed: number, skipped: number }} Summary */

/**
 * Runs the compiled specs with mocha and shows the coverage of the main threads.
 * @param {string[]} args words of file names, and options for mocha (--grep=…)
 * @param {{ coverage: boolean }} options
 * @returns {Promise<Summary>}
 */
export async function runSpecs(args, { coverage }) {
  await rm(COVERAGE, { recursive: true, force: true });
  const { spec: _all, ...config } = JSON.parse(await readFile('.mocharc.json', 'utf8'));
  await writeFile(WITHOUT_FILES, JSON.stringify(config));
  const lanes = args.length > 0 ? [narrowed(args)] : LANES;
  const env = coverage ? { NODE_V8_COVERAGE: COVERAGE } : {};
  const summaries = await Promise.all(lanes.map((lane, index) => runLane(index, lane, env)));
  if (coverage) console.log((await runTool('c8/bin/c8.js', 'report')).output.trim());
  return summaries.reduce(addUp);
}

/**
 * Words that are no options narrow the run to the spec files whose path holds one of them.
 * @param {string[]} args
 */
function narrowed(args) {
  const words = args.filter((arg, i) => !arg.startsWith('-') && !args[i - 1]?.startsWith('-'));
  const globs = words
    .map((word) => word.replace(/(\.spec)?\.ts$/, ''))
    .map((word) => `.build/spec/**/{*${word}*.spec.js,*${word}*/**/*.spec.js}`);
  return [...args.filter((arg) => !words.includes(arg)), ...(globs.length > 0 ? globs : [EVERY])];
}

/**
 * The first lane prints as it goes, the others when they have ended.
 * @param {number} lane
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<Summary>}
 */
async function runLane(lane, args, env) {
  const summary = `.build/spec-summary-${lane}.json`;
  await rm(summary, { force: true });
  const told = ['--config', WITHOUT_FILES, '--reporter-option', `summary=${summary}`];
  const code = await mocha([...told, ...args], env, lane === 0 ? 'inherit' : 'pipe');
  return summaryOf(await readSummary(summary), code);
}

/**
 * @param {Summary} a
 * @param {Summary} b
 */
const addUp = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/**
 * @param {string[]} args
 * @param {Record<string, string>} extraEnv
 * @param {'inherit' | 'pipe'} output
 * @returns {Promise<number>} its exit code, 124 when it did not end by itself
 */
function mocha(args, extraEnv, output) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', ...args],
      { stdio: ['inherit', output, output, 'ipc'], env: { ...process.env, ...extraEnv } },
    );
    /** @type {NodeJS.Timeout | undefined} */
    let last;
    /** @type {Buffer[]} */
    const kept = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => kept.push(chunk));
    child.on('message', () => {
      child.disconnect();
      last = setTimeout(() => {
        console.log(
          `the specs ended, but their process is still there after ${END_WITHIN_MS / 1000} s: ended`,
        );
        child.kill('SIGKILL');
      }, END_WITHIN_MS);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(last);
      const lastWords = setTimeout(() => child.emit('close'), LAST_WORDS_MS);
      child.once('close', () => {
        clearTimeout(lastWords);
        process.stdout.write(Buffer.concat(kept));
        resolve(code ?? (signal === 'SIGKILL' ? 124 : 1));
      });
    });
  });
}

/**
 * @param {string} path
 * @returns {Promise<Summary | undefined>}
 */
async function readSummary(path) {
  return readFile(path, 'utf8').then(JSON.parse, () => undefined);
}

/**
 * A run that ended badly counts as a failure, also where each spec passed.
 * @param {Summary | undefined} summary
 * @param {number} code
 * @returns {Summary}
 */
function summaryOf(summary, code) {
  const counted = summary ?? { passed: 0, failed: 0, skipped: 0 };
  return code === 0 || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}
