import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { type Command, readArguments, UsageError, usageOf } from '../../support/command-line.js';

const COMMAND = {
  call: 'npm run measure',
  does: 'Measures this and that.',
  names: { means: 'what is measured', of: ['this', 'that'] },
  options: {
    rounds: { kind: 'whole', means: 'rounds of each', least: 1, most: 9, default: 3 },
    seed: { kind: 'whole', means: 'of all chance; by default a new one', least: 0 },
    only: { kind: 'text', means: 'what has this in its name' },
    on: { kind: 'word', means: 'the database', of: ['SQLite', 'PostgreSQL'], default: 'SQLite' },
    profile: { kind: 'flag', means: 'with profiles' },
  },
} as const satisfies Command;

/** What is printed of wrong arguments by the compiled program, how it ends, and what it printed else. */
function run(file: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('The command lines of benchmarks and long runs', () => {
  it('have defaults, and take what is given', () => {
    expect(readArguments(COMMAND, [])).to.deep.equal({
      names: [],
      values: { rounds: 3, seed: undefined, only: undefined, on: 'SQLite', profile: false },
    });
    const args = [
      'this',
      '--rounds',
      '4',
      '--only=a b',
      'that',
      '--on',
      'PostgreSQL',
      '--profile',
      '--seed=0',
    ];
    expect(readArguments(COMMAND, args)).to.deep.equal({
      names: ['this', 'that'],
      values: { rounds: 4, seed: 0, only: 'a b', on: 'PostgreSQL', profile: true },
    });
  });

  it('say of a wrong argument what was expected and what came', () => {
    const refused = (...args: string[]): string => {
      try {
        return JSON.stringify(readArguments(COMMAND, args));
      } catch (error) {
        if (error instanceof UsageError) return error.message;
        throw error;
      }
    };
    const rounds = '--rounds must be a whole number from 1 to 9, got';
    for (const wrong of ['abc', '0', '10', '-1', '1.5', '1e0', '0x1', ' 1'])
      expect(refused('--rounds', wrong)).to.equal(`${rounds} "${wrong}"`);
    expect(refused('--rounds')).to.equal(`${rounds} ""`);
    expect(refused('--seed', 'x')).to.equal('--seed must be a whole number from 0, got "x"');
    expect(refused('--only=')).to.equal('--only must be a text, got ""');
    expect(refused('--on', 'Oracle')).to.equal('--on must be one of SQLite, PostgreSQL, got "Oracle"');
    expect(refused('--profile=yes')).to.equal('--profile takes no value, got "yes"');
    expect(refused('those')).to.equal('the argument must be one of this, that, got "those"');
    const options = '--rounds, --seed, --only, --on, --profile';
    for (const wrong of ['--round', '-r', '--constructor'])
      expect(refused(wrong)).to.equal(`the option must be one of ${options}, got "${wrong}"`);
  });

  it('have a usage with each option, its unit and its default', () => {
    expect(usageOf(COMMAND).split('\n')).to.deep.equal([
      'Usage: npm run measure -- [NAME …] [OPTION …]',
      '',
      'Measures this and that.',
      '',
      '  NAME …       what is measured: this, that',
      '  --rounds N   rounds of each (default 3)',
      '  --seed N     of all chance; by default a new one',
      '  --only TEXT  what has this in its name',
      '  --on WORD    the database: SQLite, PostgreSQL (default SQLite)',
      '  --profile    with profiles',
      '  --help       shows this',
    ]);
  });

  for (const [call, file] of [
    ['npm run bench', '.build/bench/run.js'],
    ['npm run fuzz', '.build/spec/fuzz/run.js'],
    ['npm run storm', '.build/spec/storm/main.js'],
    ['npm run torture', '.build/spec/torture/main.js'],
    ['npm run screenshots', 'tools/screenshots.mjs'],
    ['npm run spec', 'spec/run/main.js'],
  ] as const)
    it(`are so for ${call}`, async function () {
      this.timeout(30_000);
      const [help, wrong] = [await run(file, ...modeOf(call), '--help'), await run(file, ...wrongFor(call))];
      expect(help).to.include({ code: 0, stderr: '' });
      expect(help.stdout).to.match(new RegExp(`^Usage: ${call} --`));
      expect(wrong).to.include({ code: 2, stdout: '' });
      expect(wrong.stderr).to.match(/^npm \S.*, got "--no-such"; --help tells more\n$/);
    });

  it('name the measures of npm run bench where --only is in none of them', async function () {
    this.timeout(30_000);
    const { code, stderr } = await run('.build/bench/run.js', 'reads', 'start', '--only', 'no such');
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /^npm run bench: --only must be in one of .*"GET tasks\/\{id\}".*, got "no such"; /,
    );
  });
});

function modeOf(call: string): string[] {
  return call === 'npm run spec' ? ['spec'] : [];
}

/** Options of `npm run spec` go to mocha; the checks have none. */
function wrongFor(call: string): string[] {
  return call === 'npm run spec' ? ['check', '--no-such'] : ['--no-such'];
}
