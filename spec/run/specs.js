import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { runTool } from './run-tool.js';

const SUMMARY = '.build/spec-summary.json';
const NARROWED = '.build/mocharc.json';
const COVERAGE = '.build/coverage';
/** After the last spec and the end of the shared servers nothing may keep the process alive. */
const END_WITHIN_MS = 30_000;

/** @typedef {{ passed: number, failed: number, skipped: number }} Summary */

/**
 * Runs the compiled specs with mocha and shows the coverage of the main thread.
 * @param {string[]} args words of file names, and options for mocha (--grep=…)
 * @param {{ coverage: boolean }} options
 * @returns {Promise<Summary>}
 */
export async function runSpecs(args, { coverage }) {
  await rm(SUMMARY, { force: true });
  await rm(COVERAGE, { recursive: true, force: true });
  const code = await mocha(await narrowed(args), coverage ? { NODE_V8_COVERAGE: COVERAGE } : {});
  if (coverage) console.log((await runTool('c8/bin/c8.js', 'report')).output.trim());
  return summaryOf(await readSummary(), code);
}

/**
 * Words that are no options narrow the run to the spec files whose path holds one of them.
 * @param {string[]} args
 */
async function narrowed(args) {
  const words = args.filter((arg, i) => !arg.startsWith('-') && !args[i - 1]?.startsWith('-'));
  if (words.length === 0) return args;
  const { spec: _all, ...config } = JSON.parse(await readFile('.mocharc.json', 'utf8'));
  await writeFile(NARROWED, JSON.stringify(config));
  const globs = words
    .map((word) => word.replace(/(\.spec)?\.ts$/, ''))
    .map((word) => `.build/spec/**/{*${word}*.spec.js,*${word}*/**/*.spec.js}`);
  return ['--config', NARROWED, ...args.filter((arg) => !words.includes(arg)), ...globs];
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} extraEnv
 * @returns {Promise<number>} its exit code, 124 when it did not end by itself
 */
function mocha(args, extraEnv) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', ...args],
      { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...extraEnv } },
    );
    /** @type {NodeJS.Timeout | undefined} */
    let last;
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
      resolve(code ?? (signal === 'SIGKILL' ? 124 : 1));
    });
  });
}

/** @returns {Promise<Summary | undefined>} */
async function readSummary() {
  return readFile(SUMMARY, 'utf8').then(JSON.parse, () => undefined);
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
