import { expect } from 'chai';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** The rules that hold the architecture, on code that breaks them; without types, so that no file must exist. */
describe('lint rules', () => {
  const eslint = new ESLint({
    overrideConfig: [
      { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked },
      { files: ['**/*.ts'], languageOptions: { parserOptions: { project: false } } },
    ] as ESLint.Options['overrideConfig'] & object,
  });

  async function brokenRules(filePath: string, code: string): Promise<(string | null)[]> {
    const [result] = await eslint.lintText(code, { filePath });
    return result!.messages.map(({ ruleId }) => ruleId);
  }

  const readsEnvironment = 'export const home = process.env.HOME;\n';
  const tellsTime = {
    'Date.now()': 'export const now = Date.now();\n',
    'new Date()': 'export const now = new Date();\n',
    'performance.now()': 'export const now = performance.now();\n',
    setTimeout: 'setTimeout(() => undefined, 10);\n',
    setInterval: 'setInterval(() => undefined, 10);\n',
    'timers/promises': "import { setTimeout as sleep } from 'node:timers/promises';\nvoid sleep(10);\n",
    'Math.random()': 'export const odd = Math.random();\n',
  };

  it('let the environment be read in the configuration and in one file of the command line alone', async () => {
    for (const path of ['src/app/modules.ts', 'src/platform/log/log.ts', 'src/cli/main.ts', 'src/main.ts']) {
      expect(await brokenRules(path, readsEnvironment), path).to.have.length(1);
    }
    for (const path of ['src/app/config.ts', 'src/cli/cli-environment.ts', 'spec/support/service.ts']) {
      expect(await brokenRules(path, readsEnvironment), path).to.deep.equal([]);
    }
  });

  for (const [what, code] of Object.entries(tellsTime)) {
    it(`let ${what} be used by the clock alone, of domain and platform`, async () => {
      for (const path of ['src/modules/tasks/take-task.ts', 'src/platform/db/pool.ts', 'src/app/start.ts']) {
        expect(await brokenRules(path, code), path).to.have.length(1);
      }
      expect(await brokenRules('src/kernel/clock.ts', code)).to.deep.equal([]);
    });
  }

  it('let a time that is given be read, and a turn be given up', async () => {
    const code = "import { setImmediate } from 'node:timers/promises';\nawait setImmediate(new Date(0));\n";
    expect(await brokenRules('src/modules/tasks/take-task.ts', code)).to.deep.equal([]);
  });

  it('refuse any, enums, and functions of more than 50 lines of their own', async () => {
    const path = 'src/modules/tasks/take-task.ts';
    const lines = (n: number): string => '  call();\n'.repeat(n);
    const inner = `  function inner(): void {\n${lines(40)}  }\n`;
    expect(await brokenRules(path, 'export let a: any;\n')).to.contain('@typescript-eslint/no-explicit-any');
    expect(await brokenRules(path, 'export enum A {\n  B,\n}\n')).to.deep.equal(['no-restricted-syntax']);
    expect(await brokenRules(path, `export function a(): void {\n${lines(49)}}\n`)).to.deep.equal([
      'switchyard/own-length',
    ]);
    expect(
      await brokenRules(path, `export function a(): void {\n${inner}${lines(40)}  inner();\n}\n`),
    ).to.deep.equal([]);
  });
});
